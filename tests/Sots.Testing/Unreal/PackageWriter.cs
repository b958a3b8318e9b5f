using System.Buffers.Binary;
using Sots.Unreal.Hashing;

namespace Sots.Testing.Unreal;

/// <summary>
/// Writes small packages as an editor would, from docs/UNREAL-PACKAGES.md alone: the fixtures of the tests. Any version from 4.10 (482) to
/// 5.7 (522, 1018).
/// </summary>
internal sealed class PackageWriter
{
    /// <summary>Version of Unreal Engine 4.</summary>
    public int Version4 { get; init; } = 522;

    /// <summary>Version of Unreal Engine 5; 0 for a package of Unreal Engine 4.</summary>
    public int Version5 { get; init; } = 1018;

    /// <summary>Long name.</summary>
    public string PackageName { get; init; } = "/Game/Things/Lamp";

    /// <summary>Full name of the class of its asset.</summary>
    public string Class { get; init; } = "/Script/Engine.Blueprint";

    /// <summary>Tags of its asset.</summary>
    public IReadOnlyList<(string Key, string Value)> Tags { get; init; } = [];

    /// <summary>Long names of packages it needs.</summary>
    public IReadOnlyList<string> HardDependencies { get; init; } = [];

    /// <summary>Long names of packages it names.</summary>
    public IReadOnlyList<string> SoftDependencies { get; init; } = [];

    /// <summary>Names of objects below the asset.</summary>
    public IReadOnlyList<string> Objects { get; init; } = [];

    /// <summary>Full path of the asset's object; null for a plain asset, which has the name of its package.</summary>
    public string? ObjectPath { get; init; }

    /// <summary>A picture, JPEG from 5.0 on; null for none.</summary>
    public byte[]? Thumbnail { get; init; }

    /// <summary>Payloads that are stored as they are.</summary>
    public IReadOnlyList<byte[]> Payloads { get; init; } = [];

    /// <summary>How many more payloads are kept elsewhere.</summary>
    public int VirtualizedPayloads { get; init; }

    /// <summary>Data of the objects; its content means nothing.</summary>
    public byte[] Data { get; init; } = new byte[100];

    /// <summary>Flags besides those that are needed.</summary>
    public uint Flags { get; init; }

    /// <summary>Whether each name of an import has a number of its own.</summary>
    public bool NumbersNames { get; init; }

    /// <summary>Whether each object lies in the one before it, and not all of them in the asset.</summary>
    public bool ChainsObjects { get; init; }

    /// <summary>Engine, "5.7.0".</summary>
    public (ushort Major, ushort Minor, ushort Patch) Engine { get; init; } = (5, 7, 0);

    private const uint Tag = 0x9E2A83C1;
    private const int SignatureOffset = 24, SignatureLength = 20;
    private int _number;

    private bool HasEditorData => (Flags & 0x80000000) == 0;

    private string ShortName => PackageName[(PackageName.LastIndexOf('/') + 1)..];

    /// <summary>The whole file.</summary>
    public byte[] Write()
    {
        PackageBytes at = new();
        List<string> names = ["None", "Package", "/Script/CoreUObject", "/Script/Engine", "Class", Class[(Class.LastIndexOf('.') + 1)..], ShortName, .. HardDependencies, .. SoftDependencies, .. Objects];
        names = [.. names.Distinct()];
        Holes holes = Summary(at, names);
        at.Patch(holes.NamesOffset, at.Position);
        foreach (string name in names)
        {
            at.String(name);
            if (Version4 >= 504)
            {
                at.UInt32(0);
            }
        }

        if (Version5 >= 1014)
        {
            at.Patch(holes.MetaData, at.Position);
            at.Int32(0);
            at.Int32(0);
        }

        at.Patch(holes.ImportsOffset, at.Position);
        Import(at, names, "/Script/CoreUObject", "Class", -(HardDependencies.Count + 2), Class[(Class.LastIndexOf('.') + 1)..]);
        foreach (string package in HardDependencies)
        {
            Import(at, names, "/Script/CoreUObject", "Package", 0, package);
        }

        Import(at, names, "/Script/CoreUObject", "Package", 0, "/Script/Engine");
        at.Patch(holes.ExportsOffset, at.Position);
        List<int> serialOffsets = [];
        for (int i = 0; i <= Objects.Count; i++)
        {
            serialOffsets.Add(Export(at, names, i));
        }

        at.Patch(holes.Depends, at.Position);
        for (int i = 0; i <= Objects.Count; i++)
        {
            at.Int32(0);
        }

        if (Version4 >= 384 && SoftDependencies.Count > 0)
        {
            at.Patch(holes.SoftPackagesOffset, at.Position);
            foreach (string package in SoftDependencies)
            {
                Name(at, names, package);
            }
        }

        if (Version4 >= 510)
        {
            at.Patch(holes.Searchable, at.Position);
            at.Int32(0);
        }

        WriteThumbnail(at, holes);
        Registry(at, holes);
        if (Version5 >= 1009)
        {
            at.Patch(holes.DataResources, at.Position);
            at.UInt32(1);
            at.Int32(0);
        }

        at.Patch(holes.HeaderSize, at.Position);
        foreach (int hole in serialOffsets)
        {
            if (Version4 >= 511)
            {
                at.Patch(hole, (long)at.Position);
            }
            else
            {
                at.Patch(hole, at.Position);
            }
        }

        at.Bytes(Data);
        at.Patch(holes.BulkData, (long)at.Position);
        byte[] file;
        if (Version5 >= 1002 && (Payloads.Count > 0 || VirtualizedPayloads > 0))
        {
            at.Patch(holes.Payloads, (long)at.Position);
            long signed = at.Position;
            Trailer(at);
            file = at.ToArray();
            Sign(file, (int)signed);
        }
        else
        {
            at.UInt32(Tag);
            file = at.ToArray();
            Sign(file, file.Length);
        }

        return file;
    }

