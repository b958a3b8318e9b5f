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
    public static async IAsyncEnumerable<TreeChange> CompareAsync(
        IndexedRepository repository, TreeId? before, TreeId? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Stack<Level> open = new();
        if (before != after)
        {
            open.Push(await LoadAsync(repository, before, after, "", cancellationToken).ConfigureAwait(false));
        }

        while (open.TryPeek(out Level? level))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!level.TryNext(out TreeChange change))
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

            if (open.Count >= Limits.TreeDepth)
            {
                throw new RepositoryException(RepositoryErrorKind.LimitExceeded, $"{change.Path} lies deeper than {Limits.TreeDepth} folders.");
            }

            open.Push(await LoadAsync(repository, treeBefore, treeAfter, change.Path, cancellationToken).ConfigureAwait(false));
        }
    }

    private static async ValueTask<Level> LoadAsync(
        IndexedRepository repository, TreeId? before, TreeId? after, string path, CancellationToken cancellationToken) => new(
            path,
            before is { } one ? await repository.LoadTreeAsync(one, cancellationToken).ConfigureAwait(false) : [],
            after is { } other ? await repository.LoadTreeAsync(other, cancellationToken).ConfigureAwait(false) : []);

    /// <summary>Two listings of a folder, walked together: both are sorted by the bytes of their names.</summary>
    private sealed class Level(string path, List<Node> before, List<Node> after)
    {
        private int _before, _after;

        public bool TryNext(out TreeChange change)
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
            }

            change = default;
            return false;
        }
    }
}
