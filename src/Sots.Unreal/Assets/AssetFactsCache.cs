using System.Collections.Concurrent;
using Sots.Restic;

namespace Sots.Unreal.Assets;

/// <summary>Facts of packages.</summary>
/// <remarks>300 bytes of memory a package, 800 for an actor in a file of its own, whose names are long; names that many packages share are kept once.</remarks>
public sealed class AssetFactsCache() : ContentCache<AssetFacts>("sots assets 1\n"u8, MaxEntries)
{
    /// <summary>Facts that are kept at most; about as many as 100 versions of a project of 50,000 assets have in common and apart.</summary>
    public const int MaxEntries = CacheFile.MaxEntries;

    private readonly ConcurrentDictionary<string, string> _strings = new(StringComparer.Ordinal);

    /// <summary>Loads a cache; an empty one where there is no file, or one of another form.</summary>
    public static AssetFactsCache Load(string path) => Loaded(path, static () => new AssetFactsCache());

    /// <summary>Remembers all that another one knows.</summary>
    public void AddAll(AssetFactsCache other)
    {
        foreach ((ContentId content, AssetFacts facts) in other.Entries)
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
        Keep(content, kept);
        return kept;
    }

    /// <inheritdoc/>
    private protected override IEnumerable<string> StringsOf(AssetFacts entry) => AssetFactsCodec.StringsOf(entry);

    /// <inheritdoc/>
    private protected override void Write(BinaryWriter writer, CacheStrings strings, AssetFacts entry) => AssetFactsCodec.Write(writer, strings, entry);

    /// <inheritdoc/>
    private protected override void Read(BinaryReader reader, CacheStrings strings, ContentId content) => Add(content, AssetFactsCodec.Read(reader, strings));

    private string Shared(string text) => text.Length == 0 ? "" : _strings.GetOrAdd(text, text);
}
