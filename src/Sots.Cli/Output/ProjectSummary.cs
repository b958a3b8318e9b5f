using System.Globalization;
using System.Text;
using Sots.Backup.Alarms;
using Sots.Backup.Operations;

namespace Sots.Cli.Output;

/// <summary>How the backup of a project went.</summary>
/// <param name="Result">What was done.</param>
/// <param name="Facts">The same, as the rules for alarms see it.</param>
/// <param name="MostlyIn">Folder that most changes are in, or null.</param>
/// <param name="DryRun">Nothing was written.</param>
/// <param name="Duration">Time it took.</param>
/// <param name="Problems">The most important problems, first one first.</param>
/// <param name="ProblemCount">How many there were.</param>
/// <param name="LogPath">The log of the run, or null.</param>
internal sealed record ProjectSummary(
    BackupResult Result, SnapshotFacts Facts, string? MostlyIn, bool DryRun, TimeSpan Duration, IReadOnlyList<NotableProblem> Problems, long ProblemCount, string? LogPath)
{
    /// <summary>The summary for people.</summary>
    public string ToText()
    {
        StringBuilder text = new();
        text.Append('\n').Append(Changes()).Append('\n');
        CultureInfo culture = CultureInfo.InvariantCulture;
        Restic.Snapshots.SnapshotSummary summary = Result.Summary;
        text.Append(culture, $"{(DryRun ? "would add" : "added")} {Sizes.Format(summary.DataAdded)} to the repository, {Sizes.Format(summary.DataAddedPacked)} on the disk\n");
        text.Append(culture, $"processed {summary.TotalFilesProcessed:N0} files, {Sizes.Format(summary.TotalBytesProcessed)} in {Durations.Format(Duration)}");
        if (Result.Proof is { Blobs: > 0 } proof)
        {
            string files = proof.Files > 0 ? string.Create(culture, $"{proof.Files:N0} {(proof.Files == 1 ? "file" : "files")}, ") : "";
            text.Append(culture, $"\nverified {files}{Sizes.Format(proof.Bytes)} of what was written");
        }

        if (!DryRun)
        {
            text.Append('\n').Append(Result.Snapshot is { } id ? $"snapshot {id.Value.ToShortString()} saved" : "nothing changed, no snapshot was made");
        }

        if (ProblemCount > 0)
        {
            text.Append(culture, $"\n\n{ProblemCount:N0} {(ProblemCount == 1 ? "file" : "files")} with problems:");
            foreach (NotableProblem problem in Problems)
            {
                text.Append("\n  ").Append(Named(problem)).Append("\n    ").Append(problem.Advice);
            }

            if (ProblemCount > Problems.Count)
            {
                text.Append(culture, $"\n  and {ProblemCount - Problems.Count:N0} more{(LogPath is null ? "" : ", all in " + PrintableText.Escape(LogPath))}");
            }
            else if (LogPath is not null)
            {
                text.Append("\n  log: ").Append(PrintableText.Escape(LogPath));
            }
        }

        return text.ToString();
    }

    /// <summary>What changed, in words.</summary>
    private string Changes()
    {
        if (Facts.New is not { } added || Facts.Changed is not { } changed)
        {
            return Text($"all {Facts.Files ?? 0:N0} files were read");
        }

        string mostly = MostlyIn is null ? "" : $" (mostly {PrintableText.Escape(MostlyIn)})";
        if (added == 0 && changed == 0 && Facts.Gone is null or 0)
        {
            return "no file changed";
        }

        string gone = Facts.Gone is > 0 and long count ? Text($", {count:N0} gone") : "";
        return changed > 0
            ? Text($"{added:N0} {(added == 1 ? "file" : "files")} new, {changed:N0} changed{mostly}{gone}")
            : Text($"{added:N0} {(added == 1 ? "file" : "files")} new{mostly}, none changed{gone}");
    }

    private static string Named(NotableProblem problem) => PrintableText.Escape(
        problem.Item.Length == 0 || problem.Message.Contains(problem.Item, StringComparison.Ordinal) ? problem.Message : $"{problem.Item}: {problem.Message}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