    private sealed class Holes
    {
        public int HeaderSize, NamesOffset, MetaData, ImportsOffset, ExportsOffset, Depends, SoftPackagesOffset, Searchable, Thumbnails, Registry, BulkData, Payloads, DataResources;
    }

    private Holes Summary(PackageBytes at, List<string> names)
    {
        Holes holes = new();
        int layout = Version5 >= 1016 ? -9 : Version5 > 0 ? -8 : Version4 >= 508 ? -7 : -6;
        at.UInt32(Tag);
        at.Int32(layout);
        at.Int32(864);
        at.Int32(Version4);
        if (layout <= -8)
        {
            at.Int32(Version5);
        }

        at.Int32(0);
        if (Version5 >= 1016)
        {
            at.Zeros(SignatureLength);
            holes.HeaderSize = at.Hole();
        }

        at.Int32(1); // one custom version
        at.Zeros(16);
        at.Int32(7);
        if (Version5 < 1016)
        {
            holes.HeaderSize = at.Hole();
        }

        at.String(Version5 >= 1008 ? PackageName : "None");
        at.UInt32(Flags);
        at.Int32(names.Count);
        holes.NamesOffset = at.Hole();
        Empty(at, Version5 >= 1008);
        if (HasEditorData && Version4 >= 516)
        {
            at.String("0123456789ABCDEF0123456789ABCDEF");
        }

        Empty(at, Version4 >= 459);
        at.Int32(Objects.Count + 1);
        holes.ExportsOffset = at.Hole();
        at.Int32(HardDependencies.Count + 2);
        holes.ImportsOffset = at.Hole();
        Empty(at, Version5 >= 1015);
        Empty(at, Version5 >= 1015);
        holes.MetaData = Version5 >= 1014 ? at.Hole() : 0;
        holes.Depends = at.Hole();
        if (Version4 >= 384)
        {
            at.Int32(SoftDependencies.Count);
            holes.SoftPackagesOffset = at.Hole();
        }

        holes.Searchable = Version4 >= 510 ? at.Hole() : 0;
        holes.Thumbnails = at.Hole();
        Empty(at, Version5 >= 1018);
        at.Zeros(Version5 < 1016 ? 16 : 0);
        at.Zeros(HasEditorData && Version4 >= 518 ? 16 : 0);
        at.Zeros(HasEditorData && Version4 is 518 or 519 ? 16 : 0);
        at.Int32(1); // one generation
        at.Int32(Objects.Count + 1);
        at.Int32(names.Count);
        EngineVersion(at, Version4 >= 336);
        EngineVersion(at, Version4 >= 444);
        at.UInt32(0);
        at.Int32(0);
        at.UInt32(0);
        at.Int32(0);
        if (layout > -7)
        {
            at.Int32(0);
        }

        holes.Registry = at.Hole();
        holes.BulkData = at.LongHole();
        at.Int32(0); // no world tile
        at.Int32(0); // no chunk ids
        if (Version4 >= 507)
        {
            at.Int32(-1);
            at.Int32(0);
        }

        if (Version5 >= 1001)
        {
            at.Int32(names.Count);
        }

        holes.Payloads = Version5 >= 1002 ? at.LongHole() : 0;
        if (Version5 >= 1002)
        {
            at.Patch(holes.Payloads, -1L);
        }

        holes.DataResources = Version5 >= 1009 ? at.Hole() : 0;
        return holes;
    }

    private void EngineVersion(PackageBytes at, bool present)
    {
        if (present)
        {
            at.UInt16(Engine.Major);
            at.UInt16(Engine.Minor);
            at.UInt16(Engine.Patch);
            at.UInt32(12345);
            at.String("++UE+Release");
        }
    }

    private static void Empty(PackageBytes at, bool present) => at.Zeros(present ? 2 * sizeof(int) : 0);

    private static void Name(PackageBytes at, List<string> names, string name, int number = 0)
    {
        at.Int32(names.IndexOf(name));
        at.Int32(number);
    }

