using Sots.Backup.Credentials;
using Sots.Backup.Machine;
using Sots.Cli.Configuration;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Locking;
using Sots.Restic.Writing;

namespace Sots.Cli;

/// <summary>What a command does with a repository; decides which lock it takes.</summary>
internal enum RepositoryUse
{
    /// <summary>Reads: shared lock, unless --no-lock.</summary>
    Read,

    /// <summary>Adds: shared lock, always.</summary>
    Append,

    /// <summary>Needs everybody else to be away: exclusive lock, unless --no-lock.</summary>
    Exclusive,

    /// <summary>Removes: exclusive lock, always.</summary>
    Remove,

    /// <summary>Pretends to add: no lock, and nothing that is written reaches the disk.</summary>
    Pretend,

    /// <summary>No lock.</summary>
    Unlocked,
}

/// <summary>An open repository with its lock, until disposed.</summary>
internal sealed class RepositorySession : IAsyncDisposable
{
    private readonly IBackend _backend;
    private readonly RepositoryLock? _lock;
    private readonly EngineSettings _engine;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _cancelled;

    private RepositorySession(IBackend backend, OpenRepository repository, RepositoryLock? held, EngineSettings engine, CancellationToken cancelled)
    {
        _backend = backend;
        _engine = engine;
        Repository = repository;
        _lock = held;
        _cancelled = cancelled;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancelled, held?.Lost ?? CancellationToken.None);
    }

    /// <summary>The repository.</summary>
    public OpenRepository Repository { get; }

    /// <summary>Opens the repository and takes the lock that the use needs.</summary>
    /// <param name="run">Surroundings and reporter.</param>
    /// <param name="settings">The repository.</param>
    /// <param name="use">What is done with it.</param>
    /// <param name="cancellationToken">Cancels opening and what <see cref="RunAsync"/> runs.</param>
    /// <param name="settleMeanwhile">
    /// See <see cref="LockOptions.SettleMeanwhile"/>: for an operation that does nothing but read and save until it asks for the lock.
    /// </param>
    public static async Task<RepositorySession> OpenAsync(
        CommandRun run, RepositorySettings settings, RepositoryUse use, CancellationToken cancellationToken, bool settleMeanwhile = false)
    {
        if (settings.Engine.LowPriority.Value && use is (RepositoryUse.Append or RepositoryUse.Exclusive) && ProcessPriority.Current.Lower() is { } problem)
        {
            run.Reporter.Detail(problem);
        }

        IBackend backend = CreateBackend(run, settings.Location.Value, use == RepositoryUse.Pretend);
        OpenRepository? repository = null;
        try
        {
            await RequireSomethingAsync(settings, backend, cancellationToken).ConfigureAwait(false);
            using (Password password = await settings.Password.ReadAsync(run, PasswordUse.Open, cancellationToken).ConfigureAwait(false))
            {
                OpenOptions options = new()
                {
                    KeyHint = run.Global.KeyHint,
                    Notice = text => run.Reporter.Warning("warning: " + text),
                    ForReadingOnly = use is RepositoryUse.Read or RepositoryUse.Exclusive or RepositoryUse.Unlocked,
                };
                repository = await Restic.Repository.OpenAsync(backend, password.Bytes, options, cancellationToken).ConfigureAwait(false);
            }

            if (repository.ConfigDamage is { } damage)
            {
                run.Reporter.Warning($"warning: {damage.Message}; the repository can be read, but nothing can be saved to it\n  {damage.Advice}");
            }

            run.Journal?.Tally.AddRepository(repository.Config.Id);

            if (use is RepositoryUse.Append or RepositoryUse.Pretend)
            {
                run.Reporter.Detail("open repository");
            }

            RepositoryLock? held = await LockAsync(run, repository, use, settleMeanwhile, cancellationToken).ConfigureAwait(false);
            return new RepositorySession(backend, repository, held, settings.Engine, cancellationToken);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.WrongPassword)
        {
            backend.Dispose();
            throw new RepositoryException(e.Kind, e.Message, $"The password came from {settings.Password.Describe()}. Nothing was changed. {e.Advice}".TrimEnd(), e);
        }
        catch
        {
            repository?.Dispose();
            backend.Dispose();
            throw;
        }
    }

    /// <summary>Where neither a password file nor a repository is there, the news is that there is no backup yet, not the password.</summary>
    private static async Task RequireSomethingAsync(RepositorySettings settings, IBackend backend, CancellationToken cancellationToken)
    {
        if (settings.Password is { Kind: PasswordKind.File } file && !File.Exists(file.Where)
            && !await Restic.Repository.IsThereAsync(backend, cancellationToken).ConfigureAwait(false))
        {
            throw new RepositoryException(
                RepositoryErrorKind.NoRepository,
                $"repository does not exist: there is no backup at {settings.Location.Value}",
                "In a project `sots_backup init` sets one up and `sots_backup full` makes the first. If it lies elsewhere, name it with --repo.");
        }
    }

    /// <summary>Storage of a repository; passing failures are tried again.</summary>
    public static IBackend CreateBackend(CommandRun run, string location, bool pretend)
    {
        RetryBackend disk = new(new LocalBackend(location), run.Environment.Clock, new Random(), run.Reporter.Warning);
        return pretend ? new DryRunBackend(disk)
            : run.Journal is { } journal ? new Runs.LoggedBackend(disk, journal.Log)
            : disk;
    }

    /// <summary>How locks are taken and removed by this program.</summary>
    public static LockOptions LockOptions(CommandRun run) => new()
    {
        RetryFor = run.Global.RetryLock,
        Time = run.Environment.Clock,
        Report = run.Reporter.Warning,
    };

    /// <summary>How new data is written: as flags and config say, and never without the lock.</summary>
    public WriteOptions WriteOptions(CommandRun run) => new()
    {
        Compression = _engine.Compression.Value,
        PackSizeBytes = _engine.PackSizeBytes.Value,
        Time = run.Environment.Clock,
        EnsureLocked = _lock is null ? static _ => ValueTask.CompletedTask : _lock.EnsureHeldAsync,
        ProveLocked = _lock is null ? null : _lock.ProveHeldAsync,
    };

    /// <summary>Runs an operation; it is stopped when the user cancels, and when the lock is lost.</summary>
    /// <exception cref="RepositoryException">LockLost, and what the operation throws.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> operation)
    {
        try
        {
            T result = await operation(_stop.Token).ConfigureAwait(false);
            if (_lock is not null)
            {
                await _lock.SettledAsync(_cancelled).ConfigureAwait(false);
            }

            return result;
        }
        catch (OperationCanceledException) when (!_cancelled.IsCancellationRequested && _lock is not null)
        {
            _lock.ThrowIfLost();
            throw;
        }
    }

    /// <summary>Loads the index; damaged files of it are named, and do not matter as long as the packs they stand for can be read.</summary>
    public async Task<IndexedRepository> LoadIndexAsync(CommandRun run, CancellationToken cancellationToken)
    {
        IndexedRepository indexed = await Repository.LoadIndexAsync(cancellationToken).ConfigureAwait(false);
        foreach (RepositoryException damage in indexed.IndexDamage)
        {
            run.Reporter.Warning($"warning: {damage.Message}; the packs it stands for are read in its place");
        }

        return indexed;
    }

    /// <summary>Loads the index to follow a snapshot; where it does not have even its root, the packs are asked what is in them.</summary>
    public Task<IndexedRepository> LoadIndexForAsync(CommandRun run, SavedSnapshot saved, CancellationToken cancellationToken) =>
        LoadIndexForAsync(run, [saved], cancellationToken);

    /// <summary>As the other, for several snapshots.</summary>
    public async Task<IndexedRepository> LoadIndexForAsync(CommandRun run, IReadOnlyList<SavedSnapshot> snapshots, CancellationToken cancellationToken)
    {
        IndexedRepository indexed = await LoadIndexAsync(run, cancellationToken).ConfigureAwait(false);
        if (snapshots.All(saved => indexed.Index.Contains(new BlobHandle(saved.Snapshot.Tree))))
        {
            return indexed;
        }

        run.Reporter.Warning("warning: no index file names the root of the snapshot; asking all packs what is in them. `repair index` puts that right");
        return await Repository.LoadIndexFromPacksAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_lock is not null)
        {
            await _lock.DisposeAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
        Repository.Dispose();
        _backend.Dispose();
    }

    private static async Task<RepositoryLock?> LockAsync(
        CommandRun run, OpenRepository repository, RepositoryUse use, bool settleMeanwhile, CancellationToken cancellationToken)
    {
        bool needed = use is RepositoryUse.Append or RepositoryUse.Remove || (use is RepositoryUse.Read or RepositoryUse.Exclusive && !run.Global.NoLock);
        if (!needed)
        {
            return null;
        }

        if (use is RepositoryUse.Append or RepositoryUse.Remove && run.Global.NoLock)
        {
            run.Reporter.Warning("--no-lock is not followed: what writes to a repository takes a lock");
        }

        try
        {
            return await repository.LockAsync(
                use is RepositoryUse.Exclusive or RepositoryUse.Remove,
                LockOptions(run) with { SettleMeanwhile = settleMeanwhile, RemovesNothing = use is RepositoryUse.Exclusive },
                cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.PermissionDenied && use is not (RepositoryUse.Append or RepositoryUse.Remove))
        {
            throw new RepositoryException(e.Kind, e.Message, "To read a repository that you may not write to, use --no-lock.", e);
        }
    }
}
