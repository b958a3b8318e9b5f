using System.Text;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Sources;
using Sots.Reliability.Power;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Chunking;
using Sots.Restic.Crypto;
using Sots.Restic.Trees;

namespace Sots.Reliability.Scenarios;

/// <summary>
/// What outlives a process: the disk with the repository (simulated), the project and the target of restores (real folders), and what the
/// user was told. One scenario is at work in it at a time.
/// </summary>
internal sealed class World
{
    /// <summary>The password of a repository's first key.</summary>
    public const string FirstPassword = Testing.ResticProgram.Password;

    /// <summary>Where the repository is on the simulated disk.</summary>
    public const string RepositoryPath = "/backup/repo";

    private DiskHistory? _history;
    private Ledger _ledger = new();

    /// <param name="work">A new folder for its own.</param>
    /// <param name="random">Shape of the project.</param>
    /// <param name="files">Files of the project.</param>
    public World(string work, Random random, int files = 10)
    {
        Work = work;
        Directory.CreateDirectory(work);
        Files = ProjectFiles.Start(random, files);
        Files.WriteTo(ProjectFolder);
    }

    /// <summary>Its folder.</summary>
    public string Work { get; }

    /// <summary>The project.</summary>
    public string ProjectFolder => Path.Combine(Work, "project");

    /// <summary>Where restores go.</summary>
    public string TargetFolder => Path.Combine(Work, "target");

    /// <summary>The files that the project is to have.</summary>
    public ProjectFiles Files { get; }

    /// <summary>The disk with the repository.</summary>
    public SimulatedDisk Disk { get; private set; } = new(new DiskImage());

    /// <summary>Size of packs, small so that there are many.</summary>
    public int PackSizeBytes { get; init; } = 8 << 10;

    /// <summary>What the user was told.</summary>
    public Ledger Ledger
    {
        get => _ledger;
        set
        {
            _ledger = value;
            _history?.Promise(value);
        }
    }

    /// <summary>Trees of all states that were ever saved or about to be: a snapshot with any other is wrong.</summary>
    public HashSet<TreeId> KnownTrees { get; } = [];

    /// <summary>The note that an undo is at work.</summary>
    public SnapshotId? UnfinishedUndo { get; set; }

    /// <summary>Whether an undo has ended and said so.</summary>
    public bool UndoWasTold { get; set; }

    /// <summary>Time of the next snapshot, each a minute later.</summary>
    public DateTimeOffset NextTime { get; private set; } = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    /// <summary>Costs that open at once.</summary>
    public static CreateOptions NewRepository => new()
    {
        Scrypt = new ScryptParameters(16, 1, 1),
        Polynomial = new ChunkerPolynomial(0x276199fa28ac11),
        Hostname = "machine",
        Username = "user",
    };

    /// <summary>Takes the time of a snapshot.</summary>
    public DateTimeOffset TakeTime()
    {
        DateTimeOffset time = NextTime;
        NextTime = time.AddMinutes(1);
        return time;
    }

    /// <summary>Another week's work on the project.</summary>
    public void ChangeProject()
    {
        Files.Work();
        Files.WriteTo(ProjectFolder);
    }

    /// <summary>From now on every step of the disk is written down.</summary>
    public DiskHistory BeginHistory()
    {
        DiskImage image = Disk.Snapshot();
        _history = new DiskHistory(image, Ledger);
        Disk = new SimulatedDisk(image, _history);
        return _history;
    }

    /// <summary>Removes the folders of the repository in which nothing lies.</summary>
    public void DropEmptyFolders() => Alter(static image =>
    {
        foreach (DiskFolder? folder in (DiskFolder?[])[image.FindFolder(RepositoryPath + "/data"), image.FindFolder(RepositoryPath)])
        {
            foreach ((string name, object entry) in folder!.Entries)
            {
                if (entry is DiskFolder { Entries.Count: 0 })
                {
                    folder.Entries.Remove(name);
                }
            }
        }
    });

    /// <summary>Changes what lies on the disk, behind the back of every program.</summary>
    public void Alter(Action<DiskImage> change)
    {
        DiskImage image = Disk.Snapshot();
        change(image);
        Disk = new SimulatedDisk(image);
    }

    /// <summary>Everything as it is now, to come back to.</summary>
    public WorldState Keep() => new(Disk.Snapshot(), Ledger, NextTime, UnfinishedUndo);

    /// <summary>Comes back to a state. The real folders are the scenario's to reset.</summary>
    public void Return(WorldState state)
    {
        _history = null;
        Disk = new SimulatedDisk(state.Image.Clone());
        _ledger = state.Ledger;
        NextTime = state.NextTime;
        UnfinishedUndo = state.UnfinishedUndo;
    }

    /// <summary>Finds out, in a repository of its own, which tree the project as it is now has.</summary>
    public async Task<TreeId> ExpectTreeAsync()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await Repository.CreateAsync(backend, Bytes(FirstPassword), NewRepository, CancellationToken.None);
        BackupOptions options = SimulatedProcess.BackupOf(ProjectFolder, NextTime, SourceFileSystem.Current);
        BackupResult result = await BackupOperation.RunAsync(repository, options, new OperationCounters(), SilentEvents.Instance, CancellationToken.None);
        SavedSnapshot saved = await repository.LoadSnapshotAsync(result.Snapshot!.Value, CancellationToken.None);
        TreeId tree = await SnapshotContent.ProjectTreeAsync(await repository.LoadIndexAsync(CancellationToken.None), saved.Snapshot);
        KnownTrees.Add(tree);
        return tree;
    }

    /// <summary>A password as bytes.</summary>
    public static byte[] Bytes(string password) => Encoding.UTF8.GetBytes(password);
}

/// <summary>A state of a world.</summary>
internal sealed record WorldState(DiskImage Image, Ledger Ledger, DateTimeOffset NextTime, SnapshotId? UnfinishedUndo);
