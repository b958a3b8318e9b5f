using System.Globalization;
using System.Text;
using Sots.Restic;
using Sots.Restic.Maintenance.Repairing;

namespace Sots.Cli.Output;

/// <summary>Snapshots that lost something, path by path, in the words of restic's <c>repair snapshots</c>.</summary>
internal static class RepairText
{
    /// <summary>Paths shown of one snapshot; JSON has all.</summary>
    private const int PathsShown = 50;

    /// <summary>Appends a snapshot and its paths, a line each.</summary>
    /// <param name="text">Gets the lines.</param>
    /// <param name="repair">The snapshot.</param>
    /// <param name="zone">For its time.</param>
    /// <param name="onlyLosses">Leave out what is put right without a loss.</param>
    public static void Append(StringBuilder text, SnapshotRepair repair, TimeZoneInfo zone, bool onlyLosses)
    {
        SavedSnapshot saved = repair.Snapshot;
        string paths = string.Join(' ', saved.Snapshot.Paths ?? []);
        string time = Times.LocalExact(saved.Snapshot.Time, zone);
        text.Append(CultureInfo.InvariantCulture, $"\nsnapshot {saved.Id.Value.ToShortString()} of [{paths}] at {time} by {saved.Snapshot.Username}@{saved.Snapshot.Hostname}");
        int shown = 0, left = 0;
        foreach (PathRepair change in repair.Repairs)
        {
            if (onlyLosses && !change.IsLoss)
            {
                continue;
            }

            if (shown == PathsShown)
            {
                left++;
                continue;
            }

            shown++;
            string lost = change.LostBytes > 0 ? $" ({Sizes.Format((long)Math.Min(change.LostBytes, long.MaxValue))})" : "";
            text.Append(CultureInfo.InvariantCulture, $"\n  {(change.Kind is NodeFaultKind.UnreadableDirectory or NodeFaultKind.UnreadableEntries ? "dir" : "file")} \"{change.Path}\": {(onlyLosses ? LossOf(change) : change.Change)}{lost}");
        }

        if (left > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  and {left} more; --json names them all");
        }
    }

    private static string LossOf(PathRepair change) => change.Kind switch
    {
        NodeFaultKind.MissingContent => "content is missing",
        NodeFaultKind.UnreadableEntries => "some of its entries cannot be read",
        NodeFaultKind.UnreadableDirectory => "cannot be read, with everything in it",
        _ => "is of no kind that can be restored",
    };

    /// <summary>Appends what cannot be restored of which snapshots; nothing where nothing is lost.</summary>
    public static void AppendLosses(StringBuilder text, IReadOnlyList<SnapshotRepair> losses, TimeZoneInfo zone)
    {
        if (losses.Count == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\nWhat {losses.Count} {(losses.Count == 1 ? "snapshot" : "snapshots")} cannot give back in full:");
        foreach (SnapshotRepair loss in losses)
        {
            Append(text, loss, zone, onlyLosses: true);
        }
    }
}
