using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Sots.Restic;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Assets;

/// <summary>
/// Facts of packages by what is in them, so that no package is read twice for them. Kept in one file beside other caches; it may be deleted
/// at any time, and one that cannot be read counts as deleted. Thread safe, but for <see cref="Save"/>.
/// </summary>
/// <remarks>About 300 bytes of memory a package; names that many packages share are kept once.</remarks>
public sealed class AssetFactsCache
{
    /// <summary>Facts that are kept at most; about as many as 100 versions of a project of 50,000 assets have in common and apart.</summary>
    public const int MaxEntries = 1_000_000;

    private const int Form = 1, SumLength = 32, MaxList = 1_000_000;
    private static readonly byte[] Magic = "sots assets\n"u8.ToArray();

    private readonly ConcurrentDictionary<ContentId, AssetFacts> _facts = new();
    private readonly ConcurrentDictionary<string, string> _strings = new(StringComparer.Ordinal);
    private int _added;

    /// <summary>How many facts there are.</summary>
    public int Count => _facts.Count;

    /// <summary>Whether facts were added since it was loaded.</summary>
    public bool HasNews => _added > 0;

    /// <summary>Loads a cache; an empty one where there is no file, or one of another form.</summary>
    public static AssetFactsCache Load(string path)
    {
        AssetFactsCache cache = new();
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (bytes.Length > Magic.Length + SumLength && bytes.AsSpan().StartsWith(Magic)
                && SHA256.HashData(bytes.AsSpan(0, bytes.Length - SumLength)).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - SumLength)))
            {
                using MemoryStream stream = new(bytes, Magic.Length, bytes.Length - Magic.Length - SumLength);
                using BinaryReader reader = new(stream, Encoding.UTF8);
                cache.Read(reader);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            return new AssetFactsCache();
        }

        cache._added = 0;
        return cache;
    }

    /// <summary>Facts of some content, or null.</summary>
    public AssetFacts? Find(ContentId content) => _facts.GetValueOrDefault(content);

    /// <summary>Remembers all that another one knows.</summary>
    public void AddAll(AssetFactsCache other)
    {
        foreach ((ContentId content, AssetFacts facts) in other._facts)
        {
            Add(content, facts);
        }
    }

    /// <summary>Remembers facts.</summary>
    public AssetFacts Add(ContentId content, AssetFacts facts)
    {
        AssetFacts kept = facts with
        {
            Class = Shared(facts.Class), Engine = Shared(facts.Engine),
            HardDependencies = [.. facts.HardDependencies.Select(Shared)], SoftDependencies = [.. facts.SoftDependencies.Select(Shared)],
        };
        if (_facts.Count < MaxEntries && _facts.TryAdd(content, kept))
        {
            Interlocked.Increment(ref _added);
        }

        return kept;
    }

    /// <summary>Writes the cache aside and renames it, for the owner alone. What goes wrong is passed over: it is only a cache.</summary>
    public void Save(string path)
    {
        string temporary = $"{path}-tmp-{Environment.ProcessId}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using MemoryStream stream = new();
            stream.Write(Magic);
            using (BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true))
            {
                Write(writer);
            }

            stream.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
            File.WriteAllBytes(temporary, stream.ToArray());
            File.Move(temporary, path, overwrite: true);
            _added = 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
        }
    }

    private string Shared(string text) => text.Length == 0 ? "" : _strings.GetOrAdd(text, text);

    private void Write(BinaryWriter writer)
    {
        writer.Write(Form);
        KeyValuePair<ContentId, AssetFacts>[] all = [.. _facts];
        Dictionary<string, int> strings = new(StringComparer.Ordinal);
        foreach ((_, AssetFacts facts) in all)
        {
            foreach (string text in StringsOf(facts))
            {
                strings.TryAdd(text, strings.Count);
            }
        }

        writer.Write7BitEncodedInt(strings.Count);
        foreach (string text in strings.Keys)
        {
            writer.Write(text);
        }

        writer.Write7BitEncodedInt(all.Length);
        Span<byte> id = stackalloc byte[ContentId.Length];
        foreach ((ContentId content, AssetFacts facts) in all)
        {
            content.CopyTo(id);
            writer.Write(id);
            writer.Write((byte)(facts.Fault is PackageFault fault ? (int)fault + 1 : 0));
            writer.Write(facts.IsLevel);
            writer.Write7BitEncodedInt(facts.Version);
            foreach (string text in (string[])[facts.FaultMessage, facts.PackageName, facts.Class, facts.Label, facts.ObjectPath, facts.Engine, facts.ImportData])
            {
                writer.Write7BitEncodedInt(strings[text]);
            }

            WriteList(writer, facts.HardDependencies, strings);
            WriteList(writer, facts.SoftDependencies, strings);
        }
    }

    private void Read(BinaryReader reader)
    {
        if (reader.ReadInt32() != Form)
        {
            return;
        }

        string[] strings = new string[Bounded(reader.Read7BitEncodedInt(), MaxEntries * 8)];
        for (int i = 0; i < strings.Length; i++)
        {
            strings[i] = reader.ReadString();
        }

        int count = Bounded(reader.Read7BitEncodedInt(), MaxEntries);
        for (int i = 0; i < count; i++)
        {
            ContentId content = new(reader.ReadBytes(ContentId.Length));
            int fault = reader.ReadByte();
            bool isLevel = reader.ReadBoolean();
            int version = reader.Read7BitEncodedInt();
            string Next() => strings[Bounded(reader.Read7BitEncodedInt(), strings.Length - 1)];
            Add(content, new AssetFacts
            {
                Fault = fault == 0 ? null : (PackageFault)(fault - 1), IsLevel = isLevel, Version = version, FaultMessage = Next(), PackageName = Next(),
                Class = Next(), Label = Next(), ObjectPath = Next(), Engine = Next(), ImportData = Next(),
                HardDependencies = ReadList(reader, strings), SoftDependencies = ReadList(reader, strings),
            });
        }
    }

    private static IEnumerable<string> StringsOf(AssetFacts facts) =>
    [
        facts.FaultMessage, facts.PackageName, facts.Class, facts.Label, facts.ObjectPath, facts.Engine, facts.ImportData,
        .. facts.HardDependencies, .. facts.SoftDependencies,
    ];

    private static void WriteList(BinaryWriter writer, IReadOnlyList<string> list, Dictionary<string, int> strings)
    {
        writer.Write7BitEncodedInt(list.Count);
        foreach (string text in list)
        {
            writer.Write7BitEncodedInt(strings[text]);
        }
    }

    private static string[] ReadList(BinaryReader reader, string[] strings)
    {
        string[] list = new string[Bounded(reader.Read7BitEncodedInt(), MaxList)];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = strings[Bounded(reader.Read7BitEncodedInt(), strings.Length - 1)];
        }

        return list;
    }

    private static int Bounded(int value, int most) =>
        value >= 0 && value <= most ? value : throw new FormatException("a number in the cache is out of range");
}