    private void Import(PackageBytes at, List<string> names, string classPackage, string className, int outer, string name)
    {
        Name(at, names, classPackage, NumbersNames ? ++_number : 0);
        Name(at, names, className, NumbersNames ? ++_number : 0);
        at.Int32(outer);
        Name(at, names, name, NumbersNames ? ++_number : 0);
        at.Zeros(HasEditorData && Version4 >= 520 ? 8 : 0);
        at.Zeros(Version5 >= 1003 ? 4 : 0);
    }

    private int Export(PackageBytes at, List<string> names, int index)
    {
        at.Int32(-1);
        at.Int32(0);
        at.Zeros(Version4 >= 508 ? 4 : 0);
        at.Int32(index == 0 ? 0 : ChainsObjects ? index : 1);
        Name(at, names, index == 0 ? ShortName : Objects[index - 1]);
        at.UInt32(1);
        int hole;
        if (Version4 >= 511)
        {
            at.Int64(Data.Length);
            hole = at.LongHole();
        }
        else
        {
            at.Int32(Data.Length);
            hole = at.Hole();
        }

        at.Zeros(12);
        at.Zeros(Version5 < 1005 ? 16 : 0);
        at.Zeros(Version5 >= 1006 ? 4 : 0);
        at.Zeros(4);
        at.Zeros(Version4 >= 365 ? 4 : 0);
        if (Version4 >= 485)
        {
            at.Bool(index == 0);
        }

        at.Zeros(Version5 >= 1003 ? 4 : 0);
        at.Zeros(Version4 >= 507 ? 20 : 0);
        at.Zeros(Version5 >= 1010 ? 16 : 0);
        return hole;
    }

    private void WriteThumbnail(PackageBytes at, Holes holes)
    {
        if (Thumbnail is null)
        {
            return;
        }

        int picture = at.Position;
        at.Int32(256);
        at.Int32(Version5 >= 1000 ? -256 : 256);
        at.Int32(Thumbnail.Length);
        at.Bytes(Thumbnail);
        at.Patch(holes.Thumbnails, at.Position);
        at.Int32(1);
        at.String(Class[(Class.LastIndexOf('.') + 1)..]);
        at.String(ShortName);
        at.Int32(picture);
    }

    private void Registry(PackageBytes at, Holes holes)
    {
        at.Patch(holes.Registry, at.Position);
        int dependencies = HasEditorData && Version4 >= 521 ? at.LongHole() : 0;
        at.Int32(1);
        at.String(ObjectPath ?? ShortName);
        at.String(Version5 >= 1007 ? Class : Class[(Class.LastIndexOf('.') + 1)..]);
        at.Int32(Tags.Count);
        foreach ((string key, string value) in Tags)
        {
            at.String(key);
            at.String(value);
        }

        if (dependencies == 0)
        {
            return;
        }

        at.Patch(dependencies, (long)at.Position);
        foreach (int bits in (int[])[HardDependencies.Count + 2, SoftDependencies.Count])
        {
            at.Int32(bits);
            at.Zeros((bits + 31) / 32 * sizeof(uint));
        }

        if (Version5 >= 1013)
        {
            at.Int32(0);
        }
    }

    private void Trailer(PackageBytes at)
    {
        const int Header = 64, Entry = 49, Fixed = 28, Footer = 20;
        int start = at.Position, count = Payloads.Count + VirtualizedPayloads, listLength = Fixed + (count * Entry);
        long bytes = Payloads.Sum(static payload => (long)payload.Length + Header);
        at.UInt64(0xD1C43B2E80A5F697);
        at.Int32(2);
        at.Int32(listLength);
        at.Int64(bytes);
        at.Int32(count);
        long offset = 0;
        for (int i = 0; i < count; i++)
        {
            byte[]? payload = i < Payloads.Count ? Payloads[i] : null;
            at.Bytes(Blake3Hash.Of(payload ?? [(byte)i]).AsSpan(0, 20));
            at.Int64(payload is null ? -1 : offset);
            at.Int64(payload is null ? 1000 : payload.Length + Header);
            at.Int64(payload?.Length ?? 1000);
            at.UInt32(0);
            at.Byte((byte)(payload is null ? 2 : 0));
            offset += payload is null ? 0 : payload.Length + Header;
        }

        foreach (byte[] payload in Payloads)
        {
            at.Bytes(PayloadHeader(payload));
            at.Bytes(payload);
        }

        at.UInt64(0x29BFCA045138DE76);
        at.Int64(at.Position + Footer - sizeof(ulong) - start);
        at.UInt32(Tag);
    }

    private static byte[] PayloadHeader(byte[] payload)
    {
        byte[] header = new byte[64];
        BinaryPrimitives.WriteUInt32BigEndian(header, 0xB7756362);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(16), (ulong)payload.Length);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(24), (ulong)payload.Length + 64);
        Blake3Hash.Of(payload).CopyTo(header, 32);
        return header;
    }

    private void Sign(byte[] file, int length)
    {
        if (Version5 >= 1016)
        {
            Blake3Hash.Of(file.AsSpan(0, length)).AsSpan(0, SignatureLength).CopyTo(file.AsSpan(SignatureOffset));
        }
    }
}
