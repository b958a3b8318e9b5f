using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Testing;

namespace Sots.Reliability.Scenarios;

/// <summary>Restoring into a new folder.</summary>
internal class RestoreScenario : Scenario
{
    /// <summary>The bytes that every file must have.</summary>
    private Dictionary<string, byte[]> _expected = [];

    public override string Name => "restore";

    public override IReadOnlyList<Seam> OtherSeams => [Seam.Target];

    /// <summary>What the snapshot holds, as a folder.</summary>
    protected static string Reference(World world) => Path.Combine(world.Work, "expected");

    public override async Task PrepareAsync(World world)
    {
        await base.PrepareAsync(world);
        await PushScenario.SaveAsync(world);
        _expected = world.Files.All.ToDictionary(static file => file.Path, static file => file.Content);
        await RestoreAsync(world, new SimulatedProcess(world), Reference(world), TargetFileSystem.Current);
        IReadOnlyList<string> differences = TreeComparison.Differences(world.ProjectFolder, Reference(world));
        Promise(differences.Count == 0, $"a restore without faults is not the project: {string.Join("; ", differences)}");
    }

    public override Task ResetAsync(World world)
    {
        if (Directory.Exists(world.TargetFolder))
        {
            Directory.Delete(world.TargetFolder, recursive: true);
        }

        return Task.CompletedTask;
    }

    public override Task<bool> RunAsync(World world, SimulatedProcess process) => RestoreAsync(world, process, world.TargetFolder, process.Target);

    public override Task FinishedAsync(World world)
    {
        IReadOnlyList<string> differences = TreeComparison.Differences(Reference(world), world.TargetFolder);
        Promise(differences.Count == 0, $"what was restored is not what was saved: {string.Join("; ", differences.Take(3))}");
        return Task.CompletedTask;
    }

    public override Task InterruptedAsync(World world, bool goBack)
    {
        if (Directory.Exists(world.TargetFolder))
        {
            foreach (string path in Directory.EnumerateFiles(world.TargetFolder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
            {
                string below = Path.GetRelativePath(world.TargetFolder, path).Replace('\\', '/');
                if (!TargetDirectory.IsTemporaryName(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(path))))
                {
                    JudgeFile(below, File.ReadAllBytes(path), _expected.GetValueOrDefault(below));
                }
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>A file that lies under its name after a restore that was cut off.</summary>
    protected virtual void JudgeFile(string path, byte[] content, byte[]? expected) =>
        Promise(expected is not null && content.AsSpan().SequenceEqual(expected), $"{path} lies under its name with {content.Length} bytes that are not the file's");

    private static async Task<bool> RestoreAsync(World world, SimulatedProcess process, string target, TargetFileSystem writer)
    {
        RestoreResult result = await process.WithRepositoryAsync(exclusive: false, async (repository, _) =>
        {
            SavedSnapshot newest = await NewestAsync(repository);
            IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
            RestoreOptions options = new()
            {
                Target = DiskPath.FromText(target),
                Subpath = newest.Snapshot.Paths![0],
                FileSystem = writer,
                Delete = true,
            };
            return await RestoreOperation.RunAsync(indexed, newest.Snapshot, options, new OperationCounters(), process.Events, CancellationToken.None);
        });
        return result.Problems == 0;
    }
}

/// <summary>Restoring over what is there already: files that share content are patched, others replaced, surplus ones removed.</summary>
internal sealed class RestoreOverScenario : RestoreScenario
{
    private List<(string Path, byte[] Content)> _before = [];

    public override string Name => "restore-over";

    public override async Task PrepareAsync(World world)
    {
        await base.PrepareAsync(world);
        ProjectFiles others = ProjectFiles.Start(new Random(7), 3);
        _before = [.. others.All, .. world.Files.All.Select(static (file, i) => (file.Path, i % 3 == 0 ? file.Content : [.. file.Content, 1, 2, 3]))];
    }

    public override async Task ResetAsync(World world)
    {
        await base.ResetAsync(world);
        TreeOnDisk tree = new();
        foreach ((string path, byte[] content) in _before.DistinctBy(static file => file.Path))
        {
            tree.File(path, content);
        }

        tree.WriteTo(world.TargetFolder);
    }

    protected override void JudgeFile(string path, byte[] content, byte[]? expected)
    {
        // A file that is patched may be between its two states; it does not have its time yet, and the next restore completes it.
    }
}
