using System.Globalization;
using Sots.Backup.Progress;
using Sots.Backup.Sources;

namespace Sots.Backup.Archiving;

/// <summary>
/// Decides what is a problem of a backup and what is only worth a line, and counts both. Thread safe. A problem makes the backup
/// incomplete (exit code 3). What was removed while the backup ran is none: the snapshot is right without it.
/// </summary>
internal sealed class ArchiveProblems(OperationCounters counters, IOperationEvents events, SourceFileSystem fileSystem)
{
    private long _count, _removed;

    /// <summary>Problems so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Entries that were listed and gone when their turn came.</summary>
    public long Removed => Interlocked.Read(ref _removed);

    /// <summary>A problem with an entry.</summary>
    /// <param name="during">The step, in restic's words.</param>
    /// <param name="item">The path.</param>
    /// <param name="message">What happened.</param>
    public void Report(string during, string item, string message) => Report(new ProblemEvent(during, item, message));

    /// <summary>A problem with what the repository has already. What it lacks is read and stored again, so the snapshot lacks nothing for it.</summary>
    /// <param name="item">The repository file, or the path that is read in full.</param>
    /// <param name="message">What happened.</param>
    public void ReportRepository(string item, string message) => Report(new ProblemEvent("archival", item, message) { IsOfRepository = true });

    /// <summary>
    /// An entry that a listing named could not be read. It was removed only if it is gone when it is looked for once more: a disk that
    /// says "not found" of what is there must not shorten a snapshot without a word.
    /// </summary>
    public void Report(DiskPath path, SourceException e)
    {
        if (e.Kind == SourceErrorKind.Vanished && !IsThere(fileSystem, path))
        {
            Interlocked.Increment(ref _removed);
            events.Detail($"{path} was removed while the backup ran and is not in the snapshot");
        }
        else
        {
            Report("archival", path.ToString(), e.Message);
        }
    }

    private void Report(ProblemEvent problem)
    {
        Interlocked.Increment(ref _count);
        Interlocked.Increment(ref counters.Errors);
        events.Problem(problem);
    }

    /// <summary>Whether something is at a path. What cannot be looked at counts as there.</summary>
    public static bool IsThere(SourceFileSystem fileSystem, DiskPath path)
    {
        try
        {
            fileSystem.GetStatus(path, followLinks: false);
            return true;
        }
        catch (SourceException e)
        {
            return e.Kind != SourceErrorKind.Vanished;
        }
    }

    /// <summary>
    /// Everything was visited. Where entries vanished, the targets must still be there: what went with its whole drive was not removed by
    /// anybody.
    /// </summary>
    public void Conclude(IEnumerable<DiskPath> targets)
    {
        long removed = Removed;
        if (removed == 0)
        {
            return;
        }

        events.Message(string.Create(
            CultureInfo.InvariantCulture,
            $"{removed} {(removed == 1 ? "file or folder was" : "files and folders were")} removed while the backup ran and {(removed == 1 ? "is" : "are")} not in the snapshot"));
        foreach (DiskPath target in targets)
        {
            try
            {
                fileSystem.GetStatus(target, followLinks: false);
            }
            catch (SourceException e)
            {
                Report("archival", target.ToString(), $"it is gone itself now, so what vanished from it was perhaps not removed: {e.Message}");
            }
        }
    }
}
