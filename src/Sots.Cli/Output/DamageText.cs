using System.Globalization;
using System.Text;
using Sots.Restic;
using Sots.Restic.Maintenance;
using Sots.Restic.Maintenance.Consequences;

namespace Sots.Cli.Output;

/// <summary>After a check that found errors: what each damaged thing means in files, and which commands help in which order.</summary>
internal static class DamageText
{
    /// <summary>Damaged things that are shown; all of them are in the JSON.</summary>
    private const int MaxItems = 20;

    /// <summary>Packs that are written out for a command to copy.</summary>
    private const int MaxPacks = 50;

    /// <summary>The text.</summary>
    public static string Of(DamageReport report, TimeZoneInfo zone)
    {
        StringBuilder text = new("What is damaged, and what that means:\n");
        foreach (Consequence consequence in report.Items.Take(MaxItems))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {consequence.Item}\n    {Meaning(consequence, report.IsAtLeast)}\n");
            foreach (LostPath path in consequence.Examples)
            {
                text.Append(CultureInfo.InvariantCulture, $"      {PrintableText.Escape(path.Path)}{(path.IsFolder ? "/ with all that is in it" : "")}: {Whole(path, zone)}\n");
            }

            if (consequence.Files + consequence.Folders - consequence.Examples.Count is > 0 and long more)
            {
                text.Append(CultureInfo.InvariantCulture, $"      and {more} more\n");
            }

            if (CommandFor(consequence) is { } command)
            {
                text.Append(CultureInfo.InvariantCulture, $"    what helps: `{command}`\n");
            }
        }

        if (report.Items.Count > MaxItems)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  and {report.Items.Count - MaxItems} more; `check --json` tells of all\n");
        }

        return text.Append('\n').Append(Total(report)).Append('\n').Append(Plan(report)).ToString().TrimEnd('\n');
    }

    /// <summary>The command that helps against one thing, without the name of the program; null where none does.</summary>
    public static string? CommandFor(Consequence consequence) => consequence.Remedy switch
    {
        Remedy.RepairIndex => "repair index",
        Remedy.RepairIndexFromAllPacks => "repair index --read-all-packs",
        Remedy.RepairPacks => "repair packs " + NameOf(consequence.Item),
        Remedy.RepairSnapshots => "repair snapshots --forget",
        Remedy.Recover => "recover",
        Remedy.RemoveLocks => "unlock --remove-all",
        _ => null,
    };

    private static string Meaning(Consequence consequence, bool atLeast)
    {
        if (consequence.LosesSomething)
        {
            return $"{(atLeast ? "at least " : "")}{Amount(consequence.Files, consequence.Folders)} of {Count(consequence.Snapshots, "snapshot")} cannot be restored whole:";
        }

        bool Found(FindingKind kind) => consequence.Kinds.Contains(kind);
        return Found(FindingKind.ConfigUnreadable) ? "restores work without it; nothing can be saved until it is put back from a copy of the repository"
            : Found(FindingKind.KeyUnreadable) ? "its password may not open the repository any more; put the file back from a copy, or remove it if another key is enough"
            : Found(FindingKind.LockUnreadable) ? "nothing is lost; it keeps others waiting"
            : Found(FindingKind.IndexUnreadable) ? "nothing is lost: a restore reads what it said out of the packs themselves"
            : Found(FindingKind.SnapshotUnreadable) ? "this snapshot cannot be listed or restored; its files are still there as long as nothing is pruned, but their names and paths have to be collected anew"
            : Found(FindingKind.PackUnstable) || consequence.Remedy == Remedy.TestHardware ? "nothing of any snapshot is known to be lost; test the memory, the cable and the disk before anything is repaired"
            : consequence.Remedy == Remedy.RepairIndex && (Found(FindingKind.TreeMissing) || Found(FindingKind.BlobMissing)) ? "nothing is lost: it is in a pack that no index file names"
            : "nothing of any snapshot is lost by it";
    }

    private static string Whole(LostPath path, TimeZoneInfo zone) => path.WholeIn is { } whole
        ? $"whole in snapshot {Named(whole, zone)}"
        : $"lost in snapshot {Named(path.Newest, zone)}, and no snapshot was found that has it whole";

    private static string Named(SavedSnapshot saved, TimeZoneInfo zone) => $"{saved.Id.Value.ToShortString()} of {Times.Local(saved.Snapshot.Time, zone)}";

    private static string Total(DamageReport report) => report.Files + report.Folders == 0
        ? $"No file of the {Count(report.SnapshotsSearched, "snapshot")} is lost by this.\n"
        : $"All in all {(report.IsAtLeast ? "at least " : "")}{Amount(report.Files, report.Folders)} of {report.Snapshots} of {Count(report.SnapshotsSearched, "snapshot")} "
            + "cannot be restored whole; everything else can.\n";

    /// <summary>The commands, in the order in which they help.</summary>
    private static string Plan(DamageReport report)
    {
        bool Needs(Remedy remedy) => report.Items.Any(item => item.Remedy == remedy);
        StringBuilder plan = new();
        void Add(string command, string what) => plan.Append("  sots_backup ").Append(command.PadRight(30)).Append(' ').Append(what).Append('\n');

        if (Needs(Remedy.TestHardware))
        {
            plan.Append("  first test the memory, the cable and the disk: what is repaired on a faulty machine gets worse\n");
        }

        if (Needs(Remedy.RemoveLocks))
        {
            Add("unlock --remove-all", "when nobody else is at work on the repository");
        }

        if (Needs(Remedy.RepairIndexFromAllPacks))
        {
            Add("repair index --read-all-packs", "makes the index anew from the packs");
        }
        else if (Needs(Remedy.RepairIndex))
        {
            Add("repair index", "makes the index anew from the packs");
        }

        string[] packs = [.. report.Items.Where(item => item.Remedy == Remedy.RepairPacks).Select(item => NameOf(item.Item)).Distinct()];
        if (packs.Length > 0)
        {
            plan.Append("  sots_backup repair packs ").AppendJoin(' ', packs.Take(MaxPacks)).Append('\n');
            plan.Append("      keeps what is intact in them").Append(packs.Length > MaxPacks ? $"; then the other {packs.Length - MaxPacks}, which `check` names" : "").Append('\n');
        }

        bool loses = report.Files + report.Folders > 0;
        if (loses && (packs.Length > 0 || Needs(Remedy.RepairIndex) || Needs(Remedy.RepairIndexFromAllPacks)))
        {
            Add("push", "in the project: what is still there is stored again, and heals");
        }

        if (loses)
        {
            Add("repair snapshots --forget", "takes what is lost for good out of the snapshots");
        }

        if (Needs(Remedy.Recover))
        {
            Add("recover", "collects what no readable snapshot names into a new one");
        }

        return plan.Length == 0 ? "" : $"What to do, in this order. Copy the repository's folder first: a disk that damages one file damages others.\n{plan}";
    }

    private static string Amount(long files, long folders) => (files, folders) switch
    {
        (_, 0) => Count(files, "file"),
        (0, _) => $"{Count(folders, "folder")} with all that is in {(folders == 1 ? "it" : "them")}",
        _ => $"{Count(files, "file")}, and {Count(folders, "folder")} with all that is in {(folders == 1 ? "it" : "them")},",
    };

    private static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string NameOf(string item) => item[(item.LastIndexOf('/') + 1)..];
}
