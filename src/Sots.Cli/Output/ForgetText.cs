using System.Globalization;
using System.Text;
using Sots.Backup.Retention;

namespace Sots.Cli.Output;

/// <summary>What a policy keeps and removes, in restic's layout: two tables for each group, oldest first.</summary>
internal static class ForgetText
{
    /// <summary>The tables of a group, with an empty line at the end.</summary>
    public static string Of(ForgetGroup group, bool compact, bool withHeading, TimeZoneInfo zone)
    {
        StringBuilder text = new();
        if (withHeading)
        {
            text.Append(SnapshotTable.Heading(new SnapshotGroupKey(group.Key.Hostname, group.Key.Paths, group.Key.Tags))).Append('\n');
        }

        Append("keep", [.. group.Keep.Reverse()], withReasons: true);
        Append("remove", [.. group.Remove.Reverse().Select(saved => new KeptSnapshot(saved, []))], withReasons: false);
        return text.ToString(0, Math.Max(0, text.Length - 1));

        void Append(string verb, IReadOnlyList<KeptSnapshot> snapshots, bool withReasons)
        {
            if (snapshots.Count > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{verb} {snapshots.Count} snapshots:\n");
                SnapshotTable.AppendRows(text, snapshots, compact, withReasons, zone);
                text.Append('\n');
            }
        }
    }
}
