using Sots.Restic;

namespace Sots.Cli.Output;

/// <summary>What the snapshots of a group have in common; null for what they were not grouped by.</summary>
/// <param name="Hostname">Host.</param>
/// <param name="Paths">Paths, sorted.</param>
/// <param name="Tags">Tags, sorted.</param>
internal sealed record SnapshotGroupKey(string? Hostname, IReadOnlyList<string>? Paths, IReadOnlyList<string>? Tags);

/// <summary>Snapshots that are printed together, oldest first.</summary>
/// <param name="Key">Null where grouping was not asked for.</param>
/// <param name="Snapshots">The snapshots.</param>
internal sealed record SnapshotGroup(SnapshotGroupKey? Key, IReadOnlyList<SavedSnapshot> Snapshots);
