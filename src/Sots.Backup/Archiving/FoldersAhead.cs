using Sots.Backup.Sources;
using Sots.Restic;

namespace Sots.Backup.Archiving;

/// <summary>
/// Looks into the next few folders of a directory, and loads what the parent snapshot has of them, while the walker is still busy with those
/// before them: a disk that has to look for each answers several questions in the time of one. One walker; the work is done by other threads.
/// </summary>
/// <param name="repository">Where the parent is.</param>
/// <param name="parent">The directory in the parent; null where it has none, and nothing is loaded.</param>
/// <param name="entries">What the disk has in it, in the order of visits.</param>
/// <param name="list">Lists the folder of an entry; null where it is not entered. Asked by the walker, the answer called by other threads.</param>
internal sealed class FoldersAhead(
    IndexedRepository repository, ParentDirectory? parent, IReadOnlyList<SourceEntry> entries, Func<SourceEntry, Func<FolderListing>?> list)
{
    private const int MaxAhead = 8;

    /// <summary>Longer trees, of thousands of entries, are loaded when their turn comes: memory for a few that long at once is too dear.</summary>
    private const int LongestTreeAhead = 256 << 10;

    /// <summary>The same for folders, where their file system says how much it takes to hold the names.</summary>
    private const long LongestFolderAhead = 1 << 20;

    private readonly Queue<(int Entry, ComingFolder Folder)> _ahead = [];
    private int _next;

    /// <summary>
    /// What is on its way for an entry whose turn it is, or null; begins with those after it. What was passed over is let go. A failure is the
    /// task's.
    /// </summary>
    public ComingFolder? Reach(int entry, CancellationToken cancellationToken)
    {
        ComingFolder? mine = null;
        while (_ahead.TryPeek(out (int Entry, ComingFolder Folder) first) && first.Entry <= entry)
        {
            mine = first.Entry == entry ? first.Folder : null;
            _ahead.Dequeue();
        }

        for (_next = Math.Max(_next, entry + 1); _ahead.Count < MaxAhead && _next < entries.Count; _next++)
        {
            SourceEntry coming = entries[_next];
            if (coming.Status.IsDirectory && coming.Status.SizeBytes <= LongestFolderAhead && list(coming) is { } listing)
            {
                _ahead.Enqueue((_next, new ComingFolder(Task.Run(listing, cancellationToken), LoadParent(coming.Name, cancellationToken))));
            }
        }

        return mine;
    }

    /// <summary>Waits for what is still on its way and was not asked for.</summary>
    public async ValueTask EndAsync()
    {
        while (_ahead.TryDequeue(out (int Entry, ComingFolder Folder) left))
        {
            await left.Folder.EndAsync().ConfigureAwait(false);
        }
    }

    private Task<ParentDirectory>? LoadParent(byte[] name, CancellationToken cancellationToken) =>
        parent?.Find(name)?.Subtree is { } tree
        && repository.Index.TryFind(new BlobHandle(tree), out BlobLocation place) && place.PlainLength <= LongestTreeAhead
            ? Task.Run(() => ParentDirectory.LoadAsync(repository, tree, cancellationToken).AsTask(), cancellationToken)
            : null;
}

/// <summary>A folder that is looked into before its turn.</summary>
/// <param name="Listing">What the disk has in it.</param>
/// <param name="Parent">What the parent snapshot has of it; null where it has nothing, or it is to be loaded later.</param>
internal sealed record ComingFolder(Task<FolderListing> Listing, Task<ParentDirectory>? Parent)
{
    /// <summary>The listing. Where it failed, nothing of the folder is on its way any more.</summary>
    public async ValueTask<FolderListing> TakeListingAsync()
    {
        try
        {
            return await Listing.ConfigureAwait(false);
        }
        catch
        {
            await EndAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits for both, whatever comes of them.</summary>
    public async ValueTask EndAsync()
    {
        await ((Task)Listing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (Parent ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
