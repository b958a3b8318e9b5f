using Sots.Restic.Backends;
using Sots.Restic.Maintenance.Consequences;
using Sots.Restic.Trees;

namespace Sots.Restic.Maintenance;

/// <summary>Reads every tree that snapshots lead to and says what is wrong with them and their nodes.</summary>
/// <param name="repository">The repository.</param>
/// <param name="findings">Where damage is noted.</param>
/// <param name="lost">Where content that cannot be had is noted.</param>
/// <param name="used">Where the packs that are met are noted, or null.</param>
internal sealed class TreeCheck(IndexedRepository repository, CheckFindings findings, LostContent lost, UsedPacks? used = null) : TreeWalk(repository)
{
    private readonly IndexedRepository _repository = repository;
    private readonly NodeCheck _nodes = new(repository.Index, used);

    /// <inheritdoc/>
    protected override void Found(TreeId tree, in BlobLocation location) => used?.Add(location.Pack);

    /// <inheritdoc/>
    protected override void Missing(TreeId tree, TreePlace place) =>
        findings.Add(FindingKind.TreeMissing, $"tree {tree}", $"tree {tree} is not in the index; everything below {place} is lost");

    /// <inheritdoc/>
    protected override void TooDeep(TreeId tree, TreePlace place)
    {
        lost.AddUnusable(tree);
        findings.Add(FindingKind.TreeTooDeep, $"tree {tree}", $"tree {tree} lies more than {Limits.TreeDepth} directories deep: {place}");
    }

    /// <inheritdoc/>
    protected override void Read(TreeId tree, List<Node> nodes, TreePlace place) => _nodes.Run(nodes, (node, fault) => findings.Add(
        fault.Kind,
        $"tree {tree}",
        $"tree {tree}: \"{NameQuoting.QuoteToString(node.Name)}\" {fault.Text}; first met as {place.Of(node.Name)}",
        culprit: fault.Missing is { } blob ? LostContent.NameOf(blob) : null));

    /// <inheritdoc/>
    protected override void Damaged(TreeId tree, RepositoryException damage, TreePlace place)
    {
        BlobHandle blob = new(tree);
        foreach (BlobLocation location in _repository.Index.FindAll(blob))
        {
            lost.Add(blob, location);
        }

        findings.Add(FindingKind.TreeDamaged, $"tree {tree}", $"{damage.Message}; everything below {place} is lost", culprit: lost.Blame(blob, _repository.Index));
    }

    /// <inheritdoc/>
    protected override void Malformed(TreeId tree, RepositoryException damage, TreePlace place)
    {
        lost.AddUnusable(tree);
        findings.Add(FindingKind.TreeDamaged, $"tree {tree}", $"{damage.Message}; everything below {place} is lost");
    }

    /// <inheritdoc/>
    protected override bool Tolerates(TreeId tree, RepositoryException damage, TreePlace place)
    {
        findings.Add(FindingKind.TreeDamaged, $"tree {tree}", $"{damage.Message}; a restore reads it nevertheless, nothing of {place} is lost");
        return true;
    }

    /// <inheritdoc/>
    protected override void Recovered(TreeId tree, RepositoryException damage, TreePlace place)
    {
        _repository.Index.TryFind(new BlobHandle(tree), out BlobLocation location);
        findings.Add(
            FindingKind.TreeDamaged,
            $"tree {tree}",
            $"{damage.Message}; another reading or copy of it is intact, nothing of {place} is lost",
            culprit: FileHandle.Of(location.Pack).ToString());
    }

    /// <inheritdoc/>
    protected override void Unreadable(PackId pack, RepositoryException failure)
    {
        lost.Add(pack);
        string name = FileHandle.Of(pack).ToString();
        findings.Add(FindingKind.PackUnreadable, name, $"{name} cannot be read: {failure.Message}");
    }
}
