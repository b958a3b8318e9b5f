using System.Globalization;
using System.Text;
using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Restic.Maintenance;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Output;

/// <summary>The closing lines of backup, restore and check. Wrappers read these; a change here breaks them.</summary>
internal static class SummaryText
{
    /// <summary>After a backup.</summary>
    public static string OfBackup(BackupResult result, bool dryRun, TimeSpan duration, bool withBlobs)
    {
        SnapshotSummary summary = result.Summary;
        CultureInfo culture = CultureInfo.InvariantCulture;
        StringBuilder text = new();
        text.Append('\n');
        text.Append(culture, $"Files:       {summary.FilesNew,5} new, {summary.FilesChanged,5} changed, {summary.FilesUnmodified,5} unmodified\n");
        text.Append(culture, $"Dirs:        {summary.DirsNew,5} new, {summary.DirsChanged,5} changed, {summary.DirsUnmodified,5} unmodified\n");
        if (withBlobs)
        {
            text.Append(culture, $"Data Blobs:  {summary.DataBlobs,5} new\n");
            text.Append(culture, $"Tree Blobs:  {summary.TreeBlobs,5} new\n");
        }

        string verb = dryRun ? "Would add" : "Added";
        text.Append(culture, $"{verb} to the repository: {Sizes.Format(summary.DataAdded),-5} ({Sizes.Format(summary.DataAddedPacked),-5} stored)\n\n");
        text.Append(culture, $"processed {summary.TotalFilesProcessed} files, {Sizes.Format(summary.TotalBytesProcessed)} in {Durations.Format(duration)}");
        if (!dryRun)
        {
            text.Append('\n').Append(result.Snapshot is { } id ? $"snapshot {id.Value.ToShortString()} saved" : "skipped creating snapshot");
        }

        return text.ToString();
    }

    /// <summary>After a comparison.</summary>
    public static string OfDifference(DifferenceStatistics statistics)
    {
        DifferenceSide added = statistics.Added, removed = statistics.Removed;
        return string.Create(CultureInfo.InvariantCulture, $"""

            Files:       {added.Files,5} new, {removed.Files,5} removed, {statistics.ChangedFiles,5} changed
            Dirs:        {added.Folders,5} new, {removed.Folders,5} removed
            Others:      {added.Others,5} new, {removed.Others,5} removed
            Data Blobs:  {added.DataBlobs,5} new, {removed.DataBlobs,5} removed
            Tree Blobs:  {added.TreeBlobs,5} new, {removed.TreeBlobs,5} removed
              Added:   {Sizes.Format(added.Bytes),-5}
              Removed: {Sizes.Format(removed.Bytes),-5}
            """);
    }

    /// <summary>After a restore.</summary>
    public static string OfRestore(RestoreResult result, TimeSpan duration)
    {
        StringBuilder text = new("Summary: ");
        CultureInfo culture = CultureInfo.InvariantCulture;
        bool all = result.EntriesRestored == result.TotalEntries && result.BytesRestored == result.TotalBytes;
        string entries = all ? $"{result.EntriesRestored}" : $"{result.EntriesRestored} / {result.TotalEntries}";
        string sizes = all ? Sizes.Format(result.BytesRestored) : $"{Sizes.Format(result.BytesRestored)} / {Sizes.Format(result.TotalBytes)}";
        text.Append(culture, $"Restored {entries} files/dirs ({sizes}) in {Durations.Format(duration)}");
        if (result.EntriesSkipped > 0)
        {
            text.Append(culture, $", skipped {result.EntriesSkipped} files/dirs {Sizes.Format(result.BytesSkipped)}");
        }

        if (result.EntriesDeleted > 0)
        {
            text.Append(culture, $", deleted {result.EntriesDeleted} files/dirs");
        }

        return text.ToString();
    }

    /// <summary>What the damage means and what to do after a check; null where there is nothing to do.</summary>
    public static string? AdviceAfterCheck(CheckReport report, TimeZoneInfo zone)
    {
        List<string> advice = [];
        if (report.Damage is { } damage)
        {
            advice.Add(DamageText.Of(damage, zone));
        }
        else if (report.SuggestRepairIndex)
        {
            advice.Add("The index lists packs more than once. `repair index` makes it anew.");
        }

        if (report.SuggestPrune)
        {
            advice.Add("There are left-overs of interrupted work. They do no harm; `prune` removes them.");
        }

        return advice.Count == 0 ? null : "\n" + string.Join("\n", advice) + "\n";
    }
}
