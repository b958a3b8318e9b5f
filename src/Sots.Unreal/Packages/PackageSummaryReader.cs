namespace Sots.Unreal.Packages;

/// <summary>Reads a <see cref="PackageSummary"/>. Source: docs/UNREAL-PACKAGES.md, "Summary"; the numbers in comments are its rows.</summary>
internal static class PackageSummaryReader
{
    /// <summary>A file shorter than this holds no package.</summary>
    public const int SmallestLength = 64;

    private const uint Tag = 0x9E2A83C1, SwappedTag = 0xC1832A9E, LicenseeBit = 0x80000000;
    private const int FirstLayout = -2, LayoutWithoutUE3 = -4, LayoutWithUE5 = -8, LayoutWithoutTextures = -7;
    private const int GuidLength = 16, HashLength = 20, GenerationLength = 8;

    /// <summary>Reads the summary at the start of a file.</summary>
    /// <param name="start">The first bytes of the file.</param>
    /// <exception cref="PackageException">It is none, or it goes on behind the given bytes (Damaged).</exception>
    public static PackageSummary Read(ReadOnlySpan<byte> start)
    {
        if (start.Length < SmallestLength)
        {
            throw new PackageException(PackageFault.NotAPackage, $"a package has at least {SmallestLength} bytes, found {start.Length}");
        }

        PackageCursor at = new(start, 0, isBigEndian: false);
        uint tag = at.UInt32(); // 1
        if (tag == SwappedTag)
        {
            at = new PackageCursor(start, sizeof(uint), isBigEndian: true);
        }
        else if (tag != Tag)
        {
            throw new PackageException(PackageFault.NotAPackage, $"a package begins with {Tag:X8}, found {tag:X8}", 0);
        }

        return ReadVersioned(ref at);
    }

