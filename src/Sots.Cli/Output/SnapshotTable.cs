using System.Globalization;
using System.Text;
using Sots.Backup.Restoring;
using Sots.Backup.Retention;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Output;

/// <summary>Snapshots as restic's table: the headers' trailing spaces are the least widths of their columns.</summary>
internal static class SnapshotTable
{
    private const int MostPaths = 3;

    /// <summary>Of one snapshot; nobody reads more, and a hostile one may have a million. JSON has them all.</summary>
    private const int MostTexts = 1000;

    /// <summary>One table for each group that has snapshots.</summary>
    public static string Format(IReadOnlyList<SnapshotGroup> groups, bool compact, TimeZoneInfo zone)
    {
        StringBuilder text = new();
        foreach (SnapshotGroup group in groups.Where(group => group.Snapshots.Count > 0))
        {
            if (group.Key is { } key)
            {
                text.Append(Heading(key)).Append('\n');
            }

            AppendRows(text, [.. group.Snapshots.Select(saved => new KeptSnapshot(saved, []))], compact, withReasons: false, zone);
        }

        return text.ToString();
    }

    /// <summary>One table, and below it what the times mean and how many there are.</summary>
    public static void AppendRows(StringBuilder text, IReadOnlyList<KeptSnapshot> snapshots, bool compact, bool withReasons, TimeZoneInfo zone)
    {
        bool reasons = withReasons && !compact;
        bool sizes = snapshots.Any(row => row.Snapshot.Snapshot.Summary is not null);
        string[] headers =
        [
            .. compact ? ["ID", "Time", "Host", "Tags  "] : new[] { "ID", "Time", "Host      ", "Tags      " },
            .. reasons ? ["Reasons"] : Array.Empty<string>(),
            .. compact ? [] : new[] { "Paths" },
            .. sizes ? ["Size"] : Array.Empty<string>(),
        ];
        TextTable table = new(headers) { IsSpaced = !compact && snapshots.Any(row => row.Snapshot.Snapshot.Paths is { Count: > 1 }) };
        foreach (KeptSnapshot row in snapshots)
        {
            Snapshot snapshot = row.Snapshot.Snapshot;
            List<IReadOnlyList<string>> cells =
            [
                [row.Snapshot.Id.Value.ToShortString()], [Times.Local(snapshot.Time, zone)], [snapshot.Hostname],
                compact ? Shown(snapshot.Tags) : [string.Join(',', Shown(snapshot.Tags))],
            ];
            if (reasons)
            {
                cells.Add(row.Reasons);
            }

            if (!compact)
            {
                cells.Add(Some(snapshot.Paths ?? []));
            }

            if (sizes)
            {
                cells.Add([snapshot.Summary is { } summary ? Sizes.Format(summary.TotalBytesProcessed) : ""]);
            }

            table.Add([.. cells]);
        }

        table.WriteTo(text, "Timestamps shown in local time", string.Create(CultureInfo.InvariantCulture, $"{snapshots.Count} snapshots"));
    }

    /// <summary>A snapshot made before a restore of many assets names each of them: that would leave no room for anything else.</summary>
    private static IReadOnlyList<string> Shown(IReadOnlyList<string> tags)
    {
        int paths = tags.Count(SafetyTags.IsPath);
        return paths <= MostPaths ? Some(tags)
            : [.. Some([.. tags.Where(static tag => !SafetyTags.IsPath(tag))]), tags.First(SafetyTags.IsPath), string.Create(CultureInfo.InvariantCulture, $"and {paths - 1} more paths")];
    }

    private static IReadOnlyList<string> Some(IReadOnlyList<string> texts) => texts.Count <= MostTexts ? texts
        : [.. texts.Take(MostTexts), string.Create(CultureInfo.InvariantCulture, $"and {texts.Count - MostTexts} more")];

    /// <summary>What the snapshots of a group have in common, as a heading.</summary>
    public static string Heading(SnapshotGroupKey key)
    {
        List<string> facts = [];
        if (key.Hostname is not null)
        {
            facts.Add($"host [{key.Hostname}]");
        }

        if (key.Tags is { Count: > 0 })
        {
            facts.Add($"tags [{string.Join(", ", Some(key.Tags))}]");
        }

        if (key.Paths is not null)
        {
            facts.Add($"paths [{string.Join(", ", Some(key.Paths))}]");
        }

        return "snapshots" + (facts.Count == 0 ? "" : $" for ({PrintableText.Escape(string.Join(", ", facts))})") + ":";
    }
}
