using System.Globalization;
using System.Text;
using Sots.Restic;
using Sots.Restic.Maintenance.Repairing;

namespace Sots.Cli.Output;

/// <summary>What a recovery will do.</summary>
internal sealed class RecoveryReport(RecoveryPlan plan, bool dryRun) : IReport
{
    private const int FoldersShown = 50;

    /// <inheritdoc/>
    public string ToText()
    {
        StringBuilder text = new();
        CultureInfo culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"found {plan.Roots.Count} unreferenced roots");
        foreach (RecoveredRoot root in plan.Roots.Take(FoldersShown))
        {
            string more = root.Entries > root.FirstNames.Count ? ", ..." : "";
            text.Append(culture, $"\n  /{root.Name}: {root.Entries} entries ({string.Join(", ", root.FirstNames)}{more})");
        }

        if (plan.Roots.Count > FoldersShown)
        {
            text.Append(culture, $"\n  and {plan.Roots.Count - FoldersShown} more; --json names them all");
        }

        if (!plan.Index.IsEmpty)
        {
            text.Append(dryRun ? "\nthe index would be repaired first; `repair index --dry-run` says how" : "\nthe index is not complete and is repaired first");
        }

        return text.Append(plan.Roots.Count == 0 ? "\nno snapshot to write." : dryRun ? "\nwould save a new snapshot of them" : "").ToString();
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new RecoveryMessage
    {
        DryRun = dryRun,
        Roots = [.. plan.Roots.Select(root => new RecoveredRootJson(root.Name, root.Tree.ToString(), root.Entries))],
        RepairsIndex = !plan.Index.IsEmpty,
        Unreadable = [.. plan.Unreadable.Select(damage => damage.Message)],
    });
}

/// <summary>What a recovery did.</summary>
internal sealed class RecoverySummary(SnapshotId? snapshot) : IReport
{
    /// <inheritdoc/>
    public string ToText() => snapshot is { } id ? $"saved new snapshot {id.Value.ToShortString()}" : "";

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new RecoverySummaryMessage(snapshot?.ToString()));
}
