using System.Globalization;
using System.Text;
using Sots.Backup;
using Sots.Restic;
using Sots.Unreal.Assets;
using Sots.Unreal.Histories;

namespace Sots.Cli.Output;

/// <summary>The histories that a word means, the newest version first.</summary>
/// <param name="word">The word.</param>
/// <param name="histories">The histories.</param>
/// <param name="restore">The command that brings a version back.</param>
/// <param name="pictures">What pictures were written; null where none were asked for.</param>
/// <param name="zone">For times.</param>
internal sealed class HistoryReport(
    string word, IReadOnlyList<AssetHistory> histories, Func<HistoryVersion, string> restore, WrittenPictures? pictures, TimeZoneInfo zone) : IReport
{
    /// <inheritdoc/>
    public string ToText()
    {
        StringBuilder text = new();
        foreach (AssetHistory history in histories)
        {
            text.Append(text.Length > 0 ? "\n\n" : "");
            Append(text, history);
        }

        if (pictures is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\n{pictures.Count} {(pictures.Count == 1 ? "picture" : "pictures")} in {PrintableText.Escape(pictures.Folder)}; open {PrintableText.Escape(pictures.Page)} to see them side by side");
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new HistoryMessage
    {
        Word = word,
        Assets = [.. histories.Select(ToJson)],
        Page = pictures?.Page,
    });

    private void Append(StringBuilder text, AssetHistory history)
    {
        AssetFacts? facts = history.Newest.Details?.Facts;
        string name = facts is { Label.Length: > 0 } ? facts.Label : AssetPath.NameOf(history.Path);
        string about = facts is null or { Class.Length: 0 } ? "" : facts.PackageName.Length == 0 ? $"  {facts.Class}" : $"  {facts.Class}  {facts.PackageName}";
        text.Append(PrintableText.Escape(name + about)).Append('\n');
        text.Append(PrintableText.Escape(history.Path)).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"{history.Snapshots} {Plural(history.Snapshots, "snapshot")} of {PrintableText.Escape(string.Join(' ', history.Paths))} on {PrintableText.Escape(history.Hostname)}\n");
        foreach (HistoryVersion version in history.Versions.Reverse())
        {
            text.Append('\n').Append(PrintableText.Escape(Heading(version)));
            foreach (string line in HistoryText.Lines(version, zone))
            {
                text.Append("\n    ").Append(PrintableText.Escape(line));
            }
        }

        if (Wanted(history) is { } wanted)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\nTo get the version of {Times.Local(wanted.First.Snapshot.Time, zone)} back:\n    {PrintableText.Escape(restore(wanted))}");
        }
    }

    private string Heading(HistoryVersion version)
    {
        string start = $"{Times.Local(version.First.Snapshot.Time, zone)}  {version.First.Id.Value.ToShortString()}";
        if (version.Node is not { } node)
        {
            return $"{start}  deleted";
        }

        string engine = version.Details?.Facts.Engine is { Length: > 0 } saved ? $"  UE {saved}" : "";
        return $"{start}  {Sizes.Format(node.Size)}{engine}{HistoryText.Health(version)}  (file of {Times.Local(node.ModifiedTime, zone)})";
    }

    /// <summary>What is most likely wanted back: the last healthy version of what is gone or damaged, else the one before the newest.</summary>
    private static HistoryVersion? Wanted(AssetHistory history) =>
        history.NewestHealthy is { } healthy && !ReferenceEquals(healthy, history.Versions[^1])
            ? healthy
            : history.Versions.SkipLast(1).LastOrDefault(static version => !version.IsDeletion && version.Problem is null && version.Details is not { IsDamaged: true });

    private HistoryJson ToJson(AssetHistory history)
    {
        AssetFacts facts = history.Newest.Details?.Facts ?? new AssetFacts();
        return new HistoryJson
        {
            Host = history.Hostname, Paths = history.Paths, Path = history.Path, Class = facts.Class, Label = facts.Label, PackageName = facts.PackageName,
            Snapshots = history.Snapshots,
            Versions = [.. history.Versions.Reverse().Select(ToJson)],
        };
    }

    private HistoryVersionJson ToJson(HistoryVersion version) => new()
    {
        State = version.IsDeletion ? "deleted" : "version",
        Path = version.Path,
        Snapshot = version.First.Id.ToString(),
        Time = Times.Format(version.First.Snapshot.Time),
        LastSnapshot = version.Last.Id.ToString(),
        LastTime = Times.Format(version.Last.Snapshot.Time),
        Snapshots = version.Snapshots,
        Size = version.Node?.Size,
        Mtime = version.Node is { } node ? Times.Format(node.ModifiedTime) : null,
        Engine = version.Details?.Facts.Engine is { Length: > 0 } engine ? engine : null,
        Health = version.Problem is not null ? "unreadable" : version.Details is not { } details ? null : details.IsDamaged ? "damaged" : "healthy",
        Findings = version.Details is { Findings.Count: > 0 } found ? [.. found.Findings.Select(static finding => new FindingJson(finding))] : null,
        MovedFrom = version.MovedFrom,
        SameAs = version is { MovedFrom: null, SameAs: { } same } ? same.First.Id.ToString() : null,
        Change = version.Change is { } change ? new VersionChangeJson(change) : null,
        Thumbnail = pictures?.FileOf(version),
        Restore = version.IsDeletion ? null : restore(version),
    };

    private static string Plural(int count, string noun) => count == 1 ? noun : noun + "s";
}

/// <summary>The files that a word may mean.</summary>
internal sealed class HistoryCandidatesReport(string word, IReadOnlyList<HistoryCandidate> candidates, TimeZoneInfo zone) : IReport
{
    private const int MostShown = 100;

    /// <inheritdoc/>
    public string ToText()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{candidates.Count} files fit \"{PrintableText.Escape(word)}\"; name one of them, or use --all for all:\n");
        foreach (HistoryCandidate candidate in candidates.Take(MostShown))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{PrintableText.Escape(candidate.Path)}{FindText.Asset(candidate.Facts)}");
            text.Append(CultureInfo.InvariantCulture, $"\n    in {candidate.Snapshots} {(candidate.Snapshots == 1 ? "snapshot" : "snapshots")}, the last of {Times.Local(candidate.Last.Snapshot.Time, zone)}");
        }

        if (candidates.Count > MostShown)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nand {candidates.Count - MostShown} more; --json names all");
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new HistoryCandidatesMessage
    {
        Word = word,
        Candidates =
        [
            .. candidates.Select(static at => new HistoryCandidateJson(
                at.Hostname, at.Paths, at.Path, at.Facts?.Class ?? "", at.Facts?.Label ?? "", at.Facts?.PackageName ?? "", at.Snapshots, at.Last.Id.ToString(),
                Times.Format(at.Last.Snapshot.Time))),
        ],
    });
}
