using System.Globalization;
using System.Text;
using Sots.Restic.Maintenance.Repairing;

namespace Sots.Cli.Output;

/// <summary>What a repair of snapshots will do.</summary>
internal sealed class SnapshotRepairReport(SnapshotRepairPlan plan, bool forget, bool dryRun, TimeZoneInfo zone) : IReport
{
    /// <inheritdoc/>
    public string ToText()
    {
        StringBuilder text = new();
        foreach (SnapshotRepair repair in plan.Repairs)
        {
            RepairText.Append(text, repair, zone, onlyLosses: false);
            text.Append(repair switch
            {
                { NewTree: null } when forget => dryRun ? "\nwould delete empty snapshot" : "\nnothing of it can be read, it is removed",
                { NewTree: null } => "\nnothing of it can be read; --forget removes it",
                { Earlier: { } earlier } => $"\nwas repaired before: snapshot {earlier.Value.ToShortString()}",
                _ => dryRun ? "\nwould save new snapshot" : "",
            });
            text.Append(dryRun && forget && repair.NewTree is not null ? "\nwould remove old snapshot" : "");
        }

        CultureInfo culture = CultureInfo.InvariantCulture;
        text.Append(plan.Repairs.Count > 0 ? "\n\n" : "").Append(culture, $"{plan.WholeSnapshots} snapshots are whole");
        if (dryRun || plan.Repairs.Count == 0)
        {
            text.Append(plan.Repairs.Count == 0 ? "\nno snapshots were modified" : string.Create(culture, $"\nwould modify {plan.Repairs.Count} snapshots"));
        }

        if (plan.IndexNeedsRepair)
        {
            text.Append("\nThe index does not name all there is. Run `repair index`.");
        }

        if (plan.DamagedPacks.Count > 0)
        {
            text.Append("\nThese packs are damaged, and what they hold counts as there. Save what is intact in them, then repair the snapshots again:\nsots_backup repair packs ")
                .AppendJoin(' ', plan.DamagedPacks);
        }

        return text.ToString().TrimStart('\n');
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new SnapshotRepairMessage
    {
        DryRun = dryRun,
        Forget = forget,
        Snapshots = RepairedSnapshotJson.Of(plan.Repairs, onlyLosses: false),
        WholeSnapshots = plan.WholeSnapshots,
        DamagedPacks = [.. plan.DamagedPacks.Select(pack => pack.ToString())],
        IndexNeedsRepair = plan.IndexNeedsRepair,
    });
}

/// <summary>What a repair of snapshots did.</summary>
internal sealed class SnapshotRepairSummary(SnapshotRepairPlan plan, SnapshotRepairResult result) : IReport
{
    /// <inheritdoc/>
    public string ToText() => plan.Repairs.Count == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture, $"modified {plan.Repairs.Count(repair => result.Saved.ContainsKey(repair.Snapshot.Id) || result.Removed.Contains(repair.Snapshot.Id))} snapshots");

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new SnapshotRepairSummaryMessage(
        [.. result.Saved.Select(pair => new ReplacedSnapshotJson(pair.Key.ToString(), pair.Value.ToString()))], [.. result.Removed.Select(id => id.ToString())]));
}
