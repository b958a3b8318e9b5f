using System.Collections.Concurrent;
using Sots.Restic;
using Sots.Unreal.Assets;
using Sots.Unreal.Health;

namespace Sots.Unreal.Histories;

/// <summary>Details of the versions that a history was asked for.</summary>
public sealed class AssetDetailsCache() : ContentCache("sots versions 1\n"u8)
{
    /// <summary>Versions that are kept at most, and objects of one: larger ones are read again each time.</summary>
    public const int MaxEntries = 20_000, MaxObjects = 20_000;

    private readonly ConcurrentDictionary<ContentId, AssetDetails> _entries = new();
    private int _count;

    /// <inheritdoc/>
    public override int Count => Volatile.Read(ref _count);

    /// <summary>Loads a cache; an empty one where there is no file, or one of another form.</summary>
    public static AssetDetailsCache Load(string path) => Loaded(path, static () => new AssetDetailsCache());

    /// <summary>The details of a content, or null.</summary>
    public AssetDetails? Find(ContentId content) => _entries.GetValueOrDefault(content);

    /// <summary>Remembers details, where there is room and none of this content yet.</summary>
    public void Add(ContentId content, AssetDetails details)
    {
        // Counted here: the dictionary would take all its locks to count itself.
        if (details.Objects.Count <= MaxObjects && Count < MaxEntries && _entries.TryAdd(content, details))
        {
            Interlocked.Increment(ref _count);
        }
    }

    /// <inheritdoc/>
    private protected override void WriteTo(BinaryWriter writer)
    {
        KeyValuePair<ContentId, AssetDetails>[] all = [.. _entries];
        CacheStrings strings = new();
        foreach (string text in all.SelectMany(static entry => StringsOf(entry.Value)))
        {
            strings.Add(text);
        }

        strings.WriteTo(writer);
        writer.Write7BitEncodedInt(all.Length);
        foreach ((ContentId content, AssetDetails entry) in all)
        {
            CacheFile.Write(writer, content);
            Write(writer, strings, entry);
        }
    }

    /// <inheritdoc/>
    private protected override void ReadFrom(BinaryReader reader)
    {
        CacheStrings strings = new();
        strings.ReadFrom(reader);
        int count = CacheFile.ReadBounded(reader, MaxEntries);
        for (int i = 0; i < count; i++)
        {
            Read(reader, strings, CacheFile.ReadId(reader));
        }
    }

    private static IEnumerable<string> StringsOf(AssetDetails entry) =>
    [
        .. AssetFactsCodec.StringsOf(entry.Facts),
        .. entry.Objects.SelectMany(static at => (string[])[at.Path, at.Class]), .. entry.Tags.SelectMany(static tag => (string[])[tag.Key, tag.Value]),
        .. entry.Findings.Select(static finding => finding.Message),
    ];

    private static void Write(BinaryWriter writer, CacheStrings strings, AssetDetails entry)
    {
        AssetFactsCodec.Write(writer, strings, entry.Facts);
        strings.Write(writer, [.. entry.Objects.SelectMany(static at => (string[])[at.Path, at.Class])]);
        strings.Write(writer, [.. entry.Tags.SelectMany(static tag => (string[])[tag.Key, tag.Value])]);
        writer.Write7BitEncodedInt(entry.Findings.Count);
        foreach (PackageFinding finding in entry.Findings)
        {
            writer.Write7BitEncodedInt((int)finding.Cause);
            strings.Write(writer, finding.Message);
        }
    }

    private void Read(BinaryReader reader, CacheStrings strings, ContentId content)
    {
        AssetFacts facts = AssetFactsCodec.Read(reader, strings);
        string[] objects = strings.ReadList(reader), tags = strings.ReadList(reader);
        PackageFinding[] findings = new PackageFinding[CacheFile.ReadBounded(reader, CacheFile.MaxList)];
        for (int f = 0; f < findings.Length; f++)
        {
            findings[f] = new PackageFinding((PackageCause)CacheFile.ReadBounded(reader, (int)PackageCause.Cooked), strings.Read(reader));
        }

        Add(content, new AssetDetails
        {
            Facts = facts,
            Objects = [.. objects.Chunk(2).Select(static pair => new AssetObject(pair[0], pair[^1]))],
            Tags = [.. tags.Chunk(2).Select(static pair => KeyValuePair.Create(pair[0], pair[^1]))],
            Findings = findings,
        });
    }
}
