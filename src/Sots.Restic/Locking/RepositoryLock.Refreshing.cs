namespace Sots.Restic.Locking;

public sealed partial class RepositoryLock
{
    private readonly Freshness _freshness;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<LockId> _leftovers = [];
    private readonly Task _settling;
    private readonly Task _refreshing;
    private readonly Lock _gate = new();
    private LockId _id;
    private RepositoryException? _loss;
    private int _disposed;

    /// <summary>The name of our lock file; changes with every refresh.</summary>
    public LockId Id
    {
        get
        {
            lock (_gate)
            {
                return _id;
            }
        }

        private set
        {
            lock (_gate)
            {
                _id = value;
            }
        }
    }

    /// <summary>Cancelled when the lock is lost. Everything that writes must stop then.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>
    /// Throws <see cref="RepositoryErrorKind.LockLost"/> once the lock is lost, or <see cref="RepositoryErrorKind.Locked"/> where the second
    /// look found somebody else's.
    /// </summary>
    public void ThrowIfLost()
    {
        if (_lost.IsCancellationRequested)
        {
            throw _loss!;
        }
    }

    /// <summary>Returns when the second look has found no lock that conflicts; at once as a rule.</summary>
    /// <exception cref="RepositoryException">
    /// <see cref="RepositoryErrorKind.Locked"/> where it found one: what was read meanwhile is worthless. What the storage reports.
    /// </exception>
    public async ValueTask SettledAsync(CancellationToken cancellationToken)
    {
        await _settling.WaitAsync(cancellationToken).ConfigureAwait(false);
        ThrowIfLost();
    }

    /// <summary>
    /// Returns when it is certain that the lock holds; to be called before everything that relies on it. Immediate as a rule. It waits for
    /// the second look (<see cref="SettledAsync"/>), and after 22.5 minutes without a refresh (a machine that slept, a storage that was away) it first finds out.
    /// </summary>
    /// <exception cref="RepositoryException"><see cref="RepositoryErrorKind.LockLost"/> once the lock is lost.</exception>
    public ValueTask EnsureHeldAsync(CancellationToken cancellationToken)
    {
        ThrowIfLost();
        return _settling.IsCompleted && _freshness.Age < LockRules.DoubtfulAfter ? ValueTask.CompletedTask : new ValueTask(MakeSureAsync(cancellationToken));

        async Task MakeSureAsync(CancellationToken token)
        {
            await SettledAsync(token);
            if (_freshness.Age >= LockRules.DoubtfulAfter)
            {
                await KeepFreshAsync(token);
            }

            ThrowIfLost();
        }
    }

