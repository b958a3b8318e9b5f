using System.Security.Cryptography;
using System.Text;

namespace Sots.Cli.Demo;

/// <summary>
/// A package as the editor of 5.4 saves it, with one asset and data that means nothing: small enough to be made here, and whole in the eyes of
/// everything that looks into it. Source: docs/UNREAL-PACKAGES.md.
/// </summary>
/// <param name="name">Long name, "/Game/Folder/Name".</param>
/// <param name="type">Short name of the class of its asset.</param>
/// <param name="needs">Long names of packages without which it does not load.</param>
internal sealed class DemoPackage(string name, string type, params string[] needs)
{
    private const uint Tag = 0x9E2A83C1, HoldsLevel = 0x20000;
    private const string Core = "/Script/CoreUObject", Engine = "/Script/Engine";

    private string ShortName => name[(name.LastIndexOf('/') + 1)..];

    /// <summary>The whole file.</summary>
    /// <param name="seed">Which data.</param>
    /// <param name="length">Its length, bytes; longer than the header.</param>
    public byte[] Write(int seed, int length)
    {
        string[] names = [Core, Engine, "Class", "Package", type, ShortName, .. needs];
        using MemoryStream stream = new();
        using BinaryWriter at = new(stream, Encoding.ASCII, leaveOpen: true);
        foreach (int number in (int[])[unchecked((int)Tag), -8, 864, 522, 1012, 0, 0])
        {
            at.Write(number);
        }

        long headerLength = Hole(at, sizeof(int));
        Text(at, name);
        at.Write(type == "World" ? HoldsLevel : 0);
        at.Write(names.Length);
        long namesAt = Hole(at, sizeof(int));
        Hole(at, 8 + sizeof(int) + 8); // soft paths, key for translation, texts
        at.Write(1);
        long exportsAt = Hole(at, sizeof(int));
        at.Write(needs.Length + 2);
        long importsAt = Hole(at, sizeof(int)), dependsAt = Hole(at, sizeof(int));
        Hole(at, 8); // soft references
        long searchableAt = Hole(at, sizeof(int));
        Hole(at, sizeof(int) + 16 + 16); // pictures, two guids
        foreach (int number in (int[])[1, 1, names.Length])
        {
            at.Write(number);
        }

        Version(at);
        Version(at);
        Hole(at, 4 * sizeof(int));
        long registryAt = Hole(at, sizeof(int)), bulkAt = Hole(at, sizeof(long));
        Hole(at, 2 * sizeof(int)); // world tile, chunks
        at.Write(-1);
        at.Write(0);
        at.Write(names.Length);
        at.Write(-1L);
        long resourcesAt = Hole(at, sizeof(int));

        Here(at, namesAt);
        foreach (string text in names)
        {
            Text(at, text);
            at.Write(0);
        }

        Here(at, importsAt);
        Import(at, names, "Class", -2, type);
        foreach (string package in (string[])[Engine, .. needs])
        {
            Import(at, names, "Package", 0, package);
        }

        Here(at, exportsAt);
        int header = Rest(at, names, dependsAt, searchableAt, registryAt, resourcesAt);
        Patch(at, headerLength, header);
        at.Write(Noise(seed, length - header - sizeof(uint)));
        Here(at, bulkAt);
        at.Write(Tag);
        return stream.ToArray();
    }

    private int Rest(BinaryWriter at, string[] names, long dependsAt, long searchableAt, long registryAt, long resourcesAt)
    {
        at.Write(-1);
        at.Write(0);
        at.Write(0);
        at.Write(0);
        Name(at, names, ShortName);
        at.Write(1);
        at.Write(0L);
        Hole(at, sizeof(long) + (3 * sizeof(int)) + sizeof(int) + sizeof(int) + sizeof(int));
        at.Write(1);
        Hole(at, sizeof(int) + 20 + 16);
        Here(at, dependsAt);
        at.Write(0);
        Here(at, searchableAt);
        at.Write(0);
        Here(at, registryAt);
        long dependencies = Hole(at, sizeof(long));
        at.Write(1);
        Text(at, ShortName);
        Text(at, $"{Engine}.{type}");
        at.Write(0);
        Here(at, dependencies);
        foreach (int bits in (int[])[needs.Length + 2, 0])
        {
            at.Write(bits);
            Hole(at, (bits + 31) / 32 * sizeof(uint));
        }

        Here(at, resourcesAt);
        at.Write(1);
        at.Write(0);
        return (int)at.BaseStream.Position;
    }

    private static void Import(BinaryWriter at, string[] names, string type, int outer, string package)
    {
        Name(at, names, Core);
        Name(at, names, type);
        at.Write(outer);
        Name(at, names, package);
        Hole(at, 8 + sizeof(int));
    }

    private static void Version(BinaryWriter at)
    {
        foreach (ushort part in (ushort[])[5, 4, 4])
        {
            at.Write(part);
        }

        at.Write(35576357);
        Text(at, "++UE5+Release-5.4");
    }

    private static void Name(BinaryWriter at, string[] names, string text)
    {
        at.Write(Array.IndexOf(names, text));
        at.Write(0);
    }

    private static void Text(BinaryWriter at, string text)
    {
        at.Write(text.Length + 1);
        at.Write(Encoding.ASCII.GetBytes(text));
        at.Write((byte)0);
    }

    private static long Hole(BinaryWriter at, int length)
    {
        long place = at.BaseStream.Position;
        at.Write(new byte[length]);
        return place;
    }

    private static void Here(BinaryWriter at, long hole) => Patch(at, hole, (int)at.BaseStream.Position);

    private static void Patch(BinaryWriter at, long hole, int value)
    {
        long end = at.BaseStream.Position;
        at.BaseStream.Position = hole;
        at.Write(value);
        at.BaseStream.Position = end;
    }

    /// <summary>A hash chain: looks random, is the same each time, and needs no generator.</summary>
    public static byte[] Noise(int seed, int length)
    {
        byte[] content = new byte[length];
        byte[] block = SHA256.HashData(BitConverter.GetBytes(seed));
        for (int at = 0; at < length; at += block.Length)
        {
            block.AsSpan(0, Math.Min(block.Length, length - at)).CopyTo(content.AsSpan(at));
            block = SHA256.HashData(block);
        }

        return content;
    }
}
