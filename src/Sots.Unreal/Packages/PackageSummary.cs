namespace Sots.Unreal.Packages;

/// <summary>A table of the header: how many entries and where. Entries are only there where both numbers are positive.</summary>
/// <param name="Count">Number of entries.</param>
/// <param name="Offset">Offset in the file, bytes.</param>
public readonly record struct PackageTable(int Count, int Offset)
{
    /// <summary>Whether there is anything to read.</summary>
    public bool IsPresent => Count > 0 && Offset > 0;
}

/// <summary>The engine that wrote a package.</summary>
/// <param name="Major">5 of 5.4.1.</param>
/// <param name="Minor">4 of 5.4.1.</param>
/// <param name="Patch">1 of 5.4.1.</param>
/// <param name="Changelist">Number of the engine's build; without the bit for licensees.</param>
/// <param name="Branch">Name of the engine's branch.</param>
public sealed record PackageEngine(int Major, int Minor, int Patch, uint Changelist, string Branch)
{
    /// <summary>False where the package does not say; its <see cref="PackageSummary.FileVersionUE5"/> tells more then.</summary>
    public bool IsKnown => Major > 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Major}.{Minor}.{Patch}";
}

/// <summary>
/// The first part of a package's header, field by field in the order of the file. Offsets are in bytes from the file's start; 0 where a
/// version has no such field. Source: docs/UNREAL-PACKAGES.md, "Summary"; the gate of each field stands there.
/// </summary>
public sealed record PackageSummary
{
    /// <summary>Layout of the version block, -2 to -9; later engines have smaller numbers.</summary>
    public required int LegacyFileVersion { get; init; }

    /// <summary>Version of Unreal Engine 4's format; stands at 522 since 4.27.</summary>
    public required int FileVersionUE4 { get; init; }

    /// <summary>Version of Unreal Engine 5's format, from 1000 on; 0 in older packages.</summary>
    public required int FileVersionUE5 { get; init; }

    /// <summary>Version of a licensee's own changes; 0 for Epic's engine.</summary>
    public required int FileVersionLicensee { get; init; }

    /// <summary>First 20 bytes of the BLAKE3 hash of the file without its payloads; empty before 5.6.</summary>
    public required ReadOnlyMemory<byte> SavedHash { get; init; }

    /// <summary>Versions of parts of the engine: how many are listed.</summary>
    public required int CustomVersionCount { get; init; }

    /// <summary>Length of summary and tables.</summary>
    public required int TotalHeaderSize { get; init; }

    /// <summary>"/Game/Folder/Name" from 5.1 on; before that "None" or a folder.</summary>
    public required string PackageName { get; init; }

    /// <summary>Flags.</summary>
    public required PackageFlags Flags { get; init; }

    /// <summary>Names that all other tables refer to.</summary>
    public required PackageTable Names { get; init; }

    /// <summary>Soft references to objects, by path.</summary>
    public required PackageTable SoftObjectPaths { get; init; }

    /// <summary>Key of the package's texts for translation.</summary>
    public required string LocalizationId { get; init; }

    /// <summary>Texts to translate.</summary>
    public required PackageTable GatherableTexts { get; init; }

    /// <summary>Objects in this package.</summary>
    public required PackageTable Exports { get; init; }

    /// <summary>Objects in others that this one needs.</summary>
    public required PackageTable Imports { get; init; }

    /// <summary>Cells of Verse in this package.</summary>
    public required PackageTable CellExports { get; init; }

    /// <summary>Cells of Verse in others.</summary>
    public required PackageTable CellImports { get; init; }

    /// <summary>Remarks of the editor about objects.</summary>
    public required int MetaDataOffset { get; init; }

    /// <summary>What each export must have loaded first.</summary>
    public required int DependsOffset { get; init; }

    /// <summary>Packages that are named but need not be loaded.</summary>
    public required PackageTable SoftPackageReferences { get; init; }

    /// <summary>Names that can be searched for.</summary>
    public required int SearchableNamesOffset { get; init; }

    /// <summary>Table of thumbnails; the pictures lie before it.</summary>
    public required int ThumbnailTableOffset { get; init; }

    /// <summary>Classes above the classes of imports.</summary>
    public required PackageTable ImportTypeHierarchies { get; init; }

    /// <summary>Identity of the package since it was made; empty where not stored.</summary>
    public required Guid PersistentGuid { get; init; }

    /// <summary>Engine that saved it.</summary>
    public required PackageEngine SavedBy { get; init; }

    /// <summary>Oldest engine that reads it.</summary>
    public required PackageEngine CompatibleWith { get; init; }

    /// <summary>What the asset registry knows of the package.</summary>
    public required int AssetRegistryOffset { get; init; }

    /// <summary>Where bulk data begins.</summary>
    public required long BulkDataOffset { get; init; }

    /// <summary>A level's place in a world of tiles.</summary>
    public required int WorldTileOffset { get; init; }

    /// <summary>Order in which a game loads exports; only cooked packages have entries.</summary>
    public required PackageTable PreloadDependencies { get; init; }

    /// <summary>The trailer with the payloads; 0 or less where there is none.</summary>
    public required long PayloadTocOffset { get; init; }

    /// <summary>Pieces of bulk data.</summary>
    public required int DataResourceOffset { get; init; }

    /// <summary>Whether all numbers have their high byte first.</summary>
    public required bool IsBigEndian { get; init; }

    /// <summary>Length of the summary itself.</summary>
    public required int Length { get; init; }

    /// <summary>Whether what only the editor needs is in it.</summary>
    public bool HasEditorData => !Flags.HasFlag(PackageFlags.FilterEditorOnly);

    /// <summary>Whether it was made for a game to load: such a package has parts in other files, and not the end of an editor's.</summary>
    internal bool IsCooked => (Flags & (PackageFlags.Cooked | PackageFlags.FilterEditorOnly)) != PackageFlags.None;

    /// <summary>The engine in two numbers, "5.4": from the summary, or from the file's version where it does not say.</summary>
    public string EngineVersion => SavedBy.IsKnown ? $"{SavedBy.Major}.{SavedBy.Minor}" : PackageVersions.EngineOf(FileVersionUE4, FileVersionUE5);

    /// <summary>Whether this version has a field.</summary>
    /// <param name="gate4">First version of Unreal Engine 4 with it.</param>
    internal bool HasUE4(int gate4) => FileVersionUE4 >= gate4;

    /// <summary>Whether this version has a field.</summary>
    /// <param name="gate5">First version of Unreal Engine 5 with it.</param>
    internal bool HasUE5(int gate5) => FileVersionUE5 >= gate5;
}
