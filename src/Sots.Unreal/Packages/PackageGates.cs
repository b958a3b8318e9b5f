namespace Sots.Unreal.Packages;

/// <summary>
/// The versions from which on a field is there. Two numbers gate them: that of Unreal Engine 4, which stands still since 4.27, and that of
/// Unreal Engine 5, which begins at 1000 and is 0 before. Source: docs/UNREAL-PACKAGES.md, "Versions".
/// </summary>
internal static class PackageGates
{
    // Unreal Engine 4
    public const int WorldTileInfo = 224;
    public const int OneChunkId = 278;
    public const int ManyChunkIds = 326;
    public const int EngineVersion = 336;
    public const int NotAlwaysLoadedForEditorGame = 365;
    public const int SoftPackageReferences = 384;
    public const int CompatibleEngineVersion = 444;
    public const int GatherableText = 459;
    public const int IsAsset = 485;
    public const int NameHashes = 504;
    public const int PreloadDependencies = 507;
    public const int TemplateIndex = 508;
    public const int SearchableNames = 510;
    public const int LongExportSizes = 511;
    public const int SoftReferencesAreNames = 514;
    public const int LocalizationId = 516;
    public const int PersistentGuid = 518;
    public const int NoOwnerGuid = 520;
    public const int ImportPackageName = 520;
    public const int DependencyFlags = 521;

    // Unreal Engine 5
    public const int NamesReferencedFromExports = 1001;
    public const int PayloadToc = 1002;
    public const int OptionalResources = 1003;
    public const int NoExportGuid = 1005;
    public const int InheritedInstance = 1006;
    public const int SoftObjectPathList = 1008;
    public const int AlwaysTrailer = 1008;
    public const int DataResources = 1009;
    public const int ScriptSerializationOffsets = 1010;
    public const int PropertyExtensions = 1011;
    public const int CompleteTypeNames = 1012;
    public const int BuildDependencies = 1013;
    public const int MetaDataOffset = 1014;
    public const int Cells = 1015;
    public const int SavedHash = 1016;
    public const int ImportTypeHierarchies = 1018;

    /// <summary>The newest version this reader knows.</summary>
    public const int NewestKnown = 1018;

    /// <summary>The newest layout of the version block this reader knows; layouts count downwards.</summary>
    public const int NewestLayout = -9;
}
