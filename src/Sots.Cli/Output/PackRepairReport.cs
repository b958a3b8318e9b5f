using System.Globalization;
using System.Text;
using Sots.Restic.Maintenance.Repairing;

namespace Sots.Cli.Output;

/// <summary>What a repair of packs will do.</summary>
internal sealed class PackRepairReport(PackRepairPlan plan, bool dryRun, TimeZoneInfo zone) : IReport
{
    /// <inheritdoc/>
    public string ToText()
    {
        StringBuilder text = new();
        CultureInfo culture = CultureInfo.InvariantCulture;
        foreach (PackRepair pack in plan.Packs)
        {
            text.Append(
                pack.IsWhole ? $"pack {pack.Pack}: nothing is wrong with it, it is left alone\n"
                : pack.LengthBytes is null ? string.Create(culture, $"pack {pack.Pack}: not there, {pack.DamagedBlobs} blobs in it\n")
                : string.Create(culture, $"pack {pack.Pack}: {pack.IntactBlobs} blobs are intact, {pack.DamagedBlobs} are damaged\n"));
            foreach (string fault in pack.Faults)
            {
                text.Append("  ").Append(fault).Append('\n');
            }
        }

        if (plan.IsEmpty)
        {
            return text.Append("nothing is changed").ToString();
        }

        string would = dryRun ? "would be" : "will be";
        int forgotten = plan.Packs.Count(pack => !pack.IsWhole);
        int stay = plan.Packs.Count(pack => !pack.IsWhole && pack.LengthBytes is not null && !pack.IsReadable);
        text.Append(culture, $"{plan.SavedBlobs} blobs {would} copied into new packs; after that {forgotten - stay} packs {would} removed");
        if (stay > 0)
        {
            text.Append(culture, $"\n{stay} packs {would} taken out of the index, but not removed: the storage does not read all of them");
        }

        text.Append(plan.LostBlobs.Count == 0
            ? "\nNothing is lost: every blob is intact there or elsewhere."
            : string.Create(culture, $"\n{plan.LostBlobs.Count} blobs are lost.{(plan.Losses.Count == 0 ? " No snapshot needs them." : "")}"));
        RepairText.AppendLosses(text, plan.Losses, zone);
        return text.ToString();
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new PackRepairMessage
    {
        DryRun = dryRun,
        Packs = [.. plan.Packs.Select(pack => new PackRepairJson(pack.Pack.ToString(), pack.LengthBytes, pack.IsWhole, pack.IntactBlobs, pack.DamagedBlobs, pack.Faults))],
        SavedBlobs = plan.SavedBlobs,
        LostBlobs = [.. plan.LostBlobs.Select(blob => blob.Id.ToString()).Order(StringComparer.Ordinal)],
        Losses = RepairedSnapshotJson.Of(plan.Losses, onlyLosses: true),
    });
}
