namespace Sots.Restic.Locking;

/// <summary>How a lock is taken.</summary>
public sealed record LockOptions
{
    /// <summary>How long to wait for somebody else's lock to go; zero, the default, does not wait. Negative counts as zero.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// Whether a shared lock may be used from when it is written, and the second look comes while work goes on; default false. For whoever
    /// asks <see cref="RepositoryLock.EnsureHeldAsync"/> before it matters. Not followed together with <see cref="RetryFor"/>: who can wait for a
    /// lock does not begin before having it.
    /// </summary>
    public bool SettleMeanwhile { get; init; }

    /// <summary>
    /// Whether nothing is removed under an exclusive lock, as in a check; default false. Then nobody comes to harm who has begun beside it and
    /// takes his second look when it is gone.
    /// </summary>
    public bool RemovesNothing { get; init; }

    /// <summary>Clock and waiting; the system's by default.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Who we are.</summary>
    public ProcessIdentity Identity { get; init; } = ProcessIdentity.Current;

    /// <summary>Gets one line for everything that is worth knowing and no error; called from any thread. By default nobody.</summary>
    public Action<string> Report { get; init; } = static _ => { };
}
