using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Maintenance;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Reliability.Load;

/// <summary>The life of a large project in a repository: a full backup, pushes of later days, forget, prune, check. Each job is measured.</summary>
/// <param name="tree">The project.</param>
/// <param name="content">What its files hold.</param>
/// <param name="backend">Where the repository is.</param>
/// <param name="told">Told of each job.</param>
internal sealed class LoadRun(GeneratedTree tree, GeneratedContent content, IBackend backend, Action<string> told)
{
    private const int LastDay = 3;

    /// <summary>Of fewer files none may happen to change from one day to the next.</summary>
    private const int EnoughToChange = 2000;

    private readonly List<SnapshotId> _snapshots = [];

    /// <summary>The jobs in their order, with what each took.</summary>
    public List<(string Job, JobCost Cost)> Costs { get; } = [];

    /// <summary>Files and bytes of the first backup.</summary>
    public (long Files, long Bytes) Size { get; private set; }

    /// <summary>Runs everything.</summary>
    /// <param name="readData">Read all packs in the check.</param>
    /// <param name="samples">Files of the newest snapshot that are compared with the source byte by byte.</param>
    public async Task RunAsync(bool readData, int samples)
    {
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        Restic.Snapshots.SnapshotSummary full = await SaveAsync("full", repository, 0);
        Size = ((long)full.TotalFilesProcessed, (long)full.TotalBytesProcessed);
        Restic.Snapshots.SnapshotSummary idle = await SaveAsync("push, nothing changed", repository, 0);
        Demand(idle is { DataBlobs: 0, FilesChanged: 0, FilesNew: 0 }, $"a push without changes stored {idle.DataBlobs} blobs");
        for (int day = 1; day <= LastDay; day++)
        {
            Restic.Snapshots.SnapshotSummary push = await SaveAsync("push", repository, day);
            Demand((push.FilesChanged > 0 || tree.Files < EnoughToChange) && push.FilesUnmodified > push.FilesChanged, $"a push found {push.FilesChanged} changed and {push.FilesUnmodified} unchanged files");
        }

        await MeasureAsync("check", () => CheckAsync(repository, ReadDataMode.None));
        await MeasureAsync("forget", () => ForgetOperation.RunAsync(
            repository, _snapshots[..^2], static _ => ValueTask.CompletedTask, TimeProvider.System, SilentEvents.Instance, CancellationToken.None));
        PruneStatistics pruned = await MeasureAsync("prune", () => PruneAsync(repository));
        Demand(pruned.RemovedBlobs > 0 || tree.Files < EnoughToChange, "a prune after a forget removed nothing");
        if (readData)
        {
            await MeasureAsync("check --read-data", () => CheckAsync(repository, ReadDataMode.All));
        }

        await CompareAsync(repository, samples);
    }

    private async Task<Restic.Snapshots.SnapshotSummary> SaveAsync(string job, OpenRepository repository, int day)
    {
        BackupOptions options = new()
        {
            Targets = [DiskPath.FromText(GeneratedSource.RootPath)],
            WorkingDirectory = DiskPath.FromText("/"),
            Host = "host",
            ProgramVersion = "trial",
            FileSystem = new GeneratedSource(tree, content, day),
            Time = DateTimeOffset.UnixEpoch.AddDays(20_000 + (2 * day)).AddHours(_snapshots.Count),
        };
        BackupResult result = await MeasureAsync(job, () => BackupOperation.RunAsync(
            repository, options, new OperationCounters(), SilentEvents.Instance, CancellationToken.None));
        Demand(result is { IsComplete: true, Snapshot: not null }, $"{job} had {result.Problems} problems");
        _snapshots.Add(result.Snapshot!.Value);
        return result.Summary;
    }

    private static async Task<bool> CheckAsync(OpenRepository repository, ReadDataMode mode)
    {
        CheckReport report = await CheckOperation.RunAsync(
            repository, new CheckOptions { ReadData = new ReadDataSubset(mode) }, new OperationCounters(), SilentEvents.Instance, CancellationToken.None);
        Demand(report.Errors == 0, $"check found {report.Errors} errors");
        return true;
    }

