using System.Globalization;
using System.Text;
using Sots.Restic;

namespace Sots.Cli.Output;

/// <summary>Snapshots as restic's table: the headers' trailing spaces are the least widths of their columns.</summary>
internal static class SnapshotTable
{
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

            TextTable table = compact
                ? new TextTable("ID", "Time", "Host", "Tags  ", "Size")
                : new TextTable("ID", "Time", "Host      ", "Tags      ", "Paths", "Size");
            foreach (SavedSnapshot saved in group.Snapshots)
            {
                string[] id = [saved.Id.Value.ToShortString()];
                string[] time = [Times.Local(saved.Snapshot.Time, zone)];
                string[] host = [saved.Snapshot.Hostname];
                string[] size = [saved.Snapshot.Summary is { } summary ? Sizes.Format(summary.TotalBytesProcessed) : ""];
                if (compact)
                {
                    table.Add(id, time, host, saved.Snapshot.Tags, size);
                }
                else
                {
                    table.Add(id, time, host, [string.Join(',', saved.Snapshot.Tags)], saved.Snapshot.Paths ?? [], size);
                }
            }

            table.WriteTo(
                text, "Timestamps shown in local time", string.Create(CultureInfo.InvariantCulture, $"{group.Snapshots.Count} snapshots"));
        }

        return text.ToString();
    }

    private static string Heading(SnapshotGroupKey key)
    {
        List<string> facts = [];
        if (key.Hostname is not null)
        {
            facts.Add($"host [{key.Hostname}]");
        }

        if (key.Tags is { Count: > 0 })
        {
            facts.Add($"tags [{string.Join(", ", key.Tags)}]");
        }

        if (key.Paths is not null)
        {
            facts.Add($"paths [{string.Join(", ", key.Paths)}]");
        }

        return "snapshots" + (facts.Count == 0 ? "" : $" for ({PrintableText.Escape(string.Join(", ", facts))})") + ":";
    }
}
