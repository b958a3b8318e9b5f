using Sots.Backup.Sources;
using Sots.Restic;

namespace Sots.Backup.Archiving;

/// <summary>
/// Loads what the parent snapshot has of the next few folders of a directory, while the walker still looks at the disk. One walker; loading
/// is done by other threads.
/// </summary>
/// <param name="repository">Where the parent is.</param>
/// <param name="parent">The directory in the parent; null where it has none, and nothing is loaded.</param>
/// <param name="entries">What the disk has in it, in the order of visits.</param>
internal sealed class ParentsAhead(IndexedRepository repository, ParentDirectory? parent, IReadOnlyList<SourceEntry> entries)
{
    private const int MaxAhead = 4;

    /// <summary>Longer trees, of thousands of entries, are loaded when their turn comes: memory for a few that long at once is too dear.</summary>
    private const int LongestAhead = 256 << 10;

    private readonly Queue<(int Entry, Task<ParentDirectory> Loading)> _ahead = [];
    private int _next;

    /// <summary>
    /// What is on its way for an entry whose turn it is, or null; begins loading for those after it. What was passed over is let go. A failure
    /// is the task's.
    /// </summary>
    public Task<ParentDirectory>? Reach(int entry, CancellationToken cancellationToken)
    {
        Task<ParentDirectory>? mine = null;
        while (_ahead.TryPeek(out (int Entry, Task<ParentDirectory> Loading) first) && first.Entry <= entry)
        {
            mine = first.Entry == entry ? first.Loading : null;
            _ahead.Dequeue();
        }

        for (_next = Math.Max(_next, entry + 1); parent is not null && _ahead.Count < MaxAhead && _next < entries.Count; _next++)
        {
            SourceEntry coming = entries[_next];
            if (coming.Status.IsDirectory && parent.Find(coming.Name)?.Subtree is { } tree
                && repository.Index.TryFind(new BlobHandle(tree), out BlobLocation place) && place.PlainLength <= LongestAhead)
            {
                _ahead.Enqueue((_next, Task.Run(() => ParentDirectory.LoadAsync(repository, tree, cancellationToken).AsTask(), cancellationToken)));
            }
        }

        return mine;
    }

    /// <summary>Waits for what is still on its way and was not asked for.</summary>
    public async ValueTask EndAsync()
    {
        while (_ahead.TryDequeue(out (int Entry, Task<ParentDirectory> Loading) left))
        {
            await ((Task)left.Loading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
