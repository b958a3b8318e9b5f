using CsCheck;
using Sots.Testing.Unreal;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Tests.Packages;

/// <summary>What is read is what was written, in every version; what is no package is an error of the reader's own.</summary>
public sealed class PackageReaderTests
{
    /// <summary>Each pair of versions at which a field comes or goes, and those of real engines.</summary>
    public static TheoryData<int, int> Versions => [.. Pairs.Select(static pair => new TheoryDataRow<int, int>(pair.Version4, pair.Version5))];

    internal static readonly (int Version4, int Version5)[] Pairs =
    [
        (482, 0), (485, 0), (498, 0), (504, 0), (505, 0), (507, 0), (508, 0), (510, 0), (511, 0), (513, 0), (514, 0), (516, 0), (517, 0), (518, 0),
        (519, 0), (520, 0), (521, 0), (522, 0), (522, 1000), (522, 1001), (522, 1002), (522, 1003), (522, 1004), (522, 1005), (522, 1006), (522, 1007),
        (522, 1008), (522, 1009), (522, 1010), (522, 1011), (522, 1012), (522, 1013), (522, 1014), (522, 1015), (522, 1016), (522, 1017), (522, 1018),
    ];

    [Theory]
    [MemberData(nameof(Versions))]
    public void What_is_written_is_read_in_every_version(int version4, int version5)
    {
        PackageHeader header = Read(Lamp(version4, version5));
        Assert.Equal(("Blueprint", "A lamp ü", 3), (header.AssetClass, header.ActorLabel, header.Exports.Count));
        Assert.Equal(["/Game/Things/Glass", "/Engine/Basic/Cube"], header.HardDependencies);
        Assert.Equal(version4 >= PackageGates.SoftReferencesAreNames ? ["/Game/Sounds/Click"] : [], header.SoftPackageReferences);
        Assert.Equal("Lamp.Bulb", header.PathOf(1));
        PackageThumbnail thumbnail = Assert.Single(header.Thumbnails);
        Assert.Equal((version5 >= 1000, 5), (thumbnail.IsJpeg, thumbnail.Length));
        Assert.Equal((0, header.Summary.TotalHeaderSize), (header.Sections[0].Start, header.Sections[^1].End));
    }

    [Fact]
    public void The_engine_is_known_from_the_version_where_the_package_does_not_say() =>
        Assert.Equal(("5.7", "5.4"), (Read(new PackageWriter()).Summary.EngineVersion, Read(new PackageWriter { Version5 = 1012, Engine = (0, 0, 0) }).Summary.EngineVersion));

    [Fact]
    public void Bytes_cut_anywhere_are_an_error_of_the_readers_own()
    {
        byte[] whole = Lamp(522, 1018).Write();
        for (int length = 0; length < whole.Length; length++)
        {
            FaultOf(whole[..length]);
        }
    }

    [Fact]
    public void Any_changed_bytes_give_a_header_or_an_error_of_the_readers_own() =>
        Gen.Select(Gen.Int[0, Pairs.Length - 1], Gen.Select(Gen.Int[0, 2000], Gen.Byte).Array[1, 6]).Sample((pair, changes) =>
        {
            byte[] bytes = Lamp(Pairs[pair].Version4, Pairs[pair].Version5).Write();
            foreach ((int offset, byte value) in changes)
            {
                bytes[offset % bytes.Length] = value;
            }

            FaultOf(bytes);
        }, iter: 20_000);

    [Fact]
    public void A_header_that_claims_much_costs_no_more_than_its_length()
    {
        byte[] bytes = Lamp(522, 1018).Write();
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (int offset in Enumerable.Range(11, 90))
        {
            byte[] changed = [.. bytes];
            "\xff\xff\xff\x7f"u8[..4].CopyTo(changed.AsSpan(offset * 4));
            FaultOf(changed);
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 90L * 40 * bytes.Length);
    }

    [Theory]
    [InlineData("", PackageFault.Empty)]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n", PackageFault.LfsPointer)]
    [InlineData("Something else that is long enough to be a package, but has another tag at its start.", PackageFault.NotAPackage)]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0", PackageFault.Zeroed)]
    public void What_is_no_package_is_named(string text, PackageFault expected) =>
        Assert.Equal(expected, FaultOf(System.Text.Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void A_package_of_a_newer_engine_is_not_called_damaged()
    {
        byte[] bytes = new PackageWriter().Write();
        bytes[16] = 0xFF; // version 5 becomes 1023
        Assert.Equal(PackageFault.NewerThanKnown, FaultOf(bytes));
    }

    [Fact]
    public void Names_longer_than_the_engine_has_them_are_damage_and_not_multiplied()
    {
        Assert.Equal(3, Read(new PackageWriter { HardDependencies = [new string('n', 1024)], NumbersNames = true }).Imports.Count);
        byte[] bytes = new PackageWriter { HardDependencies = [.. Enumerable.Repeat(new string('n', 500_000), 200)], NumbersNames = true }.Write();
        Assert.InRange(CostOf(bytes, PackageFault.Damaged), 0, 10L * bytes.Length);
    }

    [Fact]
    public void Numbered_names_cost_no_more_than_a_header_of_their_length_can_need()
    {
        byte[] bytes = new PackageWriter { HardDependencies = [.. Enumerable.Repeat(new string('n', 1024), 20_000)], NumbersNames = true }.Write();
        Assert.InRange(CostOf(bytes, PackageFault.Damaged), 0, 45L * bytes.Length);
        byte[] real = new PackageWriter { HardDependencies = [.. Enumerable.Repeat("/Game/Environment/Rocks/Textures/T_Rock", 20_000)], NumbersNames = true }.Write();
        CostOf(real, expected: null);
    }

    [Fact]
    public void A_long_chain_of_outer_objects_has_short_paths()
    {
        PackageHeader deep = Read(new PackageWriter { Objects = [.. Enumerable.Repeat("Bulb", 3000)], ChainsObjects = true });
        Assert.Equal("Lamp.Bulb.Bulb", deep.PathOf(2));
        Assert.Equal(64, deep.PathOf(3000).Split('.').Length);
        PackageHeader wide = Read(new PackageWriter { Objects = [.. Enumerable.Repeat(new string('b', 1000), 100)], ChainsObjects = true });
        Assert.InRange(wide.PathOf(100).Length, 1000, 2048);
    }

    internal static PackageWriter Lamp(int version4, int version5) => new()
    {
        Version4 = version4, Version5 = version5, HardDependencies = ["/Game/Things/Glass", "/Engine/Basic/Cube"],
        SoftDependencies = version4 >= PackageGates.SoftReferencesAreNames ? ["/Game/Sounds/Click"] : [], Objects = ["Bulb", "Cable"],
        Tags = [("ActorLabel", "A lamp ü"), ("ParentClass", "Actor")], Thumbnail = [1, 2, 3, 4, 5], Payloads = version5 >= 1002 ? [new byte[300], [7]] : [],
    };

    internal static PackageHeader Read(PackageWriter writer) => PackageReader.Read(new MemoryPackageSource(writer.Write()));

    /// <summary>Bytes that reading allocates.</summary>
    private static long CostOf(byte[] bytes, PackageFault? expected)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(expected, FaultOf(bytes));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static PackageFault? FaultOf(byte[] bytes)
    {
        try
        {
            using MemoryPackageSource source = new(bytes);
            PackageTrailer.Read(source, PackageReader.Read(source).Summary);
            return null;
        }
        catch (PackageException e)
        {
            return e.Fault;
        }
    }
}
