namespace Sots.Unreal.Packages;

/// <summary>Reads what the asset registry knows of a package. Source: docs/UNREAL-PACKAGES.md, "Asset registry".</summary>
internal static class PackageRegistryReader
{
    private const int ShortestString = 4, BitsOfWord = 32, BuildDependencyLength = 12;

    public static PackageAsset[] Read(PackageSummary summary, ReadOnlySpan<byte> header, PackageSections sections)
    {
        if (summary.AssetRegistryOffset <= 0)
        {
            return [];
        }

        PackageCursor at = new(header, summary.AssetRegistryOffset, summary.IsBigEndian);
        bool withDependencies = summary.HasEditorData && summary.HasUE4(PackageGates.DependencyFlags);
        long dependencies = withDependencies ? at.Int64() : 0;
        int count = at.Count(3 * ShortestString, "assets");
        PackageAsset[] assets = new PackageAsset[count];
        for (int i = 0; i < count; i++)
        {
            string path = at.String(), type = at.String();
            KeyValuePair<string, string>[] tags = new KeyValuePair<string, string>[at.Count(2 * ShortestString, "tags of an asset")];
            for (int tag = 0; tag < tags.Length; tag++)
            {
                tags[tag] = new(at.String(), at.String());
            }

            assets[i] = new PackageAsset(path, type, tags);
        }

        sections.Add("asset registry", summary.AssetRegistryOffset, at.Position);
        if (withDependencies && dependencies > 0)
        {
            Dependencies(summary, header, sections, dependencies);
        }

        return assets;
    }

    private static void Dependencies(PackageSummary summary, ReadOnlySpan<byte> header, PackageSections sections, long offset)
    {
        if (offset > header.Length)
        {
            throw PackageException.Damage($"the asset registry's dependencies begin outside the header of {header.Length} bytes", offset);
        }

        PackageCursor at = new(header, (int)offset, summary.IsBigEndian);
        SkipBits(ref at, summary.Imports.Count, "imports used in the game");
        SkipBits(ref at, summary.SoftPackageReferences.Count, "soft references used in the game");
        if (summary.HasUE5(PackageGates.BuildDependencies))
        {
            at.Skip((long)BuildDependencyLength * at.Count(BuildDependencyLength, "build dependencies"));
        }

        sections.Add("asset registry dependencies", (int)offset, at.Position);
    }

    private static void SkipBits(ref PackageCursor at, int expected, string what)
    {
        int offset = at.Position;
        int bits = at.Int32();
        if (bits != expected)
        {
            throw PackageException.Damage($"{what}: {expected} bits are expected, found {bits}", offset);
        }

        at.Skip(((long)bits + BitsOfWord - 1) / BitsOfWord * sizeof(uint));
    }
}
