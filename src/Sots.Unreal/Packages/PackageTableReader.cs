namespace Sots.Unreal.Packages;

/// <summary>Reads the tables of a header. Source: docs/UNREAL-PACKAGES.md, "Tables".</summary>
internal ref struct PackageTableReader(PackageSummary summary, ReadOnlySpan<byte> header)
{
    private const int NameLength = 8, ShortestString = 4, GuidLength = 16, PreloadIndexes = 5;

    // The engine has no longer names.
    private const int LongestName = 1024;

    // A name with a number takes eight bytes of the header, and may be a thousand characters. Real ones have some dozens.
    private const int NumberedPerByte = 16, LeastNumbered = 1 << 20, MostNumbered = 128 << 20;

    private readonly PackageSummary _summary = summary;
    private readonly ReadOnlySpan<byte> _header = header;
    private readonly PackageSections _sections = new();
    private string[] _names = [];
    private long _numbered = Math.Clamp((long)NumberedPerByte * header.Length, LeastNumbered, MostNumbered);

    /// <summary>Reads all of them and proves that they are the whole header.</summary>
    public PackageHeader Read()
    {
        _sections.Add("summary", 0, _summary.Length);
        _names = Names();
        SoftObjectPaths();
        GatherableTexts();
        MetaData();
        PackageImport[] imports = Imports();
        PackageExport[] exports = Exports();
        Unread("cell exports", _summary.CellExports);
        Unread("cell imports", _summary.CellImports);
        Depends();
        string[] softPackages = SoftPackageReferences();
        SearchableNames();
        ImportTypeHierarchies();
        PackageThumbnail[] thumbnails = PackageThumbnailReader.Read(_summary, _header, _sections);
        PackageAsset[] assets = PackageRegistryReader.Read(_summary, _header, _sections);
        if (_summary.WorldTileOffset > 0)
        {
            _sections.AddOpen("world tile", _summary.WorldTileOffset);
        }

        if (_summary.PreloadDependencies.IsPresent)
        {
            PackageCursor at = At(_summary.PreloadDependencies.Offset);
            at.Skip((long)_summary.PreloadDependencies.Count * sizeof(int));
            Ends("preload dependencies", _summary.PreloadDependencies.Offset, at);
        }

        DataResources();
        return new PackageHeader(_summary)
        {
            Names = _names, Imports = imports, Exports = exports, SoftPackageReferences = softPackages, Assets = assets, Thumbnails = thumbnails,
            Sections = _sections.Tile(_header, _summary.ImportTypeHierarchies.Count == 0 ? _summary.ImportTypeHierarchies.Offset : 0),
        };
    }

    private string[] Names()
    {
        bool hashes = _summary.HasUE4(PackageGates.NameHashes);
        PackageCursor at = Table(_summary.Names, ShortestString, "names");
        string[] names = new string[_summary.Names.Count];
        for (int i = 0; i < names.Length; i++)
        {
            int offset = at.Position;
            names[i] = at.String();
            if (names[i].Length > LongestName)
            {
                throw PackageException.Damage($"a name has at most {LongestName} characters, found {names[i].Length}", offset);
            }

            at.Skip(hashes ? sizeof(uint) : 0);
        }

        Ends("names", _summary.Names.Offset, at);
        return names;
    }

    private void SoftObjectPaths()
    {
        if (!_summary.SoftObjectPaths.IsPresent)
        {
            return;
        }

        PackageCursor at = Table(_summary.SoftObjectPaths, (2 * NameLength) + ShortestString, "soft object paths");
        for (int i = 0; i < _summary.SoftObjectPaths.Count; i++)
        {
            SkipSoftObjectPath(ref at);
        }

        Ends("soft object paths", _summary.SoftObjectPaths.Offset, at);
    }

    private static void SkipSoftObjectPath(ref PackageCursor at)
    {
        at.Skip(2 * NameLength);
        at.SkipString();
    }

    private void GatherableTexts()
    {
        if (!_summary.GatherableTexts.IsPresent)
        {
            return;
        }

        PackageCursor at = Table(_summary.GatherableTexts, 4 * ShortestString, "gatherable texts");
        for (int i = 0; i < _summary.GatherableTexts.Count; i++)
        {
            at.SkipString();
            at.SkipString();
            bool remarks = at.Int32() != 0;
            int contexts = remarks ? 0 : at.Count(4 * ShortestString, "contexts of a text");
            for (int context = 0; context < contexts && !remarks; context++)
            {
                at.SkipString();
                at.SkipString();
                at.Bool();
                at.Bool();
                remarks = at.Int32() != 0 || at.Int32() != 0;
            }

            if (remarks)
            {
                // Remarks about a text have a form of their own, which no editor was seen to write.
                _sections.AddOpen("gatherable texts", _summary.GatherableTexts.Offset);
                return;
            }
        }

        Ends("gatherable texts", _summary.GatherableTexts.Offset, at);
    }

    private void MetaData()
    {
        if (_summary.MetaDataOffset <= 0)
        {
            return;
        }

        PackageCursor at = At(_summary.MetaDataOffset);
        int objects = at.Count(2 * sizeof(int), "objects with metadata");
        int root = at.Count(NameLength, "metadata of the package");
        for (int i = 0; i < objects; i++)
        {
            if (_summary.SoftObjectPaths.Count > 0)
            {
                at.Int32();
            }
            else
            {
                SkipSoftObjectPath(ref at);
            }

            SkipPairs(ref at, at.Count(NameLength + ShortestString, "metadata of an object"));
        }

        SkipPairs(ref at, root);
        Ends("metadata", _summary.MetaDataOffset, at);
    }

    private static void SkipPairs(ref PackageCursor at, int count)
    {
        for (int i = 0; i < count; i++)
        {
            at.Skip(NameLength);
            at.SkipString();
        }
    }

    private PackageImport[] Imports()
    {
        if (!_summary.Imports.IsPresent)
        {
            return [];
        }

        bool withPackage = _summary.HasEditorData && _summary.HasUE4(PackageGates.ImportPackageName);
        bool optional = _summary.HasUE5(PackageGates.OptionalResources);
        PackageCursor at = Table(_summary.Imports, (3 * NameLength) + sizeof(int), "imports");
        PackageImport[] imports = new PackageImport[_summary.Imports.Count];
        for (int i = 0; i < imports.Length; i++)
        {
            imports[i] = new PackageImport(Name(ref at), Name(ref at), new PackageIndex(at.Int32()), Name(ref at));
            at.Skip((withPackage ? NameLength : 0) + (optional ? sizeof(uint) : 0));
        }

        Ends("imports", _summary.Imports.Offset, at);
        return imports;
    }

    private PackageExport[] Exports()
    {
        if (!_summary.Exports.IsPresent)
        {
            return [];
        }

        PackageCursor at = Table(_summary.Exports, (4 * sizeof(int)) + NameLength, "exports");
        PackageExport[] exports = new PackageExport[_summary.Exports.Count];
        for (int i = 0; i < exports.Length; i++)
        {
            exports[i] = Export(ref at);
        }

        Ends("exports", _summary.Exports.Offset, at);
        return exports;
    }

    private PackageExport Export(ref PackageCursor at)
    {
        PackageIndex type = new(at.Int32()), super = new(at.Int32());
        at.Skip(_summary.HasUE4(PackageGates.TemplateIndex) ? sizeof(int) : 0);
        PackageIndex outer = new(at.Int32());
        string name = Name(ref at);
        uint flags = at.UInt32();
        bool longSizes = _summary.HasUE4(PackageGates.LongExportSizes);
        long size = longSizes ? at.Int64() : at.Int32();
        long offset = longSizes ? at.Int64() : at.Int32();
        at.Skip(3 * sizeof(uint)); // forced, not for clients, not for servers
        at.Skip(_summary.HasUE5(PackageGates.NoExportGuid) ? 0 : GuidLength);
        at.Skip(_summary.HasUE5(PackageGates.InheritedInstance) ? sizeof(uint) : 0);
        at.Skip(sizeof(uint)); // flags of its package
        at.Skip(_summary.HasUE4(PackageGates.NotAlwaysLoadedForEditorGame) ? sizeof(uint) : 0);
        bool isAsset = _summary.HasUE4(PackageGates.IsAsset) && at.Bool();
        at.Skip(_summary.HasUE5(PackageGates.OptionalResources) ? sizeof(uint) : 0); // public hash
        at.Skip(_summary.HasUE4(PackageGates.PreloadDependencies) ? PreloadIndexes * sizeof(int) : 0);
        bool script = _summary.HasUE5(PackageGates.ScriptSerializationOffsets) && !_summary.Flags.HasFlag(PackageFlags.UnversionedProperties);
        at.Skip(script ? 2 * sizeof(long) : 0);
        return new PackageExport(type, super, outer, name, flags, offset, size, isAsset);
    }

    private void Depends()
    {
        if (_summary.DependsOffset <= 0 || _summary.Exports.Count <= 0)
        {
            return;
        }

        PackageCursor at = At(_summary.DependsOffset);
        for (int i = 0; i < _summary.Exports.Count; i++)
        {
            at.Skip((long)sizeof(int) * at.Count(sizeof(int), "dependencies of an export"));
        }

        Ends("dependencies", _summary.DependsOffset, at);
    }

    private string[] SoftPackageReferences()
    {
        if (!_summary.SoftPackageReferences.IsPresent)
        {
            return [];
        }

        bool asNames = _summary.HasUE4(PackageGates.SoftReferencesAreNames);
        PackageCursor at = Table(_summary.SoftPackageReferences, ShortestString, "soft package references");
        string[] packages = new string[_summary.SoftPackageReferences.Count];
        for (int i = 0; i < packages.Length; i++)
        {
            packages[i] = asNames ? Name(ref at) : at.String();
        }

        Ends("soft package references", _summary.SoftPackageReferences.Offset, at);
        return packages;
    }

    private void SearchableNames()
    {
        if (_summary.SearchableNamesOffset <= 0)
        {
            return;
        }

        PackageCursor at = At(_summary.SearchableNamesOffset);
        int count = at.Count(2 * sizeof(int), "searchable names");
        for (int i = 0; i < count; i++)
        {
            at.Int32();
            at.Skip((long)NameLength * at.Count(NameLength, "searchable names of an object"));
        }

        Ends("searchable names", _summary.SearchableNamesOffset, at);
    }

    private void ImportTypeHierarchies()
    {
        if (!_summary.ImportTypeHierarchies.IsPresent)
        {
            return;
        }

        const int NamesOfType = 4;
        PackageCursor at = Table(_summary.ImportTypeHierarchies, 2 * sizeof(int), "type hierarchies");
        for (int i = 0; i < _summary.ImportTypeHierarchies.Count; i++)
        {
            at.Int32();
            at.Skip((long)NamesOfType * NameLength * at.Count(NamesOfType * NameLength, "types above an import"));
        }

        Ends("type hierarchies", _summary.ImportTypeHierarchies.Offset, at);
    }

    private void DataResources()
    {
        if (_summary.DataResourceOffset <= 0)
        {
            return;
        }

        const int CookedIndexFrom = 2;
        PackageCursor at = At(_summary.DataResourceOffset);
        bool cookedIndex = at.UInt32() >= CookedIndexFrom;
        int length = (cookedIndex ? 1 : 0) + (3 * sizeof(uint)) + (4 * sizeof(long));
        at.Skip((long)length * at.Count(length, "data resources"));
        Ends("data resources", _summary.DataResourceOffset, at);
    }

    private void Unread(string name, PackageTable table)
    {
        if (table.IsPresent)
        {
            _sections.AddOpen(name, table.Offset);
        }
    }

    private string Name(ref PackageCursor at)
    {
        int offset = at.Position;
        NameReference name = at.Name();
        if (name.Index < 0 || name.Index >= _names.Length)
        {
            throw PackageException.Damage($"name {name.Index} of {_names.Length} does not exist", offset);
        }

        if (name.Number == 0)
        {
            return _names[name.Index];
        }

        _numbered -= _names[name.Index].Length;
        return _numbered >= 0
            ? $"{_names[name.Index]}_{unchecked(name.Number - 1)}"
            : throw PackageException.Damage("the names with numbers are far longer than a header of this length can need", offset);
    }

    private readonly PackageCursor At(int offset) => new(_header, offset, _summary.IsBigEndian);

    private readonly PackageCursor Table(PackageTable table, int smallest, string what)
    {
        if (table.Count < 0 || table.Count > (_header.Length - Math.Max(0, table.Offset)) / smallest)
        {
            throw PackageException.Damage($"{what}: {table.Count} entries do not fit into the header", table.Offset);
        }

        return At(table.Offset);
    }

    private readonly void Ends(string name, int start, PackageCursor at) => _sections.Add(name, start, at.Position);
}
