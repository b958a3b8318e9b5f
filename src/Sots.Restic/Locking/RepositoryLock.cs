using System.Globalization;

namespace Sots.Restic.Locking;

/// <summary>
/// Our lock on a repository, kept fresh until it is disposed. Shared for everything that only adds or reads, exclusive for what
/// removes. Source: docs/FORMAT.md, section 16.
/// </summary>
/// <remarks>
/// Thread safe. Taking a lock: look, write, wait 200 ms, look again; of two that write at the same moment at least one sees the other.
/// Where the storage shows at once what was written (<see cref="Backends.IBackend.ShowsAtOnce"/>) that is so without the wait, and a shared lock has none:
/// whoever wrote before our second look is seen by it, and whoever writes after it looks later still, and sees ours. Who removes something waits there too,
/// for those whose second look comes while they work already.
/// With <see cref="LockOptions.SettleMeanwhile"/> the second look comes while the caller works already.
/// Disposing removes the lock file even after a cancel, within a minute, and never throws.
/// </remarks>
public sealed partial class RepositoryLock : IAsyncDisposable
{
    private readonly ILockStore _store;
    private readonly LockOptions _options;
    private readonly LockSurvey _survey;

    private RepositoryLock(ILockStore store, LockOptions options, LockSurvey survey, bool exclusive, LockId id, Freshness freshness, bool settled)
    {
        _store = store;
        _options = options;
        _survey = survey;
        _id = id;
        IsExclusive = exclusive;
        _freshness = freshness;
        _settling = settled ? Task.CompletedTask : SettleMeanwhileAsync();
        _refreshing = RefreshUntilStoppedAsync();
    }

    /// <summary>True if nobody else may work here while we do.</summary>
    public bool IsExclusive { get; }

