using System.Security.Cryptography;
using System.Text;
using Sots.Backup.Credentials;
using Sots.Restic;

namespace Sots.Unreal.Assets;

/// <summary>
/// A file of things that can be found out again: what kind it is, its content, and a checksum. One that is not whole, or of another kind, is
/// as good as none. Names of assets are as secret as the repository they come from, so that it is for its owner alone.
/// </summary>
internal static class CacheFile
{
    /// <summary>Things a file may hold at most, entries of a list, and texts.</summary>
    public const int MaxEntries = 1_000_000, MaxList = 1_000_000, MaxTexts = 8_000_000;

    private const int SumLength = 32;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it begins with.</param>
    /// <param name="read">Reads the content; may throw what a reader throws.</param>
    /// <returns>Whether it was there and whole.</returns>
    public static bool TryLoad(string path, ReadOnlySpan<byte> kind, Action<BinaryReader> read)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (bytes.Length <= kind.Length + SumLength || !bytes.AsSpan().StartsWith(kind)
                || !SHA256.HashData(bytes.AsSpan(0, bytes.Length - SumLength)).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - SumLength)))
            {
                return false;
            }

            using MemoryStream stream = new(bytes, kind.Length, bytes.Length - kind.Length - SumLength);
            using BinaryReader reader = new(stream, Encoding.UTF8);
            read(reader);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>Writes a file aside and gives it its name. What goes wrong is passed over: it is only a cache.</summary>
    public static void Save(string path, ReadOnlySpan<byte> kind, Action<BinaryWriter> write)
    {
        string temporary = $"{path}-tmp-{Environment.ProcessId}";
        try
        {
            OwnerOnlyAccess.Current.CreateFolder(Path.GetDirectoryName(path)!);
            File.Delete(temporary);
            using (FileStream file = OwnerOnlyAccess.Current.CreateNew(temporary))
            {
                file.Write(WriteContent(file, kind, write));
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Remove(temporary);
        }
    }

    /// <summary>Writes all but the checksum, which is made on the way: no second copy is held in memory.</summary>
    /// <returns>The checksum.</returns>
    private static byte[] WriteContent(FileStream file, ReadOnlySpan<byte> kind, Action<BinaryWriter> write)
    {
        const int BufferLength = 1 << 16;
        using SHA256 sum = SHA256.Create();
        using (CryptoStream summed = new(file, sum, CryptoStreamMode.Write, leaveOpen: true))
        {
            using BufferedStream buffered = new(summed, BufferLength);
            using BinaryWriter writer = new(buffered, Encoding.UTF8);
            writer.Write(kind);
            write(writer);
        }

        return sum.Hash!;
    }

    /// <summary>Writes an id.</summary>
    public static void Write(BinaryWriter writer, ContentId content)
    {
        Span<byte> id = stackalloc byte[ContentId.Length];
        content.CopyTo(id);
        writer.Write(id);
    }

    /// <summary>Reads an id.</summary>
    public static ContentId ReadId(BinaryReader reader) => new(reader.ReadBytes(ContentId.Length));

    /// <summary>Reads a number that is at least 0 and at most so large.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static int ReadBounded(BinaryReader reader, int most) =>
        reader.Read7BitEncodedInt() is >= 0 and int value && value <= most ? value : throw new FormatException("a number in the cache is out of range");

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Left behind where nothing can be written: the next one has the same name, or none at all.
        }
    }
}

/// <summary>Texts of a cache, each written once: a number stands for it.</summary>
internal sealed class CacheStrings
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private string[] _texts = [];

    /// <summary>Makes sure that a text has a number.</summary>
    public void Add(string text) => _numbers.TryAdd(text, _numbers.Count);

    /// <summary>Writes all texts.</summary>
    public void WriteTo(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(_numbers.Count);
        foreach (string text in _numbers.Keys)
        {
            writer.Write(text);
        }
    }

    /// <summary>Reads all texts.</summary>
    public void ReadFrom(BinaryReader reader)
    {
        _texts = new string[CacheFile.ReadBounded(reader, CacheFile.MaxTexts)];
        for (int i = 0; i < _texts.Length; i++)
        {
            _texts[i] = reader.ReadString();
        }
    }

    /// <summary>Writes the number of a text.</summary>
    public void Write(BinaryWriter writer, string text) => writer.Write7BitEncodedInt(_numbers[text]);

    /// <summary>Writes a list.</summary>
    public void Write(BinaryWriter writer, IReadOnlyList<string> list)
    {
        writer.Write7BitEncodedInt(list.Count);
        foreach (string text in list)
        {
            Write(writer, text);
        }
    }

    /// <summary>The text of a number that is read.</summary>
    public string Read(BinaryReader reader) => _texts[CacheFile.ReadBounded(reader, _texts.Length - 1)];

    /// <summary>Reads a list.</summary>
    public string[] ReadList(BinaryReader reader)
    {
        string[] list = new string[CacheFile.ReadBounded(reader, CacheFile.MaxList)];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = Read(reader);
        }

        return list;
    }
}
