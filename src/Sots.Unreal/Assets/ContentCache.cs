namespace Sots.Unreal.Assets;

/// <summary>
/// What was found out about contents of files, by their ids, so that no file is read twice for it. Kept in one file beside other caches; it
/// may be deleted at any time, and one that cannot be read counts as deleted. Thread safe, but for <see cref="Save"/>.
/// </summary>
public abstract class ContentCache
{
    private readonly byte[] _kind;

    /// <summary>How many contents the file knows.</summary>
    private int _saved;

    /// <param name="kind">What its file begins with.</param>
    private protected ContentCache(ReadOnlySpan<byte> kind) => _kind = kind.ToArray();

    /// <summary>How many contents are known.</summary>
    public abstract int Count { get; }

    /// <summary>Whether some were added since it was loaded or saved.</summary>
    public bool HasNews => Count > Volatile.Read(ref _saved);

    /// <summary>Writes the cache aside and renames it, for the owner alone. What goes wrong is passed over: it is only a cache.</summary>
    public void Save(string path)
    {
        CacheFile.Save(path, _kind, WriteTo);
        Volatile.Write(ref _saved, Count);
    }

    /// <summary>Loads a cache; an empty one where there is no file, or one of another form.</summary>
    private protected static TCache Loaded<TCache>(string path, Func<TCache> make)
        where TCache : ContentCache
    {
        TCache cache = make();
        if (!CacheFile.TryLoad(path, cache._kind, cache.ReadFrom))
        {
            return make();
        }

        cache._saved = cache.Count;
        return cache;
    }

    /// <summary>Writes all that is known.</summary>
    private protected abstract void WriteTo(BinaryWriter writer);

    /// <summary>Remembers all that is in a file.</summary>
    private protected abstract void ReadFrom(BinaryReader reader);
}
