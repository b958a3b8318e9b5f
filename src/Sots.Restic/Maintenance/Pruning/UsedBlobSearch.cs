using Sots.Restic.Backends;
using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>
/// Follows snapshots and marks every blob they need. Whatever cannot be followed ends the search: its blobs would look unused.
/// </summary>
internal sealed class UsedBlobSearch(IndexedRepository repository, UsedBlobs used) : TreeWalk(repository)
{
    private RepositoryException? _failure;

    /// <summary>Marks what snapshots need.</summary>
    /// <exception cref="RepositoryException">A tree cannot be read, or the index lacks a blob. Nothing may be removed then.</exception>
    public async Task MarkAsync(IEnumerable<SavedSnapshot> snapshots, CancellationToken cancellationToken)
    {
        await RunAsync(snapshots, cancellationToken).ConfigureAwait(false);
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    /// <inheritdoc/>
    protected override void Found(TreeId tree, in BlobLocation location) => used.Mark(BlobType.Tree, tree.Value);

    /// <inheritdoc/>
    protected override void Read(TreeId tree, List<Node> nodes, TreePlace place)
    {
        foreach (Node node in nodes)
        {
            if (node.Type != NodeType.File || node.Content is null)
            {
                continue;
            }

            foreach (BlobId blob in node.Content)
            {
                if (!used.Mark(BlobType.Data, blob.Value))
                {
                    Fail(RepositoryErrorKind.Missing, $"data blob {blob} of {place.Of(node.Name)} is not in the index", null);
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void Missing(TreeId tree, TreePlace place) =>
        Fail(RepositoryErrorKind.Missing, $"tree {tree} of {place} is not in the index", null);

    /// <inheritdoc/>
    protected override void TooDeep(TreeId tree, TreePlace place) =>
        Fail(RepositoryErrorKind.LimitExceeded, $"tree {tree} of {place} lies more than {Limits.TreeDepth} directories deep", null);

    /// <inheritdoc/>
    protected override void Damaged(TreeId tree, RepositoryException damage, TreePlace place) =>
        Fail(RepositoryErrorKind.Damaged, $"tree {tree} of {place} cannot be read: {damage.Message}", damage);

    /// <inheritdoc/>
    protected override void Recovered(TreeId tree, RepositoryException damage, TreePlace place)
    {
        // What was read is right, which is all that matters here; copying it later finds the place that gives it.
    }

    /// <inheritdoc/>
    protected override void Unreadable(PackId pack, RepositoryException failure) =>
        Fail(failure.Kind, $"{FileHandle.Of(pack)} cannot be read: {failure.Message}", failure);

    private void Fail(RepositoryErrorKind kind, string what, Exception? inner) => Interlocked.CompareExchange(
        ref _failure,
        new RepositoryException(
            kind, $"{what}. What else snapshots need cannot be known, so nothing was removed.",
            "`check --read-data` says what is damaged. Remove or repair the snapshots it names, then prune again.", inner),
        null);
}
