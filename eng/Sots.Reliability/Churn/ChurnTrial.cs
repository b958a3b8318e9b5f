using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Reliability.Churn;

/// <summary>
/// Backs files up while other threads save them. The law: what a snapshot has of a file, and does not name as changed while it was read, is
/// what the file was at some moment; and once nobody writes any more, the next snapshot has exactly what is on the disk.
/// </summary>
internal sealed class ChurnTrial : Trial
{
    private const int Files = 48, Writers = 2, BackupsOfARepository = 10, LongestBlocks = 96;

    /// <inheritdoc/>
    public override string Name => "churn";

    /// <inheritdoc/>
    public override string About => "backs files up while other threads save them, and looks for content that never was";

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        string project = Path.Combine(settings.Work, "project");
        List<ChurningFile> files = Make(project, new Random(settings.Seed));
        int backups = settings.Count(300, atLeast: 10);
        for (int done = 0; done < backups; done += BackupsOfARepository)
        {
            using OpenRepository repository = await SmallRepository.CreateAsync(new MemoryBackend());
            await UnderChurnAsync(files, project, settings.Seed + done, result, async () =>
            {
                for (int i = 0; i < Math.Min(BackupsOfARepository, backups - done); i++)
                {
                    Saved saved = await BackupAsync(repository, project, settings.Seed + done + i, result, cancellationToken);
                    await CompareAsync(saved, files, result, cancellationToken);
                }
            });

            // Nobody writes now. What was taken for unchanged although it was not would show here.
            Saved last = await BackupAsync(repository, project, settings.Seed + done, result, cancellationToken);
            await CompareWithDiskAsync(last, files, result, cancellationToken);
            settings.Progress($"{result}");
        }
    }

    private sealed record Saved(IndexedRepository Repository, Dictionary<string, Node> Files, RecordedEvents Events);

    private static List<ChurningFile> Make(string project, Random random)
    {
        List<ChurningFile> files = [];
        for (int i = 0; i < Files; i++)
        {
            string folder = Path.Combine(project, $"folder{i % 5}");
            Directory.CreateDirectory(folder);
            ChurningFile file = new(Path.Combine(folder, $"asset{i}.uasset"), i, 1 + random.Next(LongestBlocks), (Saving)(i % 4));
            file.Save(random);
            files.Add(file);
        }

        return files;
    }

    /// <summary>Does something while writers save the files; they have stopped when it returns.</summary>
    private static async Task UnderChurnAsync(List<ChurningFile> files, string project, int seed, TrialResult result, Func<Task> work)
    {
        using CancellationTokenSource stop = new();
        Task[] writers =
        [
            .. Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(
                [.. files.Where((_, i) => i % Writers == writer)], new Random(seed + writer), result, stop.Token))),
            Task.Run(() => ComeAndGoAsync(Path.Combine(project, "temporary"), new Random(seed), result, stop.Token)),
        ];
        try
        {
            await work();
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }
    }

    /// <summary>Saves some files in a row, then rests for some milliseconds, as a person's tools do.</summary>
    private static async Task WriteAsync(ChurningFile[] files, Random random, TrialResult result, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            int burst = 1 + random.Next(12);
            for (int i = 0; i < burst && !stop.IsCancellationRequested; i++)
            {
                files[random.Next(files.Length)].Save(random);
                result.Add("savings by other threads");
            }

            await Task.Delay(random.Next(15), CancellationToken.None);
        }
    }

    /// <summary>Folders that come, are renamed and go with everything in them.</summary>
    private static async Task ComeAndGoAsync(string folder, Random random, TrialResult result, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Directory.CreateDirectory(Path.Combine(folder, "below"));
            for (int i = 0; i < 5; i++)
            {
                await File.WriteAllBytesAsync(Path.Combine(folder, "below", $"{i}.tmp"), new byte[random.Next(100_000)], CancellationToken.None);
            }

            await Task.Delay(random.Next(10), CancellationToken.None);
            if (random.Next(2) == 0)
            {
                Directory.Move(folder, folder + "2");
                Directory.Delete(folder + "2", recursive: true);
            }
            else
            {
                Directory.Delete(folder, recursive: true);
            }

            result.Add("folders that came and went");
        }
    }

    private static async Task<Saved> BackupAsync(OpenRepository repository, string project, int seed, TrialResult result, CancellationToken cancellationToken)
    {
        RecordedEvents events = new();
        BackupOptions options = new()
        {
            Targets = [DiskPath.FromText(project)],
            WorkingDirectory = DiskPath.FromText(project),
            Host = "host",
            ReadConcurrency = 8,
            ProofBytes = 4 << 20,
            Random = new Random(seed),
            Write = new WriteOptions { Compression = CompressionMode.Off },
        };
        BackupResult made = await BackupOperation.RunAsync(repository, options, new OperationCounters(), events, cancellationToken);
        result.Add("backups");
        result.Add("readings made again", events.Details.Count(text => text.Contains("reading it again", StringComparison.Ordinal)));
        if (events.Problems.FirstOrDefault(problem => problem.During == "verify") is { } lie)
        {
            throw new BrokenPromiseException($"an honest disk was called a liar: {lie.Item}: {lie.Message}");
        }

        IndexedRepository indexed = await repository.LoadIndexAsync(cancellationToken);
        Dictionary<string, Node> files = new(StringComparer.Ordinal);
        SavedSnapshot saved = await repository.LoadSnapshotAsync(made.Snapshot!.Value, cancellationToken);
        await ListOperation.RunAsync(indexed, saved.Snapshot, new ListOptions(), (path, node) =>
        {
            if (node.Type == NodeType.File)
            {
                files[path] = node;
            }
        }, cancellationToken);
        return new Saved(indexed, files, events);
    }

    private static async Task CompareAsync(Saved saved, List<ChurningFile> files, TrialResult result, CancellationToken cancellationToken)
    {
        foreach (ChurningFile file in files)
        {
            bool isNamed = saved.Events.Problems.Any(problem => problem.Item == file.Path);
            if (!saved.Files.TryGetValue(file.Path, out Node? node))
            {
                // A file that is renamed over is always there under its name.
                throw isNamed ? new BrokenPromiseException($"{file.Path} is not in the snapshot: {saved.Events.Problems.First(problem => problem.Item == file.Path).Message}")
                    : new BrokenPromiseException($"{file.Path} is not in the snapshot, and nothing was said");
            }

            byte[] content = await ContentAsync(saved.Repository, node, cancellationToken);
            if ((long)node.Size != content.Length)
            {
                throw new BrokenPromiseException($"{file.Path}: its node says {node.Size} bytes, its content has {content.Length}");
            }

            if (isNamed)
            {
                result.Add("files named as changed while they were read");
            }
            else if (file.WhyTorn(content) is { } reason)
            {
                throw new BrokenPromiseException($"{file.Path} is torn and was taken for whole: {reason}");
            }
            else
            {
                result.Add("files that are whole");
            }
        }
    }

    private static async Task CompareWithDiskAsync(Saved saved, List<ChurningFile> files, TrialResult result, CancellationToken cancellationToken)
    {
        if (saved.Events.Problems.Count > 0)
        {
            throw new BrokenPromiseException($"nobody writes, but {saved.Events.Problems[0].Item}: {saved.Events.Problems[0].Message}");
        }

        foreach (ChurningFile file in files)
        {
            byte[] content = await ContentAsync(saved.Repository, saved.Files[file.Path], cancellationToken);
            byte[] there = await File.ReadAllBytesAsync(file.Path, cancellationToken);
            if (!content.AsSpan().SequenceEqual(there))
            {
                throw new BrokenPromiseException($"{file.Path}: the last snapshot has not what is on the disk");
            }

            result.Add("files compared with the disk at rest");
        }
    }

    private static async Task<byte[]> ContentAsync(IndexedRepository repository, Node node, CancellationToken cancellationToken)
    {
        using MemoryStream content = new();
        foreach (BlobId id in node.Content!)
        {
            content.Write(await repository.LoadBlobAsync(new BlobHandle(id), cancellationToken));
        }

        return content.ToArray();
    }
}
