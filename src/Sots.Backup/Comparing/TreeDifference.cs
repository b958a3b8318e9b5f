using System.Runtime.CompilerServices;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Comparing;

/// <summary>An entry that is not the same in two trees.</summary>
/// <param name="Path">Where it is, from the roots of the trees: "/"-separated, with a "/" in front.</param>
/// <param name="Before">What it was; null where it is new.</param>
/// <param name="After">What it is; null where it is gone.</param>
public readonly record struct TreeChange(string Path, Node? Before, Node? After)
{
    /// <summary>Whether it is a file with other content: the same bytes saved anew are no change.</summary>
    public bool HasOtherContent => Before?.Type == NodeType.File && After?.Type == NodeType.File
        && !(Before.Content ?? []).SequenceEqual(After.Content ?? []);

    /// <summary>Whether something of another kind has taken its place.</summary>
    public bool HasOtherType => Before is not null && After is not null && Before.Type != After.Type;
}

/// <summary>What a comparison tells beside the differences.</summary>
public sealed record TreeDifferenceOptions
{
    /// <summary>Called with each entry that is the same in both folders of a pair that was looked into; null for nobody.</summary>
    public Action<Node>? Same { get; init; }

    /// <summary>
    /// Called with the path of a folder whose tree cannot be read in one of the two, and why: what is in it is passed over. Null to end the
    /// comparison with the error, as an unreadable root always does.
    /// </summary>
    public Action<string, RepositoryException>? Damaged { get; init; }
}

/// <summary>
/// What differs between two trees. Folders that are the same in both are not looked into, so that a comparison costs what changed, and
/// following a project from snapshot to snapshot costs each version of a folder once.
/// </summary>
public static class TreeDifference
{
    /// <summary>
    /// The entries that differ, folders before what is in them, in the order of their names' bytes. A folder is named where it or anything in
    /// it differs. An entry that changes its kind is named once with both.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="before">The one tree; null for none, so that all is new.</param>
    /// <param name="after">The other; null for none, so that all is gone.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">A tree cannot be read, or lies deeper than <see cref="Limits.TreeDepth"/>.</exception>
    public static IAsyncEnumerable<TreeChange> CompareAsync(
        IndexedRepository repository, TreeId? before, TreeId? after, CancellationToken cancellationToken) =>
        CompareAsync(repository, before, after, new TreeDifferenceOptions(), cancellationToken);

    /// <summary>As the other, and tells what else is asked for.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="before">The one tree; null for none.</param>
    /// <param name="after">The other; null for none.</param>
    /// <param name="options">What else is to be told.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">As above, and LimitExceeded where the trees lead to more than any project has.</exception>
    public static async IAsyncEnumerable<TreeChange> CompareAsync(
        IndexedRepository repository, TreeId? before, TreeId? after, TreeDifferenceOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Stack<Level> open = new();
        PathBudget budgetBefore = new(), budgetAfter = new();
        if (before != after)
        {
            await EnterAsync(before, after, "").ConfigureAwait(false);
        }

        while (open.TryPeek(out Level? level))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!level.TryNext(options.Same, out TreeChange change))
            {
                open.Pop();
                continue;
            }

            yield return change;
            TreeId? treeBefore = change.Before?.Subtree, treeAfter = change.After?.Subtree;
            if (treeBefore == treeAfter)
            {
                continue;
            }

            if (open.Count >= Limits.TreeDepth || PathBudget.IsTooLong(change.Path.Length))
            {
                throw new RepositoryException(
                    RepositoryErrorKind.LimitExceeded, $"{PathBudget.Shorten(change.Path)} lies deeper than {Limits.TreeDepth} folders, or has a longer path than any system can follow.");
            }

            await EnterAsync(treeBefore, treeAfter, change.Path).ConfigureAwait(false);
        }

        async ValueTask EnterAsync(TreeId? one, TreeId? other, string path)
        {
            try
            {
                open.Push(new Level(path, await LoadAsync(one, budgetBefore).ConfigureAwait(false), await LoadAsync(other, budgetAfter).ConfigureAwait(false)));
            }
            catch (RepositoryException e) when (options.Damaged is { } tell && path.Length > 0 && e.Kind != RepositoryErrorKind.LimitExceeded)
            {
                tell(path, e);
            }
        }

        async ValueTask<List<Node>> LoadAsync(TreeId? tree, PathBudget budget)
        {
            if (tree is not { } id)
            {
                return [];
            }

            List<Node> nodes = await repository.LoadTreeAsync(id, cancellationToken).ConfigureAwait(false);
            budget.Enter(id, nodes.Count);
            return nodes;
        }
    }

    /// <summary>Two listings of a folder, walked together: both are sorted by the bytes of their names.</summary>
    private sealed class Level(string path, List<Node> before, List<Node> after)
    {
        private int _before, _after;

        public bool TryNext(Action<Node>? same, out TreeChange change)
        {
            while (_before < before.Count || _after < after.Count)
            {
                int order = _before == before.Count ? 1 : _after == after.Count ? -1
                    : before[_before].Name.AsSpan().SequenceCompareTo(after[_after].Name);
                Node? one = order <= 0 ? before[_before++] : null;
                Node? other = order >= 0 ? after[_after++] : null;
                if (one is null || other is null || !one.EqualsExactly(other))
                {
                    change = new TreeChange(path + "/" + PathText.ToText((one ?? other)!.Name), one, other);
                    return true;
                }

                same?.Invoke(other);
            }

            change = default;
            return false;
        }
    }
}
