using Sots.Backup.Operations;
using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Testing;

namespace Sots.Backup.Tests.Restoring;

/// <summary>Which part of a snapshot is restored, and what is removed.</summary>
public sealed class RestoreSelectionTests : IDisposable
{
    private readonly RestoreFixture _all = new();

    public void Dispose() => _all.Dispose();

    [Theory]
    [InlineData("", "a/b/x a/y z")]
    [InlineData("a", "b/x y")]
    [InlineData("/a/b/", "x")]
    [InlineData("a/y", "y")]
    public async Task A_part_is_restored_without_the_folders_above_it(string part, string expected)
    {
        Snapshot snapshot = await SaveAsync("a/b/x", "a/y", "z");
        RestoreResult result = await _all.RestoreAsync(snapshot, options => options with { Subpath = part, Delete = true });
        Assert.Equal(0, result.Problems);
        Assert.Equal(expected, Files());
    }

    [Theory]
    [InlineData("c")]
    [InlineData("a/y/z")]
    [InlineData("A")]
    public async Task A_part_that_is_not_there_is_an_error_and_nothing_is_made(string part)
    {
        Snapshot snapshot = await SaveAsync("a/y");
        RepositoryException error = await Assert.ThrowsAsync<RepositoryException>(() => _all.RestoreAsync(snapshot, options => options with { Subpath = part }));
        Assert.Equal(RepositoryErrorKind.InvalidRequest, error.Kind);
        Assert.False(Directory.Exists(_all.Target));
    }