    private static async Task<PruneStatistics> PruneAsync(OpenRepository repository)
    {
        PruneOperation prune = new(repository, new PruneOptions { MaxUnused = UnusedLimit.Percent(0) }, new OperationCounters(), SilentEvents.Instance);
        PrunePlan plan = await prune.PlanAsync(CancellationToken.None);
        PruneResult result = await prune.ExecuteAsync(plan, CancellationToken.None);
        Demand(result.Failed.Count == 0, $"{result.Failed.Count} packs could not be removed");
        return plan.Statistics;
    }

    /// <summary>Walks the newest snapshot and the source side by side: names and sizes of all files, the bytes of some.</summary>
    private async Task CompareAsync(OpenRepository repository, int samples)
    {
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        SavedSnapshot newest = await repository.LoadSnapshotAsync(_snapshots[^1], CancellationToken.None);
        List<Node> root = await indexed.LoadTreeAsync(newest.Snapshot.Tree, CancellationToken.None);
        GeneratedSource source = new(tree, content, LastDay);
        int every = Math.Max(1, tree.Files / samples), seen = 0;
        Stack<(DiskPath Path, TreeId Tree)> open = new([(DiskPath.FromText(GeneratedSource.RootPath), root.Single().Subtree!.Value)]);
        while (open.TryPop(out (DiskPath Path, TreeId Tree) folder))
        {
            List<Node> nodes = await indexed.LoadTreeAsync(folder.Tree, CancellationToken.None);
            List<Backup.Sources.SourceEntry> entries = source.ReadDirectory(folder.Path);
            Demand(nodes.Count == entries.Count, $"{folder.Path} has {entries.Count} entries, {nodes.Count} are in the snapshot");
            for (int i = 0; i < nodes.Count; i++)
            {
                DiskPath path = folder.Path.Join(nodes[i].Name);
                Demand(
                    nodes[i].Name.AsSpan().SequenceEqual(entries[i].Name) && (long)nodes[i].Size == entries[i].Status.SizeBytes
                    && entries[i].Status.ModifiedTime.IsInstantOf(nodes[i].ModifiedTime), $"{path} is not in the snapshot as it is in the source");
                if (nodes[i].Subtree is { } below)
                {
                    open.Push((path, below));
                }
                else if (seen++ % every == 0)
                {
                    await CompareContentAsync(indexed, nodes[i], source, path);
                }
            }
        }

        told($"{seen:N0} files of the newest snapshot are those of the source, {seen / every:N0} of them compared byte by byte");
    }

    private static async Task CompareContentAsync(IndexedRepository indexed, Node node, GeneratedSource source, DiskPath path)
    {
        using Backup.Sources.SourceFile file = source.OpenFile(path);
        foreach (BlobId blob in node.Content!)
        {
            byte[] saved = await indexed.LoadBlobAsync(new BlobHandle(blob), CancellationToken.None);
            byte[] there = new byte[saved.Length];
            Demand(file.Read(there) == saved.Length && there.AsSpan().SequenceEqual(saved), $"{path} has other bytes than its source");
        }

        Demand(file.Read(new byte[1]) == 0, $"{path} is shorter than its source");
    }

    private async Task<T> MeasureAsync<T>(string job, Func<Task<T>> run)
    {
        (T result, JobCost cost) = await JobCost.OfAsync(run);
        Costs.Add((job, cost));
        told($"{job}: {cost.Wall.TotalSeconds:N1} s, processor {cost.Processor.TotalSeconds:N1} s ({cost.Processor.TotalMicroseconds / tree.Files:N1} us a file), "
            + $"peak {cost.PeakBytes >> 20:N0} MiB, heap {cost.HeapBytes >> 20:N0} MiB");
        return result;
    }

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new BrokenPromiseException(otherwise);
        }
    }
}
