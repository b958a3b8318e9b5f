using Sots.Restic.Trees;

namespace Sots.Restic.Locking;

/// <summary>Content of a lock file: who works on the repository, and since when. Source: docs/FORMAT.md, section 16.</summary>
/// <param name="Time">When the lock was written or last refreshed.</param>
/// <param name="Exclusive">True if nobody else may work here at the same time.</param>
/// <param name="Hostname">The holder's machine.</param>
/// <param name="Username">The holder's user, on Windows with its domain.</param>
/// <param name="Pid">The holder's process id on that machine.</param>
/// <param name="UserId">The holder's user id; 0 on Windows.</param>
/// <param name="GroupId">The holder's group id; 0 on Windows.</param>
public sealed record LockFile(NodeTime Time, bool Exclusive, string Hostname, string Username, int Pid, uint UserId, uint GroupId);
