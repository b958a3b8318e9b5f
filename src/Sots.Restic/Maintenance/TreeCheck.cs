using Sots.Restic.Backends;
using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance;

/// <summary>Reads every tree that snapshots lead to and says what is wrong with them and their nodes.</summary>
/// <param name="repository">The repository.</param>
/// <param name="findings">Where damage is noted.</param>
/// <param name="used">Where the packs that are met are noted, or null.</param>
internal sealed class TreeCheck(IndexedRepository repository, CheckFindings findings, UsedPacks? used = null) : TreeWalk(repository)
{
    private readonly NodeCheck _nodes = new(repository.Index, findings, used);

    /// <inheritdoc/>
    protected override void Found(TreeId tree, in BlobLocation location) => used?.Add(location.Pack);

    /// <inheritdoc/>
    protected override void Missing(TreeId tree, TreePlace place) =>
        findings.Add(FindingKind.TreeMissing, $"tree {tree}", $"tree {tree} is not in the index; everything below {place} is lost");

    /// <inheritdoc/>
    protected override void TooDeep(TreeId tree, TreePlace place) =>
        findings.Add(FindingKind.TreeTooDeep, $"tree {tree}", $"tree {tree} lies more than {Limits.TreeDepth} directories deep: {place}");

    /// <inheritdoc/>
    protected override void Read(TreeId tree, List<Node> nodes, TreePlace place) => _nodes.Run(tree, nodes, place);

    /// <inheritdoc/>
    protected override void Damaged(TreeId tree, RepositoryException damage, TreePlace place) =>
        findings.Add(FindingKind.TreeDamaged, $"tree {tree}", $"{damage.Message}; everything below {place} is lost");

    /// <inheritdoc/>
    protected override void Recovered(TreeId tree, RepositoryException damage, TreePlace place) => findings.Add(
        FindingKind.TreeDamaged, $"tree {tree}", $"{damage.Message}; another reading or copy of it is intact, nothing of {place} is lost");

    /// <inheritdoc/>
    protected override void Unreadable(PackId pack, RepositoryException failure)
    {
        string name = FileHandle.Of(pack).ToString();
        findings.Add(FindingKind.PackUnreadable, name, $"{name} cannot be read: {failure.Message}");
    }
}
