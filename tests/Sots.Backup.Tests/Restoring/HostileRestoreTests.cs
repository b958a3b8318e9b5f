using Sots.Backup.Operations;
using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Testing;
using Forge = Sots.Backup.Tests.Restoring.RestoreFixture.Forge;

namespace Sots.Backup.Tests.Restoring;

/// <summary>Repositories that somebody made to do harm, and repositories that were damaged: the good rest is restored, nothing else is touched.</summary>
public sealed class HostileRestoreTests : IDisposable
{
    private readonly RestoreFixture _all = new();

    public void Dispose() => _all.Dispose();

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("../escaped")]
    [InlineData("/escaped")]
    [InlineData("a/b")]
    [InlineData(@"nul\\x00byte")]
    public async Task A_name_that_is_no_name_is_refused_and_nothing_is_deleted_beside_it(string name)
    {
        Snapshot snapshot = await _all.ForgeAsync(async forge => await forge.RawTreeAsync(
            await forge.FileAsync(name, "evil"), await forge.FileAsync("good", "good"), Forge.Directory(name, await forge.RawTreeAsync())));
        Directory.CreateDirectory(_all.Target);
        File.WriteAllText(Path.Combine(_all.Target, "mine"), "");

        RestoreResult result = await _all.RestoreAsync(snapshot, options => options with { Delete = true });
        Assert.Equal(2, result.Problems);
        Assert.Equal(["good", "mine"], Names());
        Assert.Equal(["target"], Directory.GetFileSystemEntries(_all[""]).Select(Path.GetFileName).Where(entry => entry != "source"));
    }

    [Fact]
    public async Task Of_two_entries_with_one_name_the_second_is_refused_and_a_link_is_never_followed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        Directory.CreateDirectory(_all["outside"]);
        Snapshot snapshot = await _all.ForgeAsync(async forge =>
        {
            TreeId inner = await forge.RawTreeAsync(await forge.FileAsync("f", "evil"));
            return await forge.RawTreeAsync(
                Forge.Symlink("a", _all["outside"]), Forge.Directory("a", inner),
                Forge.Directory("b", inner), Forge.Symlink("b", _all["outside"]),
                await forge.FileAsync("c", "first"), await forge.FileAsync("c", "second"));
        });
        RestoreResult result = await _all.RestoreAsync(snapshot);
        Assert.Equal(3, result.Problems);
        Assert.Empty(Directory.GetFileSystemEntries(_all["outside"]));
        Assert.Equal("first", File.ReadAllText(Path.Combine(_all.Target, "c")));
        Assert.Equal(_all["outside"], new FileInfo(Path.Combine(_all.Target, "a")).LinkTarget);
    }

    [Fact]
    public async Task Links_in_the_target_are_replaced_and_never_followed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        string outside = _all["outside"];
        Directory.CreateDirectory(outside);
        File.WriteAllText(Path.Combine(outside, "f"), "precious");
        _all.WriteSource("d/f", 1, 10);
        _all.WriteSource("leaf", 2, 10);
        Snapshot snapshot = await _all.BackUpAsync();
        Directory.CreateDirectory(_all.Target);
        File.CreateSymbolicLink(Path.Combine(_all.Target, "d"), outside);
        File.CreateSymbolicLink(Path.Combine(_all.Target, "leaf"), Path.Combine(outside, "f"));

        RestoreResult result = await _all.RestoreAsync(snapshot, options => options with { Verify = true });
        Assert.Equal((0, 2), (result.Problems, result.FilesVerified));
        Assert.Equal("precious", File.ReadAllText(Path.Combine(outside, "f")));
        Assert.Empty(TreeComparison.Differences(_all.Source, _all.Target));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(14)]
    [InlineData(1L << 40)]
    [InlineData(1L << 62)]
    public async Task A_file_whose_size_is_a_lie_is_refused_before_anything_is_made(long size)
    {
        Snapshot snapshot = await _all.ForgeAsync(async forge => await forge.RawTreeAsync(
            Forge.File("liar", size, "", await forge.BlobAsync("thirteen byte")), await forge.FileAsync("good", "good")));
        RestoreResult result = await _all.RestoreAsync(snapshot);
        Assert.Equal((1, 4), (result.Problems, result.TotalBytes));
        Assert.Equal(["good"], Names());
    }

    [Fact]
    public async Task Missing_content_costs_only_the_files_it_belongs_to()
    {
        Snapshot snapshot = await _all.ForgeAsync(async forge => await forge.RawTreeAsync(
            Forge.File("a", 8, "", await forge.BlobAsync("half"), new BlobId(ContentId.Of("gone"u8))),
            await forge.FileAsync("b", "half"),
            Forge.Directory("c", new TreeId(ContentId.Of("gone too"u8))),
            await forge.FileAsync("d", "whole")));
        Directory.CreateDirectory(Path.Combine(_all.Target, "c"));
        File.WriteAllText(Path.Combine(_all.Target, "c", "mine"), "");

        RestoreResult result = await _all.RestoreAsync(snapshot, options => options with { Delete = true });
        Assert.Equal(2, result.Problems);
        Assert.Equal(["b", "c", "c/mine", "d"], Names());
    }

    [Fact]
    public async Task Damaged_content_costs_only_the_files_it_belongs_to_and_what_was_there_stays()
    {
        byte[] good = _all.WriteSource("good", 1, 1_000_000);
        byte[] bad = _all.WriteSource("bad", 2, 1_000_000);
        Snapshot snapshot = await _all.BackUpAsync();
        await DamageAsync(bad);
        Directory.CreateDirectory(_all.Target);
        File.WriteAllText(Path.Combine(_all.Target, "bad"), "what was there");

        RestoreResult result = await _all.RestoreAsync(snapshot);
        Assert.Equal(1, result.Problems);
        Assert.Equal(good, File.ReadAllBytes(Path.Combine(_all.Target, "good")));
        Assert.Equal("what was there", File.ReadAllText(Path.Combine(_all.Target, "bad")));
        Assert.Empty(_all.TemporaryFiles());
    }

    [Fact]
    public async Task A_patch_whose_content_cannot_be_had_never_leaves_the_right_size_and_time()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        byte[] content = _all.WriteSource("f", 2, 4_000_000);
        Snapshot snapshot = await _all.BackUpAsync();
        await _all.RestoreAsync(snapshot);
        string file = Path.Combine(_all.Target, "f");
        byte[] other = [.. content];
        other[0] ^= 1;
        other[^1] ^= 1;
        File.WriteAllBytes(file, other);
        using (System.Diagnostics.Process touch = System.Diagnostics.Process.Start("touch", ["-r", Path.Combine(_all.Source, "f"), file]))
        {
            await touch.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await DamageAsync(content);
        RestoreResult result = await _all.RestoreAsync(snapshot);
        Assert.Equal(1, result.Problems);
        Assert.Contains("the file that was there", _all.Events.Problems.Single().Message, StringComparison.Ordinal);
        if (!File.ReadAllBytes(file).AsSpan().SequenceEqual(other))
        {
            Assert.NotEqual(File.GetLastWriteTimeUtc(Path.Combine(_all.Source, "f")), File.GetLastWriteTimeUtc(file));
        }
    }

    [Fact]
    public async Task A_chain_of_three_thousand_folders_is_restored_and_one_beyond_the_limit_cut()
    {
        const int levels = 3000;
        TreeId deep = default;
        Snapshot tooDeep = await _all.ForgeAsync(async forge =>
        {
            TreeId tree = await forge.RawTreeAsync(await forge.FileAsync("leaf", "deep down"));
            for (int i = 1; i < Limits.TreeDepth + 10; i++)
            {
                tree = await forge.RawTreeAsync(Forge.Directory("d", tree));
                deep = i == levels ? tree : deep;
            }

            return tree;
        });
        RestoreResult result = await _all.RestoreAsync(tooDeep with { Tree = deep }, options => options with { Verify = true, Delete = true });
        Assert.Equal((levels + 1, levels + 1, 1, 0), (result.TotalEntries, result.EntriesRestored, result.FilesVerified, result.Problems));

        RestoreResult cut = await _all.RestoreAsync(
            tooDeep, options => options with { DryRun = true, Target = DiskPath.FromText(_all["elsewhere"]) });
        Assert.Equal((1, 0), (cut.Problems, cut.EntriesSkipped));
        Assert.InRange(cut.TotalEntries, 0, Limits.TreeDepth);
    }

    [Fact]
    public async Task Trees_that_name_each_other_to_any_number_of_paths_are_given_up()
    {
        Snapshot snapshot = await _all.ForgeAsync(async forge =>
        {
            TreeId tree = await forge.RawTreeAsync();
            for (int i = 0; i < 40; i++)
            {
                tree = await forge.RawTreeAsync(Forge.Directory("a", tree), Forge.Directory("b", tree));
            }

            return tree;
        });
        IndexedRepository indexed = await _all.Repository.LoadIndexAsync(TestContext.Current.CancellationToken);
        RestorePlanner planner = new(
            indexed, new RestoreOptions { Target = DiskPath.FromText(_all.Target) }, PathRules.Posix, null, (_, _) => { }, budget: new PathBudget(5000));
        RepositoryException error = await Assert.ThrowsAsync<RepositoryException>(() => planner.PlanAsync(snapshot, TestContext.Current.CancellationToken));
        Assert.Equal(RepositoryErrorKind.LimitExceeded, error.Kind);
    }

    [Theory]
    [InlineData("CON")]
    [InlineData("nul.txt")]
    [InlineData("a:stream")]
    [InlineData("dot.")]
    [InlineData("space ")]
    [InlineData(@"back\\\\slash")]
    [InlineData("GOOD")]
    public async Task What_Windows_cannot_keep_is_refused_there(string name)
    {
        Snapshot snapshot = await _all.ForgeAsync(async forge => await forge.RawTreeAsync(
            await forge.FileAsync("good", "good"), await forge.FileAsync(name, "evil")));
        IndexedRepository indexed = await _all.Repository.LoadIndexAsync(TestContext.Current.CancellationToken);
        List<string> problems = [];
        RestorePlanner planner = new(
            indexed, new RestoreOptions { Target = DiskPath.FromText(_all.Target) }, PathRules.Windows, null, (path, _) => problems.Add(path));
        RestorePlan plan = await planner.PlanAsync(snapshot, TestContext.Current.CancellationToken);
        Assert.Single(problems);
        Assert.Equal("/good", Assert.Single(plan.Files).ToString());
        Assert.False(plan.Directories[0].IsExact);
    }

    [Fact]
    public async Task Unknown_kinds_are_reported_and_sockets_passed_over()
    {
        Snapshot snapshot = await _all.ForgeAsync(async forge => await forge.RawTreeAsync(
            (await forge.FileAsync("a", "")).Replace("\"file\"", "\"wormhole\"", StringComparison.Ordinal),
            (await forge.FileAsync("b", "")).Replace("\"file\"", "\"socket\"", StringComparison.Ordinal)));
        RestoreResult result = await _all.RestoreAsync(snapshot);
        Assert.Equal((1, 0), (result.Problems, result.TotalEntries));
    }

    [Fact]
    public async Task Files_that_only_claim_to_be_one_are_restored_each_with_its_own_content()
    {
        Snapshot snapshot = await _all.ForgeAsync(async forge => await forge.RawTreeAsync(
            await forge.FileAsync("a", "one", "\"links\":2,\"inode\":7,\"device_id\":9,"),
            await forge.FileAsync("b", "other", "\"links\":2,\"inode\":7,\"device_id\":9,")));
        await _all.RestoreAsync(snapshot);
        Assert.Equal("one", File.ReadAllText(Path.Combine(_all.Target, "a")));
        Assert.Equal("other", File.ReadAllText(Path.Combine(_all.Target, "b")));
    }

    /// <summary>Flips a bit in the stored form of the last blob of a content.</summary>
    private async Task DamageAsync(byte[] content)
    {
        IndexedRepository indexed = await _all.Repository.LoadIndexAsync(TestContext.Current.CancellationToken);
        foreach ((PackId pack, List<Sots.Restic.Packs.PackedBlob> blobs) in indexed.Index.ByPack())
        {
            foreach (Sots.Restic.Packs.PackedBlob blob in blobs.Where(blob => blob.Type == BlobType.Data))
            {
                byte[] plain = await indexed.LoadBlobAsync(blob.Handle, TestContext.Current.CancellationToken);
                if (content.AsSpan().EndsWith(plain))
                {
                    byte[] stored = await _all.Backend.LoadAsync(FileHandle.Of(pack), long.MaxValue, TestContext.Current.CancellationToken);
                    stored[blob.Offset + (blob.Length / 2)] ^= 1;
                    await _all.Backend.SaveAsync(FileHandle.Of(pack), stored, TestContext.Current.CancellationToken);
                    return;
                }
            }
        }

        Assert.Fail("the content is not in the repository");
    }

    private IEnumerable<string> Names() => Directory.EnumerateFileSystemEntries(_all.Target, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(_all.Target, path).Replace('\\', '/')).Order(StringComparer.Ordinal);
}