    [Theory]
    [InlineData("--include", "/a/b", "a/b/x a/b/y")]
    [InlineData("--include", "*.uasset", "d/e/f.uasset")]
    [InlineData("--exclude", "a", "d/e/f.uasset z")]
    [InlineData("--exclude", "/a/b/x", "a/b/y d/e/f.uasset z")]
    public async Task A_filter_decides_what_is_restored_and_folders_above_it_are_made(string option, string pattern, string expected)
    {
        Snapshot snapshot = await SaveAsync("a/b/x", "a/b/y", "d/e/f.uasset", "z");
        RestoreFilter filter = PatternRestoreFilter.Create(
            option == "--include" ? new RestorePatterns { Include = [pattern] } : new RestorePatterns { Exclude = [pattern] });
        RestoreResult result = await _all.RestoreAsync(snapshot, options => options with { Filter = filter });
        Assert.Equal(expected, Files());
        Assert.Equal(result.TotalEntries, result.EntriesRestored);
        Assert.DoesNotContain(
            TreeComparison.Differences(_all.Source, _all.Target), difference => !difference.EndsWith("only in the first", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/a/nothing", true)]
    [InlineData("/a", false)]
    public async Task A_filter_that_nothing_matches_is_said_in_words(string pattern, bool isSaid)
    {
        Snapshot snapshot = await SaveAsync("a/b");
        RestoreFilter filter = PatternRestoreFilter.Create(new RestorePatterns { Include = [pattern] });
        await _all.RestoreAsync(snapshot, options => options with { Filter = filter });
        Assert.Equal(isSaid, _all.Events.Messages.Any(message => message.Contains("nothing in the snapshot matches", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Surplus_is_removed_only_where_that_is_asked_for()
    {
        Snapshot snapshot = await SaveAsync("a/x");
        Mine("a/mine", "mine/deep/down", "top");
        await _all.RestoreAsync(snapshot);
        Assert.Equal("a/mine a/x mine/deep/down top", Files());
        RestoreResult result = await _all.RestoreAsync(snapshot, options => options with { Delete = true });
        Assert.Equal("a/x", Files());
        Assert.Equal(5, result.EntriesDeleted);
    }

    [Fact]
    public async Task Surplus_that_a_filter_leaves_out_stays_with_the_folders_it_lies_in()
    {
        Snapshot snapshot = await SaveAsync("a/x", "b/y");
        Mine("a/mine.tmp", "a/mine", "folder/deep/keep.tmp", "folder/deep/gone", "folder/gone/gone", "b/mine");
        RestoreFilter filter = PatternRestoreFilter.Create(new RestorePatterns { Exclude = ["*.tmp", "/b"] });
        RestoreResult result = await _all.RestoreAsync(snapshot, options => options with { Delete = true, Filter = filter });
        Assert.Equal("a/mine.tmp a/x b/mine folder/deep/keep.tmp", Files());
        Assert.Equal((4, 0), (result.EntriesDeleted, result.Problems));
    }

    [Fact]
    public async Task A_link_that_is_surplus_is_removed_and_not_what_it_leads_to()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        Snapshot snapshot = await SaveAsync("a/x");
        Directory.CreateDirectory(_all["outside"]);
        File.WriteAllText(_all["outside", "f"], "");
        Directory.CreateDirectory(_all.Target);
        File.CreateSymbolicLink(Path.Combine(_all.Target, "link"), _all["outside"]);
        await _all.RestoreAsync(snapshot, options => options with { Delete = true });
        Assert.Equal("a/x", Files());
        Assert.True(File.Exists(_all["outside", "f"]));
    }

    [Fact]
    public async Task Deleting_is_refused_in_the_root_in_the_home_folder_and_around_the_repository()
    {
        Snapshot snapshot = await SaveAsync("a/x");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        foreach (string target in new[] { Path.GetPathRoot(home)!, home, Path.GetDirectoryName(home)! })
        {
            RepositoryException error = await Assert.ThrowsAsync<RepositoryException>(() =>
                _all.RestoreAsync(snapshot, options => options with { Delete = true, DryRun = true, Target = DiskPath.FromText(target) }));
            Assert.Equal(RepositoryErrorKind.InvalidRequest, error.Kind);
        }
    }

    [Fact]
    public async Task A_target_that_is_a_file_is_an_error()
    {
        Snapshot snapshot = await SaveAsync("a/x");
        File.WriteAllText(_all.Target, "mine");
        RepositoryException error = await Assert.ThrowsAsync<RepositoryException>(() => _all.RestoreAsync(snapshot));
        Assert.Equal(RepositoryErrorKind.InvalidRequest, error.Kind);
        File.Delete(_all.Target);
    }

    [Fact]
    public async Task The_repository_is_never_restored_over_or_into_or_deleted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        using TempFolder folder = new();
        Directory.CreateDirectory(folder["project", "repo"]);
        File.CreateSymbolicLink(folder["link"], folder["project"]);
        using RestoreFixture all = new(new Sots.Restic.Backends.LocalBackend(folder["project", "repo"]));
        all.WriteSource("f", 1, 10);
        all.WriteSource("repo/config", 1, 10);
        Snapshot snapshot = await all.BackUpAsync();
        byte[] config = File.ReadAllBytes(folder["project", "repo", "config"]);

        foreach (string target in new[] { folder["project", "repo"], folder["link", "repo", "sub"] })
        {
            Assert.Equal(
                RepositoryErrorKind.InvalidRequest,
                (await Assert.ThrowsAsync<RepositoryException>(() => all.RestoreAsync(snapshot, options => options with { Target = DiskPath.FromText(target) }))).Kind);
        }

        foreach (string target in new[] { folder["project"], folder["link"] })
        {
            await Assert.ThrowsAsync<RepositoryException>(() =>
                all.RestoreAsync(snapshot, options => options with { Target = DiskPath.FromText(target), Delete = true }));
            RestoreResult result = await all.RestoreAsync(snapshot, options => options with { Target = DiskPath.FromText(target) });
            Assert.Equal((1, 10), (result.Problems, new FileInfo(folder["project", "f"]).Length));
            Assert.Equal(config, File.ReadAllBytes(folder["project", "repo", "config"]));
        }
    }

    private async Task<Snapshot> SaveAsync(params string[] files)
    {
        foreach (string file in files)
        {
            _all.WriteSource(file, (ulong)file.Length, 10);
        }

        return await _all.BackUpAsync();
    }

    private void Mine(params string[] files)
    {
        foreach (string file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_all.Target, file))!);
            File.WriteAllText(Path.Combine(_all.Target, file), "mine");
        }
    }

    private string Files() => string.Join(' ', Directory.EnumerateFileSystemEntries(_all.Target, "*", SearchOption.AllDirectories)
        .Where(path => File.Exists(path) || new FileInfo(path).LinkTarget is not null)
        .Select(path => Path.GetRelativePath(_all.Target, path).Replace('\\', '/')).Order(StringComparer.Ordinal));
}
