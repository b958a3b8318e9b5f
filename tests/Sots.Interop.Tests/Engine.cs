using System.Text;
using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Chunking;
using Sots.Restic.Crypto;
using Sots.Restic.Locking;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Interop.Tests;

/// <summary>
/// Our engine at a repository, each operation as the program runs it: lock, look at what is there, work, unlock. Problems fail the test.
/// The password is checked once, when the repository is first needed.
/// </summary>
/// <param name="repository">Folder of the repository.</param>
internal sealed class Engine(string repository) : IDisposable
{
    private static readonly byte[] Password = Encoding.UTF8.GetBytes(ResticProgram.Password);

    private OpenRepository? _open;

    /// <summary>The folder of the repository.</summary>
    public string Repository { get; } = repository;

    /// <summary>Makes a repository, with a password check that costs nothing.</summary>
    public static async Task<Engine> CreateAsync(string repository, int version = 2, ChunkerPolynomial? polynomial = null)
    {
        using LocalBackend backend = new(repository);
        CreateOptions options = new() { Version = version, Polynomial = polynomial, Scrypt = new ScryptParameters(16, 1, 1) };
        (await Sots.Restic.Repository.CreateAsync(backend, Password, options, CancellationToken.None)).Dispose();
        return new Engine(repository);
    }

    /// <summary>The repository; ours to dispose.</summary>
    public async Task<OpenRepository> OpenAsync() => _open ??= await OpenAsync(new LocalBackend(Repository));

    /// <inheritdoc/>
    public void Dispose() => _open?.Dispose();

    /// <summary>Opens it behind another backend.</summary>
    public static Task<OpenRepository> OpenAsync(IBackend backend) =>
        Sots.Restic.Repository.OpenAsync(backend, Password, new OpenOptions(), CancellationToken.None);

    /// <summary>The parameters of its chunks.</summary>
    public async Task<ChunkerPolynomial> PolynomialAsync()
    {
        OpenRepository open = await OpenAsync();
        return open.Config.Polynomial;
    }

    /// <summary>Saves targets.</summary>
    public Task<BackupResult> BackupAsync(string workingDirectory, params string[] targets) =>
        BackupAsync(Options(workingDirectory, targets));

    /// <summary>What a backup of targets is asked to do.</summary>
    public static BackupOptions Options(string workingDirectory, params string[] targets) => new()
    {
        Targets = [.. targets.Select(DiskPath.FromText)],
        WorkingDirectory = DiskPath.FromText(workingDirectory),
        Host = ResticProgram.Host,
    };

    /// <summary>Runs a backup.</summary>
    public async Task<BackupResult> BackupAsync(BackupOptions options)
    {
        OpenRepository open = await OpenAsync();
        return await BackupAsync(open, options);
    }

    /// <summary>Runs a backup into an open repository.</summary>
    public static async Task<BackupResult> BackupAsync(OpenRepository open, BackupOptions options)
    {
        ProblemList problems = new();
        await using RepositoryLock held = await open.LockAsync(exclusive: false, new LockOptions(), CancellationToken.None);
        WriteOptions write = options.Write with { EnsureLocked = held.EnsureHeldAsync };
        BackupResult result = await BackupOperation.RunAsync(open, options with { Write = write }, new OperationCounters(), problems, held.Lost);
        problems.AssertNone();
        Assert.True(result.IsComplete);
        return result;
    }

    /// <summary>The snapshots, oldest first.</summary>
    public async Task<IReadOnlyList<SavedSnapshot>> SnapshotsAsync()
    {
        OpenRepository open = await OpenAsync();
        SnapshotListing listing = await open.LoadSnapshotsAsync(CancellationToken.None);
        Assert.Empty(listing.Damaged);
        return listing.Snapshots;
    }

    /// <summary>Restores a snapshot.</summary>
    public Task<RestoreResult> RestoreAsync(SavedSnapshot snapshot, string target) =>
        RestoreAsync(snapshot, new RestoreOptions { Target = DiskPath.FromText(target) });

    /// <summary>Runs a restore.</summary>
    public async Task<RestoreResult> RestoreAsync(SavedSnapshot snapshot, RestoreOptions options)
    {
        ProblemList problems = new();
        OpenRepository open = await OpenAsync();
        await using RepositoryLock held = await open.LockAsync(exclusive: false, new LockOptions(), CancellationToken.None);
        IndexedRepository indexed = await open.LoadIndexAsync(held.Lost);
        Assert.Empty(indexed.IndexDamage);
        RestoreResult result = await RestoreOperation.RunAsync(indexed, snapshot.Snapshot, options, new OperationCounters(), problems, held.Lost);
        problems.AssertNone();
        Assert.Equal(0, result.Problems);
        return result;
    }

    /// <summary>The tree of a folder inside a snapshot.</summary>
    public async Task<TreeId> TreeAtAsync(SavedSnapshot snapshot, IEnumerable<byte[]> folder)
    {
        OpenRepository open = await OpenAsync();
        IndexedRepository indexed = await open.LoadIndexAsync(CancellationToken.None);
        TreeId tree = snapshot.Snapshot.Tree;
        foreach (byte[] name in folder)
        {
            List<Node> nodes = await indexed.LoadTreeAsync(tree, CancellationToken.None);
            tree = nodes.Single(node => node.Name.AsSpan().SequenceEqual(name)).Subtree!.Value;
        }

        return tree;
    }

    /// <summary>Bytes of all packs, index files and snapshots.</summary>
    public static long SizeOf(string repository) => new[] { "data", "index", "snapshots" }
        .SelectMany(folder => new DirectoryInfo(Path.Combine(repository, folder)).EnumerateFiles("*", SearchOption.AllDirectories))
        .Sum(file => file.Length);

    /// <summary>Remembers what an operation complains about.</summary>
    private sealed class ProblemList : IOperationEvents
    {
        private readonly Lock _gate = new();
        private readonly List<string> _problems = [];

        public bool WantsItems => false;

        public void AssertNone() => Assert.Empty(_problems);

        public void Message(string text)
        {
        }

        public void Detail(string text)
        {
        }

        public void Item(in ItemEvent item)
        {
        }

        public void Problem(ProblemEvent problem)
        {
            lock (_gate)
            {
                _problems.Add($"{problem.During} {problem.Item}: {problem.Message}");
            }
        }
    }
}
