using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Comparing;

/// <summary>One side of a difference: what is only there. Counts as restic counts them.</summary>
public sealed class DifferenceSide
{
    /// <summary>Files.</summary>
    public long Files { get; internal set; }

    /// <summary>Folders.</summary>
    public long Folders { get; internal set; }

    /// <summary>Links, pipes and the like.</summary>
    public long Others { get; internal set; }

    /// <summary>Pieces of files' content that the other side does not use anywhere.</summary>
    public long DataBlobs { get; internal set; }

    /// <summary>Listings of folders that the other side does not use anywhere.</summary>
    public long TreeBlobs { get; internal set; }

    /// <summary>Their length before compression, bytes.</summary>
    public long Bytes { get; internal set; }

    internal void Add(Node node)
    {
        switch (node.Type)
        {
            case NodeType.File:
                Files++;
                break;
            case NodeType.Directory:
                Folders++;
                break;
            default:
                Others++;
                break;
        }
    }
}

/// <summary>How much two snapshots, or parts of them, differ.</summary>
public sealed class DifferenceStatistics
{
    /// <summary>Files whose content differs.</summary>
    public long ChangedFiles { get; internal set; }

    /// <summary>What only the second has.</summary>
    public DifferenceSide Added { get; } = new();

    /// <summary>What only the first has.</summary>
    public DifferenceSide Removed { get; } = new();

    /// <summary>Folders that could not be read in one of the two: what is in them is not counted.</summary>
    public long Problems { get; internal set; }
}

/// <summary>
/// The difference of two snapshots in restic's words: a modifier and a path for each entry, and counts. Source of the words: restic's own
/// <c>diff</c>; tests compare with it.
/// </summary>
public sealed class SnapshotDifference
{
    private readonly IndexedRepository _repository;
    private readonly Action<string, RepositoryException> _damaged;
    private readonly HashSet<BlobHandle> _before = [], _after = [];

    /// <summary>Blobs of entries that are the same, beside changed ones; and the folders among them, which are not entered unless need be.</summary>
    private readonly HashSet<BlobHandle> _same = [];
    private readonly HashSet<TreeId> _sameTrees = [];

    private SnapshotDifference(IndexedRepository repository, Action<string, RepositoryException> damaged)
    {
        _repository = repository;
        _damaged = damaged;
    }

    private DifferenceStatistics Statistics { get; } = new();

