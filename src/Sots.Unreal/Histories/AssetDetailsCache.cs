using System.Collections.Concurrent;
using Sots.Restic;
using Sots.Unreal.Assets;
using Sots.Unreal.Health;

namespace Sots.Unreal.Histories;

/// <summary>
/// Details of versions that a history was asked for, so that no package is read twice for them. Kept in one file beside other caches; it may
/// be deleted at any time, and one that cannot be read counts as deleted. Thread safe, but for <see cref="Save"/>.
/// </summary>
public sealed class AssetDetailsCache
{
    /// <summary>Versions that are kept at most, and objects of one: larger ones are read again each time.</summary>
    public const int MaxEntries = 20_000, MaxObjects = 20_000;

    private static readonly byte[] Kind = "sots versions 1\n"u8.ToArray();

    private readonly ConcurrentDictionary<ContentId, AssetDetails> _details = new();
    private int _added;

    /// <summary>How many versions are known.</summary>
    public int Count => _details.Count;

    /// <summary>Whether versions were added since it was loaded.</summary>
    public bool HasNews => _added > 0;

    /// <summary>Loads a cache; an empty one where there is no file, or one of another form.</summary>
    public static AssetDetailsCache Load(string path)
    {
        AssetDetailsCache cache = new();
        bool whole = CacheFile.TryLoad(path, Kind, cache.Read);
        cache._added = 0;
        return whole ? cache : new AssetDetailsCache();
    }

    /// <summary>Details of some content, or null.</summary>
    public AssetDetails? Find(ContentId content) => _details.GetValueOrDefault(content);

    /// <summary>Remembers details.</summary>
    public void Add(ContentId content, AssetDetails details)
    {
        if (details.Objects.Count <= MaxObjects && _details.Count < MaxEntries && _details.TryAdd(content, details))
        {
            Interlocked.Increment(ref _added);
        }
    }

    /// <summary>Writes the cache aside and renames it, for the owner alone. What goes wrong is passed over: it is only a cache.</summary>
    public void Save(string path)
    {
        CacheFile.Save(path, Kind, Write);
        _added = 0;
    }

    private void Write(BinaryWriter writer)
    {
        KeyValuePair<ContentId, AssetDetails>[] all = [.. _details];
        CacheStrings strings = new();
        foreach (string text in all.SelectMany(static entry => StringsOf(entry.Value)))
        {
            strings.Add(text);
        }

        strings.WriteTo(writer);
        writer.Write7BitEncodedInt(all.Length);
        foreach ((ContentId content, AssetDetails details) in all)
        {
            CacheFile.Write(writer, content);
            AssetFactsCodec.Write(writer, strings, details.Facts);
            strings.Write(writer, [.. details.Objects.SelectMany(static at => (string[])[at.Path, at.Class])]);
            strings.Write(writer, [.. details.Tags.SelectMany(static tag => (string[])[tag.Key, tag.Value])]);
            writer.Write7BitEncodedInt(details.Findings.Count);
            foreach (PackageFinding finding in details.Findings)
            {
                writer.Write7BitEncodedInt((int)finding.Cause);
                strings.Write(writer, finding.Message);
            }
        }
    }

    private void Read(BinaryReader reader)
    {
        CacheStrings strings = new();
        strings.ReadFrom(reader);
        int count = CacheFile.ReadBounded(reader, MaxEntries);
        for (int i = 0; i < count; i++)
        {
            ContentId content = CacheFile.ReadId(reader);
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

    private static IEnumerable<string> StringsOf(AssetDetails details) =>
    [
        .. AssetFactsCodec.StringsOf(details.Facts),
        .. details.Objects.SelectMany(static at => (string[])[at.Path, at.Class]), .. details.Tags.SelectMany(static tag => (string[])[tag.Key, tag.Value]),
        .. details.Findings.Select(static finding => finding.Message),
    ];
}