    /// <summary>Takes a lock.</summary>
    /// <param name="store">The repository's lock files.</param>
    /// <param name="exclusive">True if nobody else may work here while we do.</param>
    /// <param name="options">Waiting, clock, identity and where lines go.</param>
    /// <param name="cancellationToken">Cancels taking the lock; a lock that was taken lives until it is disposed.</param>
    /// <exception cref="RepositoryException">
    /// <see cref="RepositoryErrorKind.Locked"/> if a lock that conflicts, or a file in its place that is none, did not go away in time;
    /// otherwise what the backend reports.
    /// </exception>
    internal static async Task<RepositoryLock> AcquireAsync(
        ILockStore store, bool exclusive, LockOptions options, CancellationToken cancellationToken)
    {
        LockSurvey survey = new(store, options);
        long start = options.Time.GetTimestamp();
        TimeSpan wait = LockRules.FirstRetryWait;
        while (true)
        {
            Freshness freshness = new(options.Time);
            (LockId? id, bool settled, RepositoryException? conflict) = await TryOnceAsync(store, survey, exclusive, options, freshness, cancellationToken);
            if (id is LockId own)
            {
                return new RepositoryLock(store, options, survey, exclusive, own, freshness, settled);
            }

            TimeSpan left = options.RetryFor - options.Time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                throw conflict!;
            }

            TimeSpan pause = wait < left ? wait : left;
            options.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"repository is already locked, waiting up to {LockRules.Ago(options.RetryFor)} for the lock; trying again in {LockRules.Ago(pause)}"));
            await Task.Delay(pause, options.Time, cancellationToken);
            wait = wait * 2 < LockRules.LongestRetryWait ? wait * 2 : LockRules.LongestRetryWait;
        }
    }

    /// <summary>
    /// Removes what the <c>unlock</c> command removes: locks older than 30 minutes and those of dead processes of this host, or all.
    /// Empty files are nobody's lock and go only with all.
    /// </summary>
    /// <param name="store">The repository's lock files.</param>
    /// <param name="removeAll">True removes every file, living locks and unreadable ones too.</param>
    /// <param name="options">Clock and identity.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<UnlockResult> UnlockAsync(
        ILockStore store, bool removeAll, LockOptions options, CancellationToken cancellationToken)
    {
        LockSurvey survey = new(store, options);
        int removed = 0, remaining = 0;
        List<LockId> unreadable = [];
        foreach (Backends.StoredFile file in await survey.ListAsync(cancellationToken))
        {
            LockId id = new(file.Name);
            try
            {
                if (removeAll
                    || (file.Length > 0 && LockRules.IsStale(await store.LoadAsync(id, cancellationToken), options.Identity, options.Time)))
                {
                    await store.RemoveAsync(id, cancellationToken);
                    removed++;
                }
                else if (file.Length > 0)
                {
                    remaining++;
                }
            }
            catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Missing)
            {
                // Its holder has finished meanwhile.
            }
            catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Damaged && !removeAll)
            {
                unreadable.Add(id);
            }
        }

        return new UnlockResult(removed, remaining, unreadable);
    }

    /// <summary>Counts the locks; takes none and removes none.</summary>
    /// <param name="store">The repository's lock files.</param>
    /// <param name="options">Clock and identity.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<LockCounts> CountAsync(ILockStore store, LockOptions options, CancellationToken cancellationToken)
    {
        LockCounts counts = new(0, 0, 0);
        foreach (Backends.StoredFile file in (await new LockSurvey(store, options).ListAsync(cancellationToken)).Where(static file => file.Length > 0))
        {
            try
            {
                bool stale = LockRules.IsStale(await store.LoadAsync(new LockId(file.Name), cancellationToken), options.Identity, options.Time);
                counts = stale ? counts with { Stale = counts.Stale + 1 } : counts with { Living = counts.Living + 1 };
            }
            catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Missing)
            {
                // Its holder has finished meanwhile.
            }
            catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Damaged)
            {
                counts = counts with { Unreadable = counts.Unreadable + 1 };
            }
        }

        return counts;
    }

    private static async Task<(LockId? Own, bool Settled, RepositoryException? Conflict)> TryOnceAsync(
        ILockStore store, LockSurvey survey, bool exclusive, LockOptions options, Freshness freshness, CancellationToken cancellationToken)
    {
        Freshness looked = new(options.Time);
        if (await survey.FindConflictAsync(exclusive, own: null, cancellationToken) is (LockId first, LockFile firstContent))
        {
            return (null, false, LockRules.Conflict(first, firstContent, options.Time));
        }

        HangupGuard.Install();

        // Age counts from before the lock is written: looking around afterwards may take long.
        freshness.Renew(freshness.Now);
        LockId own = await store.SaveAsync(NewContent(exclusive, options), cancellationToken);

        // Whoever wrote an exclusive lock after our first look looks again 200 ms later, and finds ours if it took less to write. If it took
        // longer, they may be at work, and gone before our second look. So who removes something always waits: the other may come over a share.
        TimeSpan wait = store.ShowsAtOnce && (!exclusive || options.RemovesNothing) ? TimeSpan.Zero : LockRules.SettleTime;
        if (options.SettleMeanwhile && wait > TimeSpan.Zero && !exclusive && options.RetryFor <= TimeSpan.Zero && looked.Age < LockRules.SettleTime)
        {
            return (own, false, null);
        }

        RepositoryException? conflict = null;
        bool taken = false;
        try
        {
            conflict = await SettleAsync(survey, exclusive, own, wait, options, cancellationToken);
            taken = conflict is null;
        }
        finally
        {
            if (!taken)
            {
                await RemoveAtEndAsync(survey, own, options);
            }
        }

        return taken ? (own, true, null) : (null, false, conflict);
    }

    /// <summary>Waits, and looks for locks that were written at the same time as ours.</summary>
    private static async Task<RepositoryException?> SettleAsync(
        LockSurvey survey, bool exclusive, LockId own, TimeSpan wait, LockOptions options, CancellationToken cancellationToken)
    {
        await Task.Delay(wait, options.Time, cancellationToken);
        return await survey.FindConflictAsync(exclusive, own, cancellationToken) is (LockId second, LockFile content)
            ? LockRules.Conflict(second, content, options.Time)
            : null;
    }

    private static LockFile NewContent(bool exclusive, LockOptions options)
    {
        ProcessIdentity identity = options.Identity;
        return new LockFile(
            LockRules.Now(options.Time), exclusive, identity.Hostname, identity.Username, identity.Pid, identity.UserId, identity.GroupId, identity.Machine);
    }

    /// <summary>Removes a lock file of ours whatever was cancelled, within a minute; a failure is a line, not an exception.</summary>
    private static async Task RemoveAtEndAsync(LockSurvey survey, LockId id, LockOptions options)
    {
        using CancellationTokenSource limit = new(LockRules.ReleaseLimit, options.Time);
        try
        {
            await survey.RemoveIfThereAsync(id, limit.Token).AsTask().WaitAsync(limit.Token);
        }
        catch (Exception e) when (e is RepositoryException or OperationCanceledException)
        {
            string reason = e is RepositoryException ? e.Message : "the storage does not answer";
            options.Report($"could not remove our lock {id.Value.ToShortString()}: {reason}; the `unlock` command removes it once it is stale");
        }
    }
}
