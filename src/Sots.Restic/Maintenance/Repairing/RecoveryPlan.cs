namespace Sots.Restic.Maintenance.Repairing;

/// <summary>A tree that no snapshot and no other tree refers to.</summary>
/// <param name="Tree">The tree.</param>
/// <param name="Name">The name of the folder it becomes.</param>
/// <param name="Entries">Number of its entries.</param>
/// <param name="FirstNames">Some of their names, as people read them.</param>
public sealed record RecoveredRoot(TreeId Tree, string Name, int Entries, IReadOnlyList<string> FirstNames);

/// <summary>
/// What a recovery will do, to be shown before it is done. Immutable. It holds for the repository as it was when the plan was made; the
/// lock must be held from then until it was carried out.
/// </summary>
/// <param name="Index">What becomes of the index first: it must name all there is.</param>
/// <param name="Trees">Trees that were looked at.</param>
/// <param name="Roots">The folders of the new snapshot, by their names; empty where nothing is lost.</param>
/// <param name="Unreadable">One error for each tree and snapshot that could not be read.</param>
public sealed record RecoveryPlan(IndexRepairPlan Index, int Trees, IReadOnlyList<RecoveredRoot> Roots, IReadOnlyList<RepositoryException> Unreadable);
