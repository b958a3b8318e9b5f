namespace Sots.Restic.Locking;

/// <summary>The locks of a repository at one moment. Empty files are nobody's lock and are not counted.</summary>
/// <param name="Living">Locks of processes that seem to be at work.</param>
/// <param name="Stale">Locks that <c>unlock</c> would remove: older than 30 minutes, or of a dead process of this host.</param>
/// <param name="Unreadable">Files that are no locks; only removing all removes them.</param>
public sealed record LockCounts(int Living, int Stale, int Unreadable);
