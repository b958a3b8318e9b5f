using System.Collections.Concurrent;
using Sots.Restic;

namespace Sots.Unreal.Assets;

/// <summary>
/// What was found out about contents of files, by their ids, so that no file is read twice for it. Kept in one file beside other caches; it
/// may be deleted at any time, and one that cannot be read counts as deleted. Thread safe, but for <see cref="Save"/>.
/// </summary>
/// <typeparam name="T">What is known of one content.</typeparam>
public abstract class ContentCache<T>
    where T : class
{
    private readonly byte[] _kind;
    private readonly int _maxEntries;
    private readonly ConcurrentDictionary<ContentId, T> _entries = new();
    private int _count, _added;

    /// <param name="kind">What its file begins with.</param>
    /// <param name="maxEntries">Contents that are kept at most.</param>
    private protected ContentCache(ReadOnlySpan<byte> kind, int maxEntries)
    {
        _kind = kind.ToArray();
        _maxEntries = maxEntries;
    }

    /// <summary>How many contents are known.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether some were added since it was loaded or saved.</summary>
    public bool HasNews => Volatile.Read(ref _added) > 0;

    /// <summary>All that is known.</summary>
    private protected IEnumerable<KeyValuePair<ContentId, T>> Entries => _entries;

    /// <summary>What is known of some content, or null.</summary>
    public T? Find(ContentId content) => _entries.GetValueOrDefault(content);

    /// <summary>Writes the cache aside and renames it, for the owner alone. What goes wrong is passed over: it is only a cache.</summary>
    public void Save(string path)
    {
        CacheFile.Save(path, _kind, WriteAll);
        _added = 0;
    }

    /// <summary>Loads a cache; an empty one where there is no file, or one of another form.</summary>
    private protected static TCache Loaded<TCache>(string path, Func<TCache> make)
        where TCache : ContentCache<T>
    {
        TCache cache = make();
        bool whole = CacheFile.TryLoad(path, cache._kind, cache.ReadAll);
        cache._added = 0;
        return whole ? cache : make();
    }

    /// <summary>Keeps an entry, where there is room and none of this content yet.</summary>
    private protected void Keep(ContentId content, T entry)
    {
        // Counted here: the dictionary would take all its locks to count itself.
        if (Count < _maxEntries && _entries.TryAdd(content, entry))
        {
            Interlocked.Increment(ref _count);
            Interlocked.Increment(ref _added);
        }
    }

    /// <summary>All texts of an entry.</summary>
    private protected abstract IEnumerable<string> StringsOf(T entry);

    /// <summary>Writes an entry.</summary>
    private protected abstract void Write(BinaryWriter writer, CacheStrings strings, T entry);

    /// <summary>Reads an entry and keeps it.</summary>
    private protected abstract void Read(BinaryReader reader, CacheStrings strings, ContentId content);

    private void WriteAll(BinaryWriter writer)
    {
        KeyValuePair<ContentId, T>[] all = [.. _entries];
        CacheStrings strings = new();
        foreach (string text in all.SelectMany(entry => StringsOf(entry.Value)))
        {
            strings.Add(text);
        }

        strings.WriteTo(writer);
        writer.Write7BitEncodedInt(all.Length);
        foreach ((ContentId content, T entry) in all)
        {
            CacheFile.Write(writer, content);
            Write(writer, strings, entry);
        }
    }

    private void ReadAll(BinaryReader reader)
    {
        CacheStrings strings = new();
        strings.ReadFrom(reader);
        int count = CacheFile.ReadBounded(reader, _maxEntries);
        for (int i = 0; i < count; i++)
        {
            Read(reader, strings, CacheFile.ReadId(reader));
        }
    }
}
