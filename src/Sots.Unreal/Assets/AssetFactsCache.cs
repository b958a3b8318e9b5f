using System.Collections.Concurrent;
using Sots.Restic;

namespace Sots.Unreal.Assets;

/// <summary>
/// Facts of packages by what is in them, so that no package is read twice for them. Kept in one file beside other caches; it may be deleted
/// at any time, and one that cannot be read counts as deleted. Thread safe, but for <see cref="Save"/>.
/// </summary>
/// <remarks>About 300 bytes of memory a package; names that many packages share are kept once.</remarks>
public sealed class AssetFactsCache
{
    /// <summary>Facts that are kept at most; about as many as 100 versions of a project of 50,000 assets have in common and apart.</summary>
    public const int MaxEntries = CacheFile.MaxEntries;

    private static readonly byte[] Kind = "sots assets 1\n"u8.ToArray();

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
        bool whole = CacheFile.TryLoad(path, Kind, cache.Read);
        cache._added = 0;
        return whole ? cache : new AssetFactsCache();
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
        CacheFile.Save(path, Kind, Write);
        _added = 0;
    }

    private string Shared(string text) => text.Length == 0 ? "" : _strings.GetOrAdd(text, text);

    private void Write(BinaryWriter writer)
    {
        KeyValuePair<ContentId, AssetFacts>[] all = [.. _facts];
        CacheStrings strings = new();
        foreach (string text in all.SelectMany(static entry => AssetFactsCodec.StringsOf(entry.Value)))
        {
            strings.Add(text);
        }

        strings.WriteTo(writer);
        writer.Write7BitEncodedInt(all.Length);
        foreach ((ContentId content, AssetFacts facts) in all)
        {
            CacheFile.Write(writer, content);
            AssetFactsCodec.Write(writer, strings, facts);
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
            Add(content, AssetFactsCodec.Read(reader, strings));
        }
    }
}
