using Sots.Restic;

namespace Sots.Unreal.Assets;

/// <summary>Facts of packages.</summary>
/// <remarks>200 bytes of memory a package, also for an actor in a file of its own, whose names are long: what packages share is kept once.</remarks>
public sealed class AssetFactsCache() : ContentCache("sots assets 1\n"u8)
{
    /// <summary>Facts that are kept at most; about as many as 100 versions of a project of 50,000 assets have in common and apart.</summary>
    public const int MaxEntries = CacheFile.MaxEntries;

    private FactsMemory _facts = new(MaxEntries);

    /// <inheritdoc/>
    public override int Count => _facts.Count;

    /// <summary>Loads a cache; an empty one where there is no file, or one of another form.</summary>
    public static AssetFactsCache Load(string path) => Loaded(path, static () => new AssetFactsCache());

    /// <summary>Whether the facts of a content are known.</summary>
    public bool Knows(ContentId content) => _facts.Knows(content);

    /// <summary>The facts of a content, or null. Made anew each time: whoever keeps them keeps all of them.</summary>
    public AssetFacts? Find(ContentId content) => _facts.Find(content);

    /// <summary>Remembers facts.</summary>
    public void Add(ContentId content, AssetFacts facts) => _facts.Add(content, facts);

    /// <summary>
    /// Remembers all that another one knows. An empty one takes over the other's memory instead of a copy: from then on, each knows what the
    /// other learns. Nobody may use this one meanwhile.
    /// </summary>
    public void AddAll(AssetFactsCache other)
    {
        if (Count == 0)
        {
            _facts = other._facts;
        }
        else if (_facts != other._facts)
        {
            _facts.AddAll(other._facts);
        }
    }

    /// <inheritdoc/>
    private protected override void WriteTo(BinaryWriter writer) => _facts.WriteTo(writer);

    /// <inheritdoc/>
    private protected override void ReadFrom(BinaryReader reader) => _facts.ReadFrom(reader);
}
