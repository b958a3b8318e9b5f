using System.Collections.Concurrent;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;

namespace Sots.Backup.Restoring;

/// <summary>
/// Counts what a restore does, as restic counts it, and tells whoever listens. Thread safe. Further names of a file count as entries
/// without bytes; files that are left as they are do not count in the totals.
/// </summary>
internal sealed class RestoreTally(OperationCounters counters, IOperationEvents events)
{
    /// <summary>Lost entries that are remembered by name.</summary>
    private const int MaxLost = 20;

    private readonly List<string> _lost = [];
    private readonly ConcurrentDictionary<BlobId, bool> _lostBlobs = new();
    private long _restored, _bytesRestored, _verified, _problems;

    /// <summary>The plan is made: the totals are known, until files turn out to be as they should.</summary>
    public void Plan(RestorePlan plan)
    {
        long directories = plan.Directories.LongCount(directory => directory is { IsNeeded: true, Node: not null });
        Interlocked.Exchange(ref counters.TotalFiles, directories + plan.Files.Count + plan.Links.Count + plan.Specials.Count);
        Interlocked.Exchange(ref counters.TotalBytes, plan.Files.Sum(file => file.SizeBytes));
        Volatile.Write(ref counters.TotalsKnown, 1);
    }

    /// <summary>Bytes of a file are in place.</summary>
    public void Moved(long bytes) => Interlocked.Add(ref counters.BytesDone, bytes);

    /// <summary>A file is complete; its bytes were counted by <see cref="Moved"/>.</summary>
    public void FileRestored(PlannedFile file, bool updated)
    {
        Interlocked.Add(ref _bytesRestored, file.SizeBytes);
        Entry();
        Tell(updated ? ItemAction.Updated : ItemAction.Restored, file, file.SizeBytes);
    }

    /// <summary>A file has the right content already, or is left alone.</summary>
    public void FileSkipped(PlannedFile file)
    {
        Interlocked.Decrement(ref counters.TotalFiles);
        Interlocked.Add(ref counters.TotalBytes, -file.SizeBytes);
        Skipped(file, file.SizeBytes);
    }

    /// <summary>Another name of a file gets content of its own.</summary>
    public void CountsContent(PlannedFile file) => Interlocked.Add(ref counters.TotalBytes, file.SizeBytes);

    /// <summary>Something without content is made: a directory, a link, a device, another name.</summary>
    public void EntryRestored(object entry, bool isDirectory = false)
    {
        Entry();
        Tell(ItemAction.Restored, entry, 0, isDirectory);
    }

    /// <summary>Something without content is left as it is.</summary>
    public void EntrySkipped(object entry) => Skipped(entry, 0);

    /// <summary>An entry that the snapshot does not have is removed.</summary>
    public void Removed(string path, bool isDirectory)
    {
        Interlocked.Increment(ref counters.FilesDeleted);
        Tell(ItemAction.Deleted, path, 0, isDirectory);
    }

    /// <summary>A file was read again and is right.</summary>
    public void Verified() => Interlocked.Increment(ref _verified);

    /// <summary>Something could not be restored exactly.</summary>
    public void Problem(object item, string message, string during = "restore")
    {
        Interlocked.Increment(ref _problems);
        Interlocked.Increment(ref counters.Errors);
        events.Problem(new ProblemEvent(during, item.ToString()!, message));
    }

    /// <summary>The content of an entry is not in the repository, or damaged there; its problem is told as well.</summary>
    public void AddLost(object item)
    {
        lock (_lost)
        {
            if (_lost.Count < MaxLost)
            {
                _lost.Add(item.ToString()!);
            }
        }
    }

    /// <summary>A blob could not be had from any place.</summary>
    public void AddLost(BlobId blob) => _lostBlobs.TryAdd(blob, true);

    /// <summary>Whether a blob was found to be lost.</summary>
    public bool IsLost(BlobId blob) => _lostBlobs.ContainsKey(blob);

    /// <summary>The first few of these.</summary>
    public IReadOnlyList<string> Lost
    {
        get
        {
            lock (_lost)
            {
                return [.. _lost];
            }
        }
    }

    /// <summary>The counts.</summary>
    public RestoreResult ToResult() => new(
        counters.TotalFiles, counters.TotalBytes, _restored, _bytesRestored, counters.FilesSkipped, counters.BytesSkipped, counters.FilesDeleted,
        _verified, _problems);

    private void Entry()
    {
        Interlocked.Increment(ref _restored);
        Interlocked.Increment(ref counters.FilesDone);
    }

    private void Skipped(object entry, long bytes)
    {
        Interlocked.Increment(ref counters.FilesSkipped);
        Interlocked.Add(ref counters.BytesSkipped, bytes);
        Tell(ItemAction.Unchanged, entry, bytes);
    }

    private void Tell(ItemAction action, object entry, long sizeBytes, bool isDirectory = false)
    {
        if (events.WantsItems && (action != ItemAction.Unchanged || events.WantsUnchangedItems))
        {
            events.Item(new ItemEvent(action, entry.ToString()!, TimeSpan.Zero, sizeBytes, 0, 0, isDirectory));
        }
    }
}
