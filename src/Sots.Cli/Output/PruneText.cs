using System.Globalization;
using System.Text;
using Sots.Restic.Maintenance.Pruning;

namespace Sots.Cli.Output;

/// <summary>What a prune will do, in restic's layout, and why in plain words.</summary>
internal static class PruneText
{
    /// <summary>The sums.</summary>
    public static string Of(PruneStatistics sums, bool dryRun, bool withDetails)
    {
        StringBuilder text = new();
        text.Append(dryRun ? "\nWould have made the following changes:\n" : "");
        if (withDetails)
        {
            text.Append('\n');
            Blobs("used:         ", sums.Blobs.Used, sums.Bytes.Used);
            if (sums.Blobs.Duplicate > 0)
            {
                Blobs("duplicates:   ", sums.Blobs.Duplicate, sums.Bytes.Duplicate);
            }

            Blobs("unused:       ", sums.Blobs.Unused, sums.Bytes.Unused);
            if (sums.Bytes.Unreferenced > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"unreferenced:                    {Sizes.Format(sums.Bytes.Unreferenced)}\n");
            }

            Blobs("total:        ", sums.TotalBlobs, sums.TotalBytes);
            text.Append(CultureInfo.InvariantCulture, $"unused size: {Percent(sums.UnusedBytes, sums.TotalBytes)} of total size\n");
        }

        text.Append('\n');
        Blobs("to repack:    ", sums.Blobs.Repack, sums.Bytes.Repack);
        Blobs("this removes: ", sums.Blobs.RepackRemove, sums.Bytes.RepackRemove);
        Blobs("to delete:    ", sums.Blobs.Remove, sums.DeletedBytes);
        Blobs("total prune:  ", sums.RemovedBlobs, sums.RemovedBytes);
        if (sums.Bytes.Uncompressed > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"not yet compressed:              {Sizes.Format(sums.Bytes.Uncompressed)}\n");
        }

        Blobs("remaining:    ", sums.RemainingBlobs, sums.RemainingBytes);
        text.Append(
            CultureInfo.InvariantCulture,
            $"unused size after prune: {Sizes.Format(sums.RemainingUnusedBytes)} ({Percent(sums.RemainingUnusedBytes, sums.RemainingBytes)} of remaining size)\n");
        if (withDetails)
        {
            text.Append(CultureInfo.InvariantCulture, $"""

                totally used packs: {sums.Packs.Used,10}
                partly used packs:  {sums.Packs.PartlyUsed,10}
                unused packs:       {sums.Packs.Unused,10}

                to keep:      {sums.Packs.Keep,10} packs
                to repack:    {sums.Packs.Repack,10} packs
                to delete:    {sums.Packs.Remove,10} packs

                """);
            if (sums.Packs.Unreferenced > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"to delete:    {sums.Packs.Unreferenced,10} unreferenced packs\n");
            }
        }

        return text.ToString();

        void Blobs(string label, long count, long bytes) =>
            text.Append(CultureInfo.InvariantCulture, $"{label}{count,10} blobs / {Sizes.Format(bytes)}\n");
    }

    /// <summary>One line for each thing that becomes of packs, with its reason.</summary>
    public static string Reasons(PrunePlan plan)
    {
        TextTable table = new("Packs", "Size", "What becomes of them", "Why");
        foreach (IGrouping<(PackAction Action, PackReason Reason), PlannedPack> group in plan.Packs
            .GroupBy(pack => (pack.Action, pack.Reason)).OrderBy(group => group.Key.Action).ThenBy(group => group.Key.Reason))
        {
            table.Add(
                [group.Count().ToString(CultureInfo.InvariantCulture)], [Sizes.Format(group.Sum(pack => pack.LengthBytes))],
                [Word(group.Key.Action)], [Word(group.Key.Reason)]);
        }

        StringBuilder text = new();
        table.WriteTo(text);
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>What becomes of a pack.</summary>
    public static string Word(PackAction action) => action switch
    {
        PackAction.Keep => "kept",
        PackAction.Repack => "repacked",
        PackAction.Forget => "forgotten",
        _ => "removed",
    };

    /// <summary>Why.</summary>
    public static string Word(PackReason reason) => reason switch
    {
        PackReason.Used => "everything in it is used",
        PackReason.FewSmall => "small, but too few to be worth merging",
        PackReason.WithinUnusedLimit => "partly used, within the limit of unused data",
        PackReason.RepackLimit => "the limit of repacking is reached",
        PackReason.NotCacheable => "it holds data, and only trees are to be repacked",
        PackReason.Unused => "nothing of it is used",
        PackReason.PartlyUsed => "partly used",
        PackReason.Small => "small, merged with others",
        PackReason.Mixed => "it holds data and trees, which belong apart",
        PackReason.Uncompressed => "it is not compressed",
        PackReason.Unreferenced => "no index names it: left over from something interrupted",
        _ => "the file is not there, and nothing needs it",
    };

    private static string Percent(long part, long whole) =>
        string.Create(CultureInfo.InvariantCulture, $"{(whole <= 0 ? 0 : Math.Min(100, 100.0 * part / whole)):F2}%");
}
