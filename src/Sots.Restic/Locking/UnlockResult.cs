namespace Sots.Restic.Locking;

/// <summary>What the <c>unlock</c> command did.</summary>
/// <param name="Removed">Lock files removed.</param>
/// <param name="Remaining">Locks that are neither old nor of a dead process and were left alone.</param>
/// <param name="Unreadable">Files that are no locks and were left alone; only removing all removes them.</param>
public sealed record UnlockResult(int Removed, int Remaining, IReadOnlyList<LockId> Unreadable);
