using System.Globalization;
using System.Text;
using Sots.Restic.Maintenance.Repairing;

namespace Sots.Cli.Output;

/// <summary>What a repair of the index will do.</summary>
internal sealed class IndexRepairReport(IndexRepairPlan plan, IReadOnlyList<SnapshotRepair> losses, bool dryRun, TimeZoneInfo zone) : IReport
{
    /// <inheritdoc/>
    public string ToText()
    {
        StringBuilder text = new();
        CultureInfo culture = CultureInfo.InvariantCulture;
        foreach (DamagedIndexFile file in plan.DamagedFiles)
        {
            text.Append(culture, $"{(plan.RemovesDamagedFiles ? "removing" : "keeping")} invalid index {file.Id}: {file.Reason}\n");
        }

        foreach (IndexChange change in plan.Changes)
        {
            text.Append(change.Kind switch
            {
                IndexChangeKind.Add => $"adding pack file to index {change.Pack}",
                IndexChangeKind.Correct => $"reindexing pack file {change.Pack}: {change.Reason}",
                IndexChangeKind.Forget => $"removing not found pack file {change.Pack} ({change.Blobs} blobs)",
                _ => $"leaving damaged pack file {change.Pack}: {change.Reason}",
            }).Append('\n');
        }

        string would = dryRun ? "would be" : "are";
        text.Append(plan.IsEmpty
            ? plan.Changes.Count == 0 ? "the index names what is there; nothing is changed" : "nothing in the index is changed"
            : string.Create(culture, $"{plan.ReplacedFiles.Count} index files {would} replaced, {plan.NewFiles} {would} written"));
        RepairText.AppendLosses(text, losses, zone);
        if (losses.Count > 0)
        {
            text.Append("\nIf these files are still on this computer, save them again: that heals the snapshots. Otherwise `repair snapshots` makes some without them.");
        }

        if (!plan.RemovesDamagedFiles && plan.DamagedFiles.Count > 0)
        {
            text.Append("\nDamaged index files stay while the storage does not hand out all packs. Run this again when it does; a pack that it never hands out has to be moved away.");
        }

        PackText(text);
        return text.ToString();
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new IndexRepairMessage
    {
        DryRun = dryRun,
        DamagedIndexFiles = [.. plan.DamagedFiles.Select(file => new DamagedFileJson(file.Id.ToString(), file.Reason))],
        Packs = [.. plan.Changes.Select(change => new IndexChangeJson(change.Pack.ToString(), NameOf(change.Kind), change.Reason, change.Blobs))],
        ReplacedIndexFiles = plan.ReplacedFiles.Count,
        NewIndexFiles = plan.NewFiles,
        Losses = RepairedSnapshotJson.Of(losses, onlyLosses: true),
    });

    private void PackText(StringBuilder text)
    {
        string[] damaged = [.. plan.PacksTo(IndexChangeKind.LeaveDamaged).Select(pack => pack.ToString())];
        if (damaged.Length > 0)
        {
            text.Append("\nDamaged packs were left alone. What is intact in them is saved by\nsots_backup repair packs ").AppendJoin(' ', damaged);
        }
    }

    private static string NameOf(IndexChangeKind kind) => kind switch
    {
        IndexChangeKind.Add => "add",
        IndexChangeKind.Correct => "correct",
        IndexChangeKind.Forget => "forget",
        _ => "leave_damaged",
    };
}
