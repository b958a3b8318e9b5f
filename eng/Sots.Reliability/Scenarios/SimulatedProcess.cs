using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Reliability.Calls;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Locking;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Reliability.Scenarios;

/// <summary>
/// One run of the program: it opens the repository, locks it and works on it with the same operations as the program, and every call it
/// makes goes through its gate. When it is over, or dead, its process is gone and its lock is nobody's.
/// </summary>
internal sealed class SimulatedProcess
{
    private const string Host = "machine";
    private const int PiecesInAPack = 4;
    private static int _lastPid = 1000;

    private readonly World _world;
    private readonly int _pid = Interlocked.Increment(ref _lastPid);

    /// <param name="world">Where it runs.</param>
    /// <param name="plan">What goes wrong; null for nothing.</param>
    public SimulatedProcess(World world, FaultPlan? plan = null)
    {
        _world = world;
        Gate = new FaultGate(plan);
        Time = new QuickTime(world.NextTime);
        Source = new InterceptedSource(SourceFileSystem.Current, Gate);
        Target = new InterceptedTarget(TargetFileSystem.Current, Gate);
    }

    /// <summary>All its calls.</summary>
    public FaultGate Gate { get; }

    /// <summary>Its clock.</summary>
    public QuickTime Time { get; }

    /// <summary>The disk it saves.</summary>
    public SourceFileSystem Source { get; }

    /// <summary>The disk it restores to.</summary>
    public TargetFileSystem Target { get; }

    /// <summary>What it tells.</summary>
    public RecordedEvents Events { get; } = new();

    /// <summary>How it takes locks. All other processes are dead.</summary>
    public LockOptions LockOptions => new()
    {
        Time = Time,
        Identity = new ProcessIdentity(Host, "user", _pid, 0, 0, _ => false, "simulated"),
    };

    /// <summary>The storage as the program stacks it.</summary>
    public IBackend OpenBackend() => new RetryBackend(
        new GatedBackend(new LocalBackend(World.RepositoryPath, new InterceptedFiles(_world.Disk, Gate)), Gate), Time, new Random(_pid), static _ => { });

    /// <summary>Opens the repository, takes a lock, works, and gives the lock back.</summary>
    public async Task<T> WithRepositoryAsync<T>(bool exclusive, Func<OpenRepository, WriteOptions, Task<T>> work)
    {
        using IBackend backend = OpenBackend();
        using OpenRepository repository = await Repository.OpenAsync(backend, World.Bytes(_world.Ledger.Password), new OpenOptions(), CancellationToken.None);
        await using RepositoryLock held = await repository.LockAsync(exclusive, LockOptions, CancellationToken.None);
        return await work(repository, new WriteOptions
        {
            PackSizeBytes = _world.PackSizeBytes,
            PieceBytes = _world.PackSizeBytes / PiecesInAPack,
            Time = Time,
            EnsureLocked = held.EnsureHeldAsync,
        });
    }

    /// <summary>The options of saving the project.</summary>
    public BackupOptions Backup(WriteOptions write) => BackupOf(_world.ProjectFolder, _world.TakeTime(), Source) with { Write = write };

    /// <summary>The options of saving a folder.</summary>
    public static BackupOptions BackupOf(string folder, DateTimeOffset time, SourceFileSystem source) => new()
    {
        Targets = [DiskPath.FromText(folder)],
        WorkingDirectory = DiskPath.FromText(folder),
        Host = Host,
        Time = time,
        FileSystem = source,
        ProgramVersion = "reliability",
    };
}
