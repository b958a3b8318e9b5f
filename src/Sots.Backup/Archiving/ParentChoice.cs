using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Backup.Archiving;

/// <summary>The snapshot that a backup compares with.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Lent">
/// Null where the paths are the same. Otherwise the directory in its tree that stands for the one target, because the project was saved
/// from another place or in another form.
/// </param>
internal sealed record ChosenParent(SavedSnapshot Snapshot, TreeId? Lent);

/// <summary>
/// Chooses the parent: the newest snapshot of the same host with all paths of the new one. Where there is none, the newest that holds the
/// target's folder under another path or form lends that part of its tree, so that a move is an increment and not a new baseline.
/// </summary>
internal static class ParentChoice
{
    /// <summary>Finds the parent, or null.</summary>
    /// <param name="repository">To look into trees.</param>
    /// <param name="listing">All snapshots.</param>
    /// <param name="options">Host, tags, grouping, an explicit parent.</param>
    /// <param name="absoluteTargets">The targets as the snapshot will record them.</param>
    /// <param name="time">Time of the new snapshot; later ones are no parents.</param>
    /// <param name="namesInTarget">Names in the one target's directory, to recognise it; empty where there are several targets.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">InvalidRequest: the explicit parent is not there.</exception>
    public static async Task<ChosenParent?> ChooseAsync(
        IndexedRepository repository, SnapshotListing listing, BackupOptions options, IReadOnlyList<string> absoluteTargets, NodeTime time,
        IReadOnlyCollection<string> namesInTarget, CancellationToken cancellationToken)
    {
        if (options.Force)
        {
            return null;
        }

        if (options.Parent is { Length: > 0 } word)
        {
            return new ChosenParent(SnapshotSelection.Find(listing, word, new SnapshotFilter()), null);
        }

        SavedSnapshot? same = listing.Snapshots.LastOrDefault(saved =>
            saved.Snapshot.Time.CompareInstant(time) <= 0
            && (!options.GroupBy.HasFlag(ParentGrouping.Host) || saved.Snapshot.Hostname == options.Host)
            && (!options.GroupBy.HasFlag(ParentGrouping.Paths) || absoluteTargets.All(path => saved.Snapshot.Paths?.Contains(path) == true))
            && (!options.GroupBy.HasFlag(ParentGrouping.Tags) || options.Tags.All(tag => saved.Snapshot.Tags.Contains(tag))));
        if (same is not null && (absoluteTargets.Count != 1 || await HoldsPathAsync(repository, same, options.Targets[0], namesInTarget, cancellationToken).ConfigureAwait(false)))
        {
            return new ChosenParent(same, null);
        }

        return absoluteTargets.Count == 1
            ? await LendAsync(repository, listing, absoluteTargets[0], time, namesInTarget, cancellationToken).ConfigureAwait(false) ?? Same(same)
            : Same(same);

        static ChosenParent? Same(SavedSnapshot? snapshot) => snapshot is null ? null : new ChosenParent(snapshot, null);
    }

    /// <summary>Whether the target is found in the tree by the path it will have (a relative source records the same absolute path).</summary>
    private static async ValueTask<bool> HoldsPathAsync(
        IndexedRepository repository, SavedSnapshot saved, DiskPath target, IReadOnlyCollection<string> namesInTarget, CancellationToken cancellationToken)
    {
        List<byte[]> components = DiskPaths.SnapshotComponents(DiskPaths.Clean(target));
        return components.Count == 0
            ? await LooksLikeAsync(repository, saved.Snapshot.Tree, namesInTarget, cancellationToken).ConfigureAwait(false)
            : await FindAsync(repository, saved.Snapshot.Tree, components, cancellationToken).ConfigureAwait(false) is not null;
    }

    private static async Task<ChosenParent?> LendAsync(
        IndexedRepository repository, SnapshotListing listing, string target, NodeTime time, IReadOnlyCollection<string> namesInTarget,
        CancellationToken cancellationToken)
    {
        byte[] name = LastName(target);
        foreach (SavedSnapshot saved in listing.Snapshots.Reverse().Where(saved => saved.Snapshot.Time.CompareInstant(time) <= 0))
        {
            foreach (string path in saved.Snapshot.Paths ?? [])
            {
                if (!PathRules.Windows.AreSameName(LastName(path), name))
                {
                    continue;
                }

                // The recorded path in full, or any tail of it (a relative source), down to none (the root holds the entries themselves).
                List<byte[]> components = ComponentsOf(path);
                for (int skip = 0; skip <= components.Count; skip++)
                {
                    TreeId? found = await FindAsync(repository, saved.Snapshot.Tree, components[skip..], cancellationToken).ConfigureAwait(false);
                    if (found is { } tree && await LooksLikeAsync(repository, tree, namesInTarget, cancellationToken).ConfigureAwait(false))
                    {
                        return new ChosenParent(saved, tree);
                    }
                }
            }
        }

        return null;
    }

    /// <summary>The same project file, or at least half of the names: enough to compare with, since content decides in the end.</summary>
    private static async ValueTask<bool> LooksLikeAsync(
        IndexedRepository repository, TreeId tree, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        try
        {
            HashSet<string> there = [];
            foreach (Node node in await repository.LoadTreeAsync(tree, cancellationToken).ConfigureAwait(false))
            {
                there.Add(PathText.ToText(node.Name));
            }

            int common = names.Count(there.Contains);
            return names.Any(name => name.EndsWith(".uproject", StringComparison.OrdinalIgnoreCase) && there.Contains(name))
                || (common > 0 && common * 2 >= Math.Min(names.Count, there.Count));
        }
        catch (RepositoryException)
        {
            return false;
        }
    }

    private static async ValueTask<TreeId?> FindAsync(
        IndexedRepository repository, TreeId root, IReadOnlyList<byte[]> components, CancellationToken cancellationToken)
    {
        TreeId tree = root;
        foreach (byte[] component in components)
        {
            try
            {
                ParentDirectory directory = await ParentDirectory.LoadAsync(repository, tree, cancellationToken).ConfigureAwait(false);
                if (directory.Find(component) is not { Type: NodeType.Directory, Subtree: { } subtree })
                {
                    return null;
                }

                tree = subtree;
            }
            catch (RepositoryException)
            {
                return null;
            }
        }

        return tree;
    }

    /// <summary>A recorded path may be of either system: an old snapshot of a Windows drive is read on Linux too.</summary>
    private static PathRules RulesOf(string path) =>
        path.StartsWith('/') ? PathRules.Posix : PathRules.Windows;

    private static List<byte[]> ComponentsOf(string path) => RulesOf(path).SnapshotComponents(DiskPath.FromText(path));

    private static byte[] LastName(string path) => RulesOf(path).Base(DiskPath.FromText(path)).ToArray();
}