    /// <summary>
    /// As <see cref="EnsureHeldAsync"/>, and looks whether our lock file is there, however young it is: for whoever found that something of ours was
    /// taken away.
    /// </summary>
    /// <exception cref="RepositoryException"><see cref="RepositoryErrorKind.LockLost"/> where it is not; what the storage reports.</exception>
    public async ValueTask ProveHeldAsync(CancellationToken cancellationToken)
    {
        await EnsureHeldAsync(cancellationToken);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!await IsThereAsync(Id, cancellationToken))
            {
                await LoseAsync("somebody removed it");
            }
        }
        finally
        {
            _turn.Release();
        }

        ThrowIfLost();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync();
        await _settling.WaitAsync(LockRules.ReleaseLimit, _options.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _refreshing.WaitAsync(LockRules.ReleaseLimit, _options.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        LockId[] ours = await OwnFilesAsync();
        foreach (LockId id in ours)
        {
            await RemoveAtEndAsync(_survey, id, _options);
        }
    }

    private async Task<LockId[]> OwnFilesAsync()
    {
        // A refresh that hangs in the storage must not keep the rest from being removed.
        using CancellationTokenSource limit = new(LockRules.ReleaseLimit, _options.Time);
        try
        {
            await _turn.WaitAsync(limit.Token);
            return [Id, .. _leftovers];
        }
        catch (OperationCanceledException)
        {
            return [Id];
        }
    }

    /// <summary>The second look of a lock that is used already. What stops it, a conflict or the storage, ends the operation.</summary>
    private async Task SettleMeanwhileAsync()
    {
        try
        {
            if (await SettleAsync(_survey, IsExclusive, _id, LockRules.SettleTime, _options, _stop.Token) is { } conflict)
            {
                await LoseAsync(conflict);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
        catch (RepositoryException e)
        {
            await LoseAsync(e);
        }
    }

    private async Task RefreshUntilStoppedAsync()
    {
        TimeSpan nextAt = LockRules.RefreshInterval;
        try
        {
            while (!_lost.IsCancellationRequested)
            {
                await Task.Delay(LockRules.Tick, _options.Time, _stop.Token);
                TimeSpan age = _freshness.Age;
                if (age >= nextAt || age >= LockRules.DoubtfulAfter)
                {
                    bool fresh = await KeepFreshAsync(_stop.Token);
                    nextAt = fresh ? LockRules.RefreshInterval : _freshness.Age + LockRules.RefreshRetry;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
#pragma warning disable CA1031 // Whatever stops the refreshing, nobody may go on relying on the lock.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await LoseAsync($"refreshing it failed: {e.Message}");
        }
    }

    /// <summary>Writes the lock anew if it is time to; true if it is fresh afterwards.</summary>
    private async Task<bool> KeepFreshAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        await _turn.WaitAsync(either.Token);
        try
        {
            TimeSpan age = _freshness.Age;
            if (_lost.IsCancellationRequested || age < LockRules.RefreshInterval)
            {
                return !_lost.IsCancellationRequested;
            }

            // Others may take a doubtful lock for a dead one any moment, so only then the slow way is gone.
            await ReplaceAsync(isDoubtful: age >= LockRules.DoubtfulAfter, either.Token);
            return !_lost.IsCancellationRequested;
        }
        catch (RepositoryException e)
        {
            if (_freshness.Age >= LockRules.DoubtfulAfter)
            {
                await LoseAsync($"it could not be refreshed in time: {e.Message}");
            }
            else
            {
                _options.Report($"could not refresh our lock {Id.Value.ToShortString()}: {e.Message}; trying again");
            }

            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// A new lock file first, then the old one goes. If the old one is not there, somebody took it away, and from then until now the
    /// repository was open to whoever removes things: the lock is lost, even though a new file is there.
    /// </summary>
    private async Task ReplaceAsync(bool isDoubtful, CancellationToken cancellationToken)
    {
        LockId old = Id;
        if (isDoubtful && !await IsThereAsync(old, cancellationToken))
        {
            await LoseAsync("somebody removed it");
            return;
        }

        (DateTimeOffset, long) written = _freshness.Now;
        LockId fresh = await _store.SaveAsync(NewContent(IsExclusive, _options), cancellationToken);
        _leftovers.Add(fresh);
        if (isDoubtful)
        {
            await Task.Delay(LockRules.SettleTime, _options.Time, cancellationToken);
            if (!await IsThereAsync(old, cancellationToken))
            {
                await LoseAsync("somebody removed it");
                return;
            }
        }

        _leftovers.Remove(fresh);
        Id = fresh;
        _leftovers.Add(old);
        _freshness.Renew(written);
        try
        {
            await _store.RemoveAsync(old, cancellationToken);
            _leftovers.Remove(old);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Missing)
        {
            _leftovers.Remove(old);
            await LoseAsync("somebody removed it");
            return;
        }
        catch (RepositoryException e)
        {
            _options.Report($"could not remove our former lock {old.Value.ToShortString()}: {e.Message}; trying again later");
        }

        await RemoveLeftoversAsync(old, cancellationToken);
    }

    private async Task RemoveLeftoversAsync(LockId except, CancellationToken cancellationToken)
    {
        foreach (LockId id in _leftovers.Where(id => id != except).ToArray())
        {
            try
            {
                await _survey.RemoveIfThereAsync(id, cancellationToken);
                _leftovers.Remove(id);
            }
            catch (RepositoryException)
            {
                // It was reported when it first failed; the end of the operation tries once more.
            }
        }
    }

    private async Task<bool> IsThereAsync(LockId id, CancellationToken cancellationToken) =>
        (await _survey.ListAsync(cancellationToken)).Exists(file => file.Name == id.Value);

    private async Task LoseAsync(string reason)
    {
        RepositoryException loss = new(
            RepositoryErrorKind.LockLost,
            $"our lock on the repository is lost: {reason}",
            "Nothing that was stored is harmed. Run the command again.");
        _options.Report(loss.Message);
        await LoseAsync(loss);
    }

    private async Task LoseAsync(RepositoryException loss)
    {
        Interlocked.CompareExchange(ref _loss, loss, null);
        await _lost.CancelAsync();
    }
}
