using Sots.Backup.Comparing;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Assets;

namespace Sots.Unreal.Histories;

/// <summary>
/// Follows one file through the snapshots of a project, also to other places: where it appears or is gone, a file of the same content that is
/// gone or appears in the same snapshot is taken for the same one, moved.
/// </summary>
/// <param name="repository">The repository.</param>
/// <param name="snapshots">The snapshots of the project, the oldest first.</param>
/// <param name="problem">Told of folders that cannot be read.</param>
public sealed class HistoryTrail(IndexedRepository repository, IReadOnlyList<SavedSnapshot> snapshots, Action<string, RepositoryException> problem)
{
    /// <summary>Moves that are followed, in each direction.</summary>
    private const int MaxMoves = 64;

    /// <summary>Trees that were loaded so far.</summary>
    public long LoadedTrees { get; private set; }

    /// <summary>The versions of a file, the oldest first; empty where no snapshot has it.</summary>
    public async Task<IReadOnlyList<HistoryVersion>> FollowAsync(string path, CancellationToken cancellationToken)
    {
        Node?[] nodes = await NodesOfAsync(path, 0, snapshots.Count, cancellationToken).ConfigureAwait(false);
        string[] paths = [.. Enumerable.Repeat(path, snapshots.Count)];
        Dictionary<int, string> moves = [];
        int first = Array.FindIndex(nodes, static node => node is not null), last = Array.FindLastIndex(nodes, static node => node is not null);
        if (first < 0)
        {
            return [];
        }

        for (int move = 0; move < MaxMoves && first > 0; move++)
        {
            if (await OtherPlaceAsync(first, nodes[first]!, isBefore: true, cancellationToken).ConfigureAwait(false) is not { } from)
            {
                break;
            }

            moves[first] = from;
            Node?[] earlier = await NodesOfAsync(from, 0, first, cancellationToken).ConfigureAwait(false);
            earlier.CopyTo(nodes, 0);
            Array.Fill(paths, from, 0, first);
            first = Array.FindIndex(earlier, static node => node is not null);
        }

        for (int move = 0; move < MaxMoves && last + 1 < snapshots.Count; move++)
        {
            int gone = last + 1;
            if (await OtherPlaceAsync(gone, nodes[last]!, isBefore: false, cancellationToken).ConfigureAwait(false) is not { } to)
            {
                break;
            }

            moves[gone] = paths[last];
            Node?[] later = await NodesOfAsync(to, gone, snapshots.Count, cancellationToken).ConfigureAwait(false);
            later.CopyTo(nodes, gone);
            Array.Fill(paths, to, gone, snapshots.Count - gone);
            last = gone + Array.FindLastIndex(later, static node => node is not null);
        }

        return Fold(nodes, paths, moves);
    }

    /// <summary>Runs of snapshots with the same content become one version.</summary>
    private List<HistoryVersion> Fold(Node?[] nodes, string[] paths, Dictionary<int, string> moves)
    {
        List<HistoryVersion> versions = [];
        Dictionary<ContentId, HistoryVersion> byContent = [];
        for (int i = Array.FindIndex(nodes, static node => node is not null); i < nodes.Length; i++)
        {
            Node? node = nodes[i];
            HistoryVersion? before = versions.Count > 0 ? versions[^1] : null;
            bool goesOn = before is not null && !moves.ContainsKey(i)
                && (node is null ? before.Node is null : before.Node is not null && SnapshotPackages.ContentOf(node) == SnapshotPackages.ContentOf(before.Node));
            if (goesOn)
            {
                versions[^1] = before! with { Last = snapshots[i], Snapshots = before.Snapshots + 1 };
                continue;
            }

            HistoryVersion version = new()
            {
                First = snapshots[i], Last = snapshots[i], Snapshots = 1, Path = paths[i], Node = node, MovedFrom = moves.GetValueOrDefault(i),
                SameAs = node is null ? null : byContent.GetValueOrDefault(SnapshotPackages.ContentOf(node)),
            };
            versions.Add(version);
            if (node is not null)
            {
                byContent.TryAdd(SnapshotPackages.ContentOf(node), version);
            }
        }

        return versions;
    }

    private async Task<Node?[]> NodesOfAsync(string path, int start, int end, CancellationToken cancellationToken)
    {
        Node?[] nodes = new Node?[end - start];
        SnapshotScan<Node> scan = new(repository, new PathFinder(path), problem);
        for (int i = start; i < end; i++)
        {
            IReadOnlyList<Node> found = await scan.RunAsync(snapshots[i].Snapshot, cancellationToken).ConfigureAwait(false);
            nodes[i - start] = found.Count > 0 ? found[0] : null;
        }

        LoadedTrees += scan.LoadedTrees;
        return nodes;
    }

    /// <summary>
    /// Where the same content appeared when it was gone here, or was gone when it appeared here. Of several places the one with the same name
    /// is taken. Empty files are all the same, and mean nothing.
    /// </summary>
    private async Task<string?> OtherPlaceAsync(int snapshot, Node file, bool isBefore, CancellationToken cancellationToken)
    {
        if (file.Size == 0)
        {
            return null;
        }

        ContentId content = SnapshotPackages.ContentOf(file);
        string? found = null;
        try
        {
            IAsyncEnumerable<TreeChange> changes = TreeDifference.CompareAsync(
                repository, snapshots[snapshot - 1].Snapshot.Tree, snapshots[snapshot].Snapshot.Tree, cancellationToken);
            await foreach (TreeChange change in changes.ConfigureAwait(false))
            {
                (Node? there, Node? elsewhere) = isBefore ? (change.Before, change.After) : (change.After, change.Before);
                if (there?.Type == NodeType.File && elsewhere is null && SnapshotPackages.ContentOf(there) == content
                    && (found is null || there.Name.AsSpan().SequenceEqual(file.Name)))
                {
                    found = change.Path;
                }
            }
        }
        catch (RepositoryException e)
        {
            problem("/", e);
        }

        return found;
    }

    /// <summary>Finds the file of one path.</summary>
    private sealed class PathFinder(string path) : IEntryFinder<Node>
    {
        public bool MayFindBelow(string folder) =>
            path.Length > folder.Length && path[folder.Length] == '/' && path.StartsWith(folder, StringComparison.Ordinal);

        public ValueTask FindAsync(ScannedEntry entry, List<Node> found, CancellationToken cancellationToken)
        {
            if (entry.Node.Type == NodeType.File && entry.Path == path)
            {
                found.Add(entry.Node);
            }

            return ValueTask.CompletedTask;
        }
    }
}
