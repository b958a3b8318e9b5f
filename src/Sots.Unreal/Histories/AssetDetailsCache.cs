using Sots.Restic;
using Sots.Unreal.Assets;
using Sots.Unreal.Health;

namespace Sots.Unreal.Histories;

/// <summary>Details of the versions that a history was asked for.</summary>
public sealed class AssetDetailsCache() : ContentCache<AssetDetails>("sots versions 1\n"u8, MaxEntries)
{
    /// <summary>Versions that are kept at most, and objects of one: larger ones are read again each time.</summary>
    public const int MaxEntries = 20_000, MaxObjects = 20_000;

    /// <summary>Loads a cache; an empty one where there is no file, or one of another form.</summary>
    public static AssetDetailsCache Load(string path) => Loaded(path, static () => new AssetDetailsCache());

    /// <summary>Remembers details.</summary>
    public void Add(ContentId content, AssetDetails details)
    {
        if (details.Objects.Count <= MaxObjects)
        {
            Keep(content, details);
        }
    }

    /// <inheritdoc/>
    private protected override IEnumerable<string> StringsOf(AssetDetails entry) =>
    [
        .. AssetFactsCodec.StringsOf(entry.Facts),
        .. entry.Objects.SelectMany(static at => (string[])[at.Path, at.Class]), .. entry.Tags.SelectMany(static tag => (string[])[tag.Key, tag.Value]),
        .. entry.Findings.Select(static finding => finding.Message),
    ];

    /// <inheritdoc/>
    private protected override void Write(BinaryWriter writer, CacheStrings strings, AssetDetails entry)
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

    /// <inheritdoc/>
    private protected override void Read(BinaryReader reader, CacheStrings strings, ContentId content)
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
