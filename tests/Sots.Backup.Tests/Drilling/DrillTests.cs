using Sots.Backup.Drilling;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Backup.Tests.Drilling;

/// <summary>Files are got back to see that it can be done, and nothing of them stays.</summary>
public sealed class DrillTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Project => _folder["Town"];

    private string Place => _folder["place"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Random_files_come_back_whole_and_are_gone_afterwards()
    {
        LyingBackend storage = await WithSnapshotsAsync();
        DrillResult result = await DrillAsync(storage, options => options);
        Assert.True(result.IsProof);
        Assert.Equal((3, 12), (result.Snapshots, result.Files));
        Assert.Equal(result.Files, result.WholeFiles);
        Assert.True(result.ComparedFiles > 0);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Place));
    }

    [Fact]
    public async Task No_more_is_restored_than_was_asked_for()
    {
        LyingBackend storage = await WithSnapshotsAsync();
        DrillResult few = await DrillAsync(storage, options => options with { Files = 3, Snapshots = 2 });
        Assert.Equal((2, 3), (few.Snapshots, few.Files));
        DrillResult small = await DrillAsync(storage, options => options with { MaxBytes = 10_000 });
        Assert.InRange(small.Bytes, 1, 10_000);
        Assert.True(small.TooLarge > 0);
    }

    [Fact]
    public async Task The_same_chance_chooses_the_same_files()
    {
        LyingBackend storage = await WithSnapshotsAsync();
        using OpenRepository repository = await SmallRepository.OpenAsync(storage);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        SnapshotListing listing = await repository.LoadSnapshotsAsync(CancellationToken.None);
        async Task<string[]> Choose(int seed) =>
        [
            .. (await new DrillChoice(indexed, new Random(seed), static (_, _) => { })
                .ChooseAsync(listing.Snapshots[0].Snapshot.Tree, 3, long.MaxValue, long.MaxValue, CancellationToken.None)).Select(file => PathText.ToText(file.Path)),
        ];
        Assert.Equal(await Choose(7), await Choose(7));
        Assert.True(Enumerable.Range(0, 20).Select(seed => string.Join(' ', Choose(seed).GetAwaiter().GetResult())).Distinct().Count() > 5);
    }

    [Fact]
    public async Task A_file_that_does_not_come_back_is_named_and_the_others_are_whole()
    {
        LyingBackend storage = await WithSnapshotsAsync();
        storage.FlipsWhenRead = static (file, _) => file.Type == FileType.Pack ? 8 * 40 : -1;
        RecordedEvents events = new();
        DrillResult result = await DrillAsync(storage, options => options, events);
        Assert.False(result.IsProof);
        Assert.Equal(result.Problems, events.Problems.Count);
        Assert.NotEmpty(events.Problems);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Place));
    }

    [Fact]
    public async Task A_file_that_differs_from_the_disk_though_it_looks_unchanged_is_named()
    {
        LyingBackend storage = await WithSnapshotsAsync();
        Archiving.FaultySource disk = new() { FlipsBytes = true };
        RecordedEvents events = new();
        DrillResult result = await DrillAsync(storage, options => options with { Disk = disk }, events);
        Assert.Equal(result.WholeFiles, result.Files);
        Assert.False(result.IsProof);
        Assert.All(events.Problems, problem => Assert.Contains("not what is on the disk", problem.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_drill_that_is_cancelled_leaves_nothing_behind()
    {
        LyingBackend storage = await WithSnapshotsAsync();
        for (int reading = 1; ; reading += 3)
        {
            using CancellationTokenSource stop = new();
            int left = reading;
            storage.Reading = _ =>
            {
                if (--left == 0)
                {
                    stop.Cancel();
                }
            };
            try
            {
                await DrillAsync(storage, options => options, cancellationToken: stop.Token);
                Assert.True(reading > 10);
                break;
            }
            catch (OperationCanceledException)
            {
                Assert.Empty(Directory.EnumerateFileSystemEntries(Place));
            }
        }
    }

    [Fact]
    public async Task Without_a_snapshot_there_is_nothing_to_prove()
    {
        MemoryBackend storage = new();
        using (OpenRepository repository = await SmallRepository.CreateAsync(storage))
        {
        }

        RepositoryException error = await Assert.ThrowsAsync<RepositoryException>(() => DrillAsync(new LyingBackend(storage), options => options));
        Assert.Equal(RepositoryErrorKind.InvalidRequest, error.Kind);
    }

    /// <summary>Three snapshots of a project of five files, of which one changes.</summary>
    private async Task<LyingBackend> WithSnapshotsAsync()
    {
        Directory.CreateDirectory(Place);
        new TreeOnDisk().File("Town.uproject", "{}").File("Content/Big.uasset", SplitMix.Bytes(1, 900_000)).File("Content/Maps/Town.umap", SplitMix.Bytes(2, 4000))
            .File("Content/Empty.uasset", "").File("Config/Game.ini", "[Core]").WriteTo(Project);
        MemoryBackend storage = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(storage);
        for (int i = 0; i < 3; i++)
        {
            File.WriteAllText(Path.Combine(Project, "Config", "Game.ini"), $"[Core]\nnumber={i}");
            await SmallRepository.BackupAsync(repository, Project);
        }

        return new LyingBackend(storage);
    }

    private async Task<DrillResult> DrillAsync(
        LyingBackend storage, Func<DrillOptions, DrillOptions> change, RecordedEvents? events = null, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(Place);
        using OpenRepository repository = await SmallRepository.OpenAsync(storage);
        DrillOptions options = new() { Folder = DiskPath.FromText(Place), Files = 12, Random = new Random(3), Host = "host" };
        return await DrillOperation.RunAsync(
            await repository.LoadIndexAsync(cancellationToken), await repository.LoadSnapshotsAsync(cancellationToken), change(options), new OperationCounters(),
            events ?? new RecordedEvents(), cancellationToken);
    }
}
