using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Backup.Tests.Archiving;

public sealed class ArchiverTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MemoryBackend _backend = new();

    private string Project => _folder["Town"];

    public void Dispose() => _folder.Dispose();

    private void MakeProject() => new TreeOnDisk()
        .File("Town.uproject", "{\"EngineAssociation\":\"5.7\"}")
        .File("Content/Big.uasset", SplitMix.Bytes(1, 3_000_000))
        .File("Content/Empty.uasset", "")
        .File("Content/Maps/Town.umap", "map")
        .File("Config/DefaultGame.ini", "[Core]")
        .WriteTo(Project);

    [Fact]
    public async Task A_second_push_adds_nothing_and_opens_no_file()
    {
        MakeProject();
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        BackupResult first = await SmallRepository.BackupAsync(repository, Project);
        FaultySource source = new();
        BackupResult second = await SmallRepository.BackupAsync(repository, Project, options => options with { FileSystem = source });

        Assert.True(first.IsComplete);
        Assert.Equal(5ul, first.Summary.FilesNew);
        Assert.Equal(first.Snapshot, second.Parent);
        Assert.Equal(5ul, second.Summary.FilesUnmodified);
        Assert.Equal((0L, 0L), (second.Summary.DataBlobs, second.Summary.FilesNew is 0 ? 0L : 1L));
        Assert.Empty(source.Opened);
    }

    [Fact]
    public async Task Only_what_changed_is_read()
    {
        MakeProject();
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        await SmallRepository.BackupAsync(repository, Project);
        File.WriteAllText(Path.Combine(Project, "Config", "DefaultGame.ini"), "[Core]\nchanged");
        FaultySource source = new();
        BackupResult second = await SmallRepository.BackupAsync(repository, Project, options => options with { FileSystem = source });

        Assert.Equal([Path.Combine(Project, "Config", "DefaultGame.ini")], source.Opened.Distinct());
        Assert.Equal((4ul, 1ul, 0ul), (second.Summary.FilesUnmodified, second.Summary.FilesChanged, second.Summary.FilesNew));
        Assert.Equal(1, second.Summary.DataBlobs);
    }

    [Fact]
    public async Task Parents_loaded_ahead_fit_their_folders_whatever_came_and_went_between_them()
    {
        TreeOnDisk tree = new();
        for (int i = 0; i < 60; i++)
        {
            tree.File($"Actors/{i:00}/a/one.uasset", $"one {i}").File($"Actors/{i:00}/two.uasset", $"two {i}").File($"Actors/{i:00}.txt", $"three {i}");
        }

        tree.WriteTo(Project);
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        await SmallRepository.BackupAsync(repository, Project);
        for (int i = 0; i < 60; i += 7)
        {
            Directory.Delete(Path.Combine(Project, "Actors", $"{i:00}"), recursive: true);
            File.Delete(Path.Combine(Project, "Actors", $"{i + 1:00}.txt"));
            Directory.CreateDirectory(Path.Combine(Project, "Actors", $"{i:00}+new"));
            File.WriteAllText(Path.Combine(Project, "Actors", $"{i:00}+new", "four.uasset"), $"four {i}");
        }

        FaultySource source = new();
        BackupResult second = await SmallRepository.BackupAsync(repository, Project, options => options with { FileSystem = source });
        Assert.Equal(((180 - 27UL), 9UL, 0UL), (second.Summary.FilesUnmodified, second.Summary.FilesNew, second.Summary.FilesChanged));
        Assert.All(source.Opened, path => Assert.EndsWith("four.uasset", path, StringComparison.Ordinal));
        BackupResult alone = await SmallRepository.BackupAsync(repository, Project, options => options with { Force = true });
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        Assert.Equal(await ProjectTreeAsync(repository, indexed, alone), await ProjectTreeAsync(repository, indexed, second));
    }

    [Fact]
    public async Task A_project_that_moved_is_an_increment_against_its_old_place()
    {
        MakeProject();
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        BackupResult first = await SmallRepository.BackupAsync(repository, Project);
        Directory.CreateDirectory(_folder["elsewhere"]);
        Directory.Move(Project, _folder["elsewhere", "Town"]);
        FaultySource source = new();
        BackupResult second = await SmallRepository.BackupAsync(repository, _folder["elsewhere", "Town"], options => options with { FileSystem = source });

        Assert.Equal(first.Snapshot, second.Parent);
        Assert.Equal(5ul, second.Summary.FilesUnmodified);
        Assert.Empty(source.Opened);
    }

    [Theory]
    [InlineData("Town", ".")]
    [InlineData("Town", "absolute")]
    [InlineData(".", "absolute")]
    [InlineData("absolute", "Town")]
    public async Task A_project_saved_in_another_form_is_an_increment(string firstForm, string secondForm)
    {
        MakeProject();
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        BackupResult first = await SmallRepository.BackupAsync(repository, Project, options => InForm(options, firstForm));
        FaultySource source = new();
        BackupResult second = await SmallRepository.BackupAsync(repository, Project, options => InForm(options, secondForm) with { FileSystem = source });

        Assert.Equal(first.Snapshot, second.Parent);
        Assert.Equal(5ul, second.Summary.FilesUnmodified);
        Assert.Empty(source.Opened);
    }

    [Fact]
    public async Task Another_project_of_the_same_folder_name_lends_nothing()
    {
        MakeProject();
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        await SmallRepository.BackupAsync(repository, Project);
        new TreeOnDisk().File("Other.uproject", "{}").File("Readme.txt", "other").WriteTo(_folder["elsewhere", "Town"]);
        BackupResult second = await SmallRepository.BackupAsync(repository, _folder["elsewhere", "Town"]);
        Assert.Null(second.Parent);
    }

    [Fact]
    public async Task Files_that_cannot_be_read_are_named_and_the_rest_is_saved()
    {
        MakeProject();
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        RecordedEvents events = new();
        FaultySource source = new()
        {
            BeforeOpen = path =>
            {
                if (path.ToString().EndsWith(".umap", StringComparison.Ordinal))
                {
                    throw new SourceException(SourceErrorKind.Locked, "open", path, "another program keeps it to itself");
                }
            },
            BeforeList = path =>
            {
                if (path.ToString().EndsWith("Config", StringComparison.Ordinal))
                {
                    throw new SourceException(SourceErrorKind.Denied, "open", path, "permission denied");
                }
            },
        };
        BackupResult result = await SmallRepository.BackupAsync(repository, Project, options => options with { FileSystem = source }, events);

        Assert.False(result.IsComplete);
        Assert.NotNull(result.Snapshot);
        Assert.Equal(2, result.Problems);
        Assert.Contains(events.Problems, problem => problem.Item.EndsWith("Town.umap", StringComparison.Ordinal) && problem.Message.Contains("another program", StringComparison.Ordinal));
        Assert.Contains(events.Problems, problem => problem.Item.EndsWith("Config", StringComparison.Ordinal));
        Assert.Equal(["Content", "Content/Big.uasset", "Content/Empty.uasset", "Content/Maps", "Town.uproject"], await PathsAsync(repository, result));
    }

    [Fact]
    public async Task A_file_that_changes_each_time_it_is_read_is_saved_as_read_last_and_named()
    {
        MakeProject();
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        RecordedEvents events = new();
        FaultySource source = new()
        {
            WhileReading = path =>
            {
                if (path.ToString().EndsWith("Big.uasset", StringComparison.Ordinal))
                {
                    File.AppendAllText(path.ToString(), "more");
                }
            },
        };
        BackupResult result = await SmallRepository.BackupAsync(repository, Project, options => options with { FileSystem = source, Write = new WriteOptions { Time = new HurriedTime() } }, events);

        Assert.Equal(1, result.Problems);
        Assert.Contains("changed while it was read", events.Problems[0].Message, StringComparison.Ordinal);
        Node big = await NodeAsync(repository, result, "Content", "Big.uasset");
        Assert.Equal(3_000_012ul, big.Size);
    }

    [Fact]
    public async Task A_file_that_is_gone_when_its_turn_comes_is_only_a_line()
    {
        MakeProject();
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        RecordedEvents events = new();
        FaultySource source = new() { BeforeOpen = path => File.Delete(path.ToString()) };
        BackupResult result = await SmallRepository.BackupAsync(repository, Project, options => options with { FileSystem = source }, events);
        Assert.True(result.IsComplete);
        Assert.Contains(events.Messages, text => text.StartsWith("5 files and folders were removed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_parent_whose_tree_is_damaged_is_named_and_everything_is_read()
    {
        MakeProject();
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        await SmallRepository.BackupAsync(repository, Project);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        foreach (PackId pack in indexed.Index.Packs)
        {
            byte[] content = await _backend.LoadAsync(FileHandle.Of(pack), long.MaxValue, CancellationToken.None);
            content[40] ^= 1;
            await _backend.SaveAsync(FileHandle.Of(pack), content, CancellationToken.None);
        }

        RecordedEvents events = new();
        BackupResult second = await SmallRepository.BackupAsync(repository, Project, null, events);
        Assert.NotNull(second.Snapshot);
        Assert.Equal(5ul, second.Summary.TotalFilesProcessed);
    }

    [Fact]
    public async Task Cancelling_leaves_no_snapshot_and_the_next_run_completes()
    {
        MakeProject();
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        using CancellationTokenSource stop = new();
        FaultySource source = new() { WhileReading = _ => stop.Cancel() };
        BackupOptions options = new()
        {
            Targets = [DiskPath.FromText(Project)],
            WorkingDirectory = DiskPath.FromText(_folder.Path),
            Host = "host",
            FileSystem = source,
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => BackupOperation.RunAsync(repository, options, new OperationCounters(), SilentEvents.Instance, stop.Token));
        Assert.Empty((await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots);

        BackupResult next = await SmallRepository.BackupAsync(repository, Project);
        Assert.True(next.IsComplete);
        Assert.Equal(0, (await CheckAsync(repository)).Errors);
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_an_error_and_one_of_two_a_problem()
    {
        MakeProject();
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        RepositoryException error = await Assert.ThrowsAsync<RepositoryException>(() => SmallRepository.BackupAsync(repository, _folder["nowhere"]));
        Assert.Equal(RepositoryErrorKind.InvalidRequest, error.Kind);

        BackupResult result = await SmallRepository.BackupAsync(
            repository, Project, options => options with { Targets = [.. options.Targets, DiskPath.FromText(_folder["nowhere"])] });
        Assert.Equal(1, result.Problems);
        Assert.NotNull(result.Snapshot);
    }

    [Fact]
    public async Task A_dry_run_and_an_unchanged_run_that_is_to_be_skipped_make_no_snapshot()
    {
        MakeProject();
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        using OpenRepository pretending = await SmallRepository.OpenAsync(new DryRunBackend(_backend));
        Assert.Null((await SmallRepository.BackupAsync(pretending, Project, options => options with { DryRun = true })).Snapshot);
        Assert.Empty((await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots);

        // Relative, so that nothing above the project, which others change, is part of the tree.
        await SmallRepository.BackupAsync(repository, Project, options => InForm(options, "Town"));
        Assert.Null((await SmallRepository.BackupAsync(repository, Project, options => InForm(options, "Town") with { SkipIfUnchanged = true })).Snapshot);
        Assert.Single((await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots);
    }

    [Fact]
    public async Task A_storage_that_fails_at_any_call_makes_no_snapshot_and_leaves_the_repository_whole()
    {
        MakeProject();
        for (int call = 0; ; call++)
        {
            MemoryBackend memory = new();
            using (OpenRepository whole = await SmallRepository.CreateAsync(memory))
            {
            }

            FaultyBackend faulty = new(memory, FaultMoment.Before);
            bool saved = true;
            using (OpenRepository repository = await SmallRepository.OpenAsync(faulty))
            {
                faulty.FailNth(call + 1, sticky: true);
                try
                {
                    await SmallRepository.BackupAsync(repository, Project);
                }
                catch (RepositoryException)
                {
                    saved = false;
                }
            }

            using OpenRepository after = await SmallRepository.OpenAsync(memory);
            Assert.Equal(saved ? 1 : 0, (await after.LoadSnapshotsAsync(CancellationToken.None)).Snapshots.Count);
            Assert.Equal(0, (await CheckAsync(after)).Errors);
            RecordedEvents events = new();
            await SmallRepository.BackupAsync(after, Project, null, events);
            Assert.Empty(events.Problems);
            if (saved)
            {
                Assert.True(call > 4);
                return;
            }
        }
    }

    private static async Task<Restic.Maintenance.CheckReport> CheckAsync(OpenRepository repository) => await CheckOperation.RunAsync(
        repository, new CheckOptions { ReadData = new ReadDataSubset(ReadDataMode.All) }, new OperationCounters(), SilentEvents.Instance, CancellationToken.None);

    private BackupOptions InForm(BackupOptions options, string form) => form switch
    {
        "absolute" => options,
        "." => options with { Targets = [DiskPath.FromText(".")], WorkingDirectory = DiskPath.FromText(Project) },
        _ => options with { Targets = [DiskPath.FromText(form)], WorkingDirectory = DiskPath.FromText(_folder.Path) },
    };

    /// <summary>All paths below the project folder in a snapshot.</summary>
    private async Task<List<string>> PathsAsync(OpenRepository repository, BackupResult result)
    {
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        List<string> paths = [];
        Stack<(TreeId Tree, string Path)> open = new([(await ProjectTreeAsync(repository, indexed, result), "")]);
        while (open.TryPop(out (TreeId Tree, string Path) next))
        {
            foreach (Node node in await indexed.LoadTreeAsync(next.Tree, CancellationToken.None))
            {
                string path = next.Path + PathText.ToText(node.Name);
                paths.Add(path);
                if (node.Subtree is { } subtree)
                {
                    open.Push((subtree, path + "/"));
                }
            }
        }

        paths.Sort(StringComparer.Ordinal);
        return paths;
    }

    private async Task<Node> NodeAsync(OpenRepository repository, BackupResult result, params string[] path)
    {
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        TreeId tree = await ProjectTreeAsync(repository, indexed, result);
        foreach (string part in path[..^1])
        {
            tree = (await indexed.LoadTreeAsync(tree, CancellationToken.None)).Single(node => PathText.ToText(node.Name) == part).Subtree!.Value;
        }

        return (await indexed.LoadTreeAsync(tree, CancellationToken.None)).Single(node => PathText.ToText(node.Name) == path[^1]);
    }

    private async Task<TreeId> ProjectTreeAsync(OpenRepository repository, IndexedRepository indexed, BackupResult result)
    {
        TreeId tree = (await repository.LoadSnapshotAsync(result.Snapshot!.Value, CancellationToken.None)).Snapshot.Tree;
        foreach (byte[] part in DiskPaths.SnapshotComponents(DiskPath.FromText(Project)))
        {
            tree = (await indexed.LoadTreeAsync(tree, CancellationToken.None)).Single(node => node.Name.AsSpan().SequenceEqual(part)).Subtree!.Value;
        }

        return tree;
    }
}