    private static PackageSummary ReadVersioned(ref PackageCursor at)
    {
        int layout = at.Int32(); // 2
        if (layout is > FirstLayout or < -100)
        {
            throw PackageException.Damage($"the layout of the versions is -2 to {PackageGates.NewestLayout}, found {layout}", sizeof(uint));
        }

        if (layout != LayoutWithoutUE3)
        {
            at.Int32(); // 3
        }

        int version4 = at.Int32(); // 4
        int version5 = layout <= LayoutWithUE5 ? at.Int32() : 0; // 5
        int licensee = at.Int32(); // 6
        if (version4 == 0 && version5 == 0 && licensee == 0)
        {
            throw new PackageException(PackageFault.Unversioned, "cooked without versions: not source material");
        }

        if (layout < PackageGates.NewestLayout || version5 > PackageGates.NewestKnown)
        {
            throw new PackageException(
                PackageFault.NewerThanKnown, $"saved by a newer engine (version {version5}, layout {layout}); known are versions up to {PackageGates.NewestKnown}");
        }

        bool hasHash = version5 >= PackageGates.SavedHash;
        byte[] savedHash = hasHash ? at.Bytes(HashLength).ToArray() : []; // 7
        int headerSize = hasHash ? at.Int32() : 0;
        int customVersions = SkipCustomVersions(ref at, layout); // 8
        headerSize = hasHash ? headerSize : at.Int32(); // 9
        string packageName = at.String(); // 10
        PackageFlags flags = (PackageFlags)at.UInt32(); // 11
        bool editor = !flags.HasFlag(PackageFlags.FilterEditorOnly);
        PackageTable names = Table(ref at); // 12
        PackageTable softPaths = version5 >= PackageGates.SoftObjectPathList ? Table(ref at) : default; // 13
        string localization = editor && version4 >= PackageGates.LocalizationId ? at.String() : ""; // 14
        PackageTable texts = version4 >= PackageGates.GatherableText ? Table(ref at) : default; // 15
        PackageTable exports = Table(ref at), imports = Table(ref at); // 16
        bool cells = version5 >= PackageGates.Cells;
        PackageTable cellExports = cells ? Table(ref at) : default, cellImports = cells ? Table(ref at) : default; // 17
        int metaData = version5 >= PackageGates.MetaDataOffset ? at.Int32() : 0; // 18
        int depends = at.Int32(); // 19
        PackageTable softPackages = version4 >= PackageGates.SoftPackageReferences ? Table(ref at) : default; // 20
        int searchable = version4 >= PackageGates.SearchableNames ? at.Int32() : 0; // 21
        int thumbnails = at.Int32(); // 22
        PackageTable hierarchies = version5 >= PackageGates.ImportTypeHierarchies ? Table(ref at) : default; // 23
        if (!hasHash)
        {
            at.Skip(GuidLength); // 24
        }

        Guid persistent = editor && version4 >= PackageGates.PersistentGuid ? new Guid(at.Bytes(GuidLength)) : Guid.Empty; // 25
        if (editor && version4 is >= PackageGates.PersistentGuid and < PackageGates.NoOwnerGuid)
        {
            at.Skip(GuidLength); // 26
        }

        at.Skip((long)GenerationLength * at.Count(GenerationLength, "generations")); // 27
        PackageEngine savedBy = version4 >= PackageGates.EngineVersion ? Engine(ref at) : new(0, 0, 0, at.UInt32(), ""); // 28
        PackageEngine compatible = version4 >= PackageGates.CompatibleEngineVersion ? Engine(ref at) : savedBy; // 29
        at.UInt32(); // 30
        RequireNone(ref at, "compressed chunks"); // 31
        at.UInt32(); // 32
        SkipStrings(ref at, "packages to cook"); // 33
        if (layout > LayoutWithoutTextures)
        {
            RequireNone(ref at, "texture allocations"); // 34
        }

        int registry = at.Int32(); // 35
        long bulk = at.Int64(); // 36
        int worldTile = version4 >= PackageGates.WorldTileInfo ? at.Int32() : 0; // 37
        SkipChunkIds(ref at, version4); // 38
        PackageTable preload = version4 >= PackageGates.PreloadDependencies ? Table(ref at) : default; // 39
        if (version5 >= PackageGates.NamesReferencedFromExports)
        {
            at.Int32(); // 40
        }

        long payloads = version5 >= PackageGates.PayloadToc ? at.Int64() : 0; // 41
        int resources = version5 >= PackageGates.DataResources ? at.Int32() : 0; // 42
        return new PackageSummary
        {
            LegacyFileVersion = layout, FileVersionUE4 = version4, FileVersionUE5 = version5, FileVersionLicensee = licensee, SavedHash = savedHash,
            CustomVersionCount = customVersions, TotalHeaderSize = headerSize, PackageName = packageName, Flags = flags, Names = names,
            SoftObjectPaths = softPaths, LocalizationId = localization, GatherableTexts = texts, Exports = exports, Imports = imports,
            CellExports = cellExports, CellImports = cellImports, MetaDataOffset = metaData, DependsOffset = depends,
            SoftPackageReferences = softPackages, SearchableNamesOffset = searchable, ThumbnailTableOffset = thumbnails,
            ImportTypeHierarchies = hierarchies, PersistentGuid = persistent, SavedBy = savedBy, CompatibleWith = compatible,
            AssetRegistryOffset = registry, BulkDataOffset = bulk, WorldTileOffset = worldTile, PreloadDependencies = preload,
            PayloadTocOffset = payloads, DataResourceOffset = resources, IsBigEndian = at.IsBigEndian, Length = at.Position,
        };
    }

    private static PackageTable Table(ref PackageCursor at) => new(at.Int32(), at.Int32());

    private static PackageEngine Engine(ref PackageCursor at) =>
        new(at.UInt16(), at.UInt16(), at.UInt16(), at.UInt32() & ~LicenseeBit, at.String());

    private static int SkipCustomVersions(ref PackageCursor at, int layout)
    {
        const int NumberOnly = -2, WithoutName = -6;
        int count = at.Count(2 * sizeof(int), "custom versions");
        for (int i = 0; i < count; i++)
        {
            at.Skip(layout == NumberOnly ? 2 * sizeof(int) : GuidLength + sizeof(int));
            if (layout is > WithoutName and < NumberOnly)
            {
                at.SkipString();
            }
        }

        return count;
    }

    private static void SkipStrings(ref PackageCursor at, string what)
    {
        int count = at.Count(sizeof(int), what);
        for (int i = 0; i < count; i++)
        {
            at.SkipString();
        }
    }

    private static void SkipChunkIds(ref PackageCursor at, int version4)
    {
        if (version4 >= PackageGates.ManyChunkIds)
        {
            at.Skip((long)sizeof(int) * at.Count(sizeof(int), "chunk ids"));
        }
        else if (version4 >= PackageGates.OneChunkId)
        {
            at.Int32();
        }
    }

    /// <summary>A list that every package of an editor leaves empty; were it not, what follows would stand elsewhere.</summary>
    private static void RequireNone(ref PackageCursor at, string what)
    {
        int offset = at.Position;
        int count = at.Int32();
        if (count != 0)
        {
            throw PackageException.Damage($"{what}: none are expected, found {count}", offset);
        }
    }
}