    /// <summary>Compares. A shared lock is held by the caller.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="before">Tree of the one.</param>
    /// <param name="after">Tree of the other.</param>
    /// <param name="withMetadata">Whether entries of which only times, rights and the like differ are told.</param>
    /// <param name="change">
    /// Gets the path, of a folder with "/" behind it, and what happened: + added, - removed, M content, T kind, U metadata, ? content with
    /// the same metadata. In the order of names, a folder before what is in it.
    /// </param>
    /// <param name="damaged">Gets the path of a folder that cannot be read, and why.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<DifferenceStatistics> CompareAsync(
        IndexedRepository repository, TreeId before, TreeId after, bool withMetadata, Action<string, string> change,
        Action<string, RepositoryException> damaged, CancellationToken cancellationToken)
    {
        SnapshotDifference difference = new(repository, damaged);
        await difference.WalkAsync(before, after, withMetadata, change, cancellationToken).ConfigureAwait(false);
        await difference.CountBlobsAsync(cancellationToken).ConfigureAwait(false);
        return difference.Statistics;
    }

    private async Task WalkAsync(TreeId before, TreeId after, bool withMetadata, Action<string, string> tell, CancellationToken cancellationToken)
    {
        _before.Add(new BlobHandle(before));
        _after.Add(new BlobHandle(after));
        TreeDifferenceOptions options = new()
        {
            Same = AddSame,
            Damaged = (path, error) =>
            {
                Statistics.Problems++;
                _damaged(path, error);
            },
        };
        string? notEntered = null;
        await foreach (TreeChange change in TreeDifference.CompareAsync(_repository, before, after, options, cancellationToken).ConfigureAwait(false))
        {
            // Of an entry that changed its kind, restic tells nothing more.
            if (notEntered is not null && change.Path.StartsWith(notEntered, StringComparison.Ordinal))
            {
                continue;
            }

            notEntered = change.HasOtherType ? change.Path + "/" : null;
            _before.UnionWith(BlobsOf(change.Before));
            _after.UnionWith(BlobsOf(change.After));
            if (change.Before?.Subtree is { } subtree && change.After?.Subtree == subtree)
            {
                _sameTrees.Add(subtree);
            }

            if (ModifierOf(change, withMetadata) is { Length: > 0 } modifier)
            {
                bool isFolder = (change.After ?? change.Before)!.Type == NodeType.Directory;
                tell(isFolder ? change.Path + "/" : change.Path, modifier);
            }
        }
    }

    private string ModifierOf(TreeChange change, bool withMetadata)
    {
        if (change.Before is not { } before)
        {
            Statistics.Added.Add(change.After!);
            return "+";
        }

        if (change.After is not { } after)
        {
            Statistics.Removed.Add(before);
            return "-";
        }

        string modifier = change.HasOtherType ? "T" : "";
        if (change.HasOtherContent)
        {
            Statistics.ChangedFiles++;

            // Nothing but the content differs: no program writes a file so, but a disk that goes bad does.
            return IsSameButForContent(before, after) ? "M?" : "M";
        }

        return modifier + (withMetadata ? "U" : "");
    }

    private static bool IsSameButForContent(Node before, Node after)
    {
        IReadOnlyList<BlobId>? content = before.Content;
        before.Content = after.Content;
        bool same = before.EqualsExactly(after);
        before.Content = content;
        return same;
    }

    private void AddSame(Node node)
    {
        _same.UnionWith(BlobsOf(node));
        if (node.Subtree is { } subtree)
        {
            _sameTrees.Add(subtree);
        }
    }

    /// <summary>Counts what is used on one side only; what both have elsewhere, also in folders that are the same, is not.</summary>
    private async Task CountBlobsAsync(CancellationToken cancellationToken)
    {
        HashSet<BlobHandle> both = [.. _before];
        both.IntersectWith(_after);
        _before.ExceptWith(both);
        _after.ExceptWith(both);
        Forget(_same);
        Queue<TreeId> open = new(_sameTrees);
        HashSet<TreeId> met = [.. _sameTrees];
        while (_before.Count + _after.Count > 0 && open.TryDequeue(out TreeId tree))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                foreach (Node node in await _repository.LoadTreeAsync(tree, cancellationToken).ConfigureAwait(false))
                {
                    Forget(BlobsOf(node));
                    if (node.Subtree is { } subtree && met.Add(subtree))
                    {
                        open.Enqueue(subtree);
                    }
                }
            }
            catch (RepositoryException e)
            {
                Statistics.Problems++;
                _damaged($"tree {tree}", e);
            }
        }

        Count(_before, Statistics.Removed);
        Count(_after, Statistics.Added);
    }

    private void Forget(IEnumerable<BlobHandle> blobs)
    {
        foreach (BlobHandle blob in blobs)
        {
            _before.Remove(blob);
            _after.Remove(blob);
        }
    }

    private void Count(HashSet<BlobHandle> blobs, DifferenceSide side)
    {
        foreach (BlobHandle blob in blobs)
        {
            side.DataBlobs += blob.Type == BlobType.Data ? 1 : 0;
            side.TreeBlobs += blob.Type == BlobType.Tree ? 1 : 0;
            if (_repository.Index.TryFind(blob, out BlobLocation location))
            {
                side.Bytes += location.PlainLength;
            }
            else
            {
                Statistics.Problems++;
                _damaged("", new RepositoryException(RepositoryErrorKind.Missing, $"unable to find blob size for {blob}"));
            }
        }
    }

    private static IEnumerable<BlobHandle> BlobsOf(Node? node) =>
        node?.Type == NodeType.File ? (node.Content ?? []).Select(static blob => new BlobHandle(blob))
        : node?.Subtree is { } tree ? [new BlobHandle(tree)]
        : [];
}
