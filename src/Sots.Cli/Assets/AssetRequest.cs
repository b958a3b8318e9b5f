using Sots.Unreal.Content;

namespace Sots.Cli.Assets;

/// <summary>Which assets somebody wants back, and how.</summary>
internal sealed record AssetRequest
{
    /// <summary>What was typed for the assets.</summary>
    public required IReadOnlyList<AssetWord> Assets { get; init; }

    /// <summary>The snapshot: the start of an id or latest; null for the newest that has them.</summary>
    public string? Snapshot { get; init; }

    /// <summary>Only levels are meant.</summary>
    public bool LevelsOnly { get; init; }

    /// <summary>With the packages they need.</summary>
    public bool WithDependencies { get; init; }

    /// <summary>Of those only what is not in the project.</summary>
    public bool OnlyMissing { get; init; }

    /// <summary>A folder to restore to; null for the project itself.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Splits names from the snapshot behind them. No name of an asset has an "@"; a folder may have one, and a label: what stands behind the
    /// last one is a snapshot only if it can be the word for one.
    /// </summary>
    /// <exception cref="UsageException">Two snapshots are named, or a name is missing.</exception>
    public static AssetRequest Parse(IReadOnlyList<string> words)
    {
        List<AssetWord> assets = [];
        HashSet<string> snapshots = new(StringComparer.Ordinal);
        foreach (string word in words)
        {
            int at = word.LastIndexOf('@');
            bool hasSnapshot = at >= 0 && IsSnapshot(word[(at + 1)..]);
            string name = hasSnapshot ? word[..at] : word;
            if (hasSnapshot)
            {
                snapshots.Add(word[(at + 1)..]);
            }

            assets.Add(name.Trim().Length > 0 ? AssetWord.Of(name) : throw new UsageException($"'{word}' names no asset", "Type its name, and behind it @ and a snapshot if you like."));
        }

        return snapshots.Count <= 1
            ? new AssetRequest { Assets = assets, Snapshot = snapshots.FirstOrDefault() }
            : throw new UsageException("two different snapshots are named", "What comes back together comes from one snapshot: type one command for each.");
    }

    private static bool IsSnapshot(string word) => word == Restic.Snapshots.SnapshotSelection.Latest || (word.Length is > 0 and <= 64 && word.All(char.IsAsciiHexDigit));
}
