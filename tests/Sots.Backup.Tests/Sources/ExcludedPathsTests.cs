using Sots.Backup.Operations;
using Sots.Backup.Sources;
using Sots.Backup.Tests.Archiving;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Backup.Tests.Sources;

/// <summary>Paths that are left out whatever else holds.</summary>
public sealed class ExcludedPathsTests
{
    [Theory]
    [InlineData(@"d:\Town\Saved\Logs2", @"D:\Town\Saved\Logs2", true)]
    [InlineData(@"D:\Work\repo", @"D:\work\repo", true)]
    [InlineData(@"D:/Work/repo\", @"D:\Work\repo", true)]
    [InlineData("D:\\Sch\u00D6n\\repo", "D:\\Sch\u00F6n\\repo", true)]
    [InlineData(@"D:\Work\repo", @"D:\Work\repo2", false)]
    [InlineData(@"D:\Work\repo", @"D:\Work", false)]
    public void On_Windows_another_spelling_is_the_same_path(string excluded, string path, bool same) =>
        Assert.Equal(same, new ExcludedPaths([DiskPath.FromText(excluded)], PathRules.Windows).RejectsName(DiskPath.FromText(path)));

    [Theory]
    [InlineData("/backups/repo/", "/backups/repo", true)]
    [InlineData("/Backups/repo", "/backups/repo", false)]
    public void Elsewhere_only_the_same_bytes_are(string excluded, string path, bool same) =>
        Assert.Equal(same, new ExcludedPaths([DiskPath.FromText(excluded)], PathRules.Posix).RejectsName(DiskPath.FromText(path)));

    [Fact]
    public async Task A_folder_that_is_never_saved_may_be_named_with_a_separator_at_its_end()
    {
        using TempFolder folder = new();
        new TreeOnDisk().File("repo/config", "x").File("keep", "y").WriteTo(folder.Path);
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        BackupResult result = await SmallRepository.BackupAsync(
            repository, ".", options => options with { WorkingDirectory = DiskPath.FromText(folder.Path), NeverSave = [DiskPath.FromText(folder["repo"] + Path.DirectorySeparatorChar)] });
        Assert.Equal(1UL, result.Summary.TotalFilesProcessed);
    }

    [Theory]
    [InlineData("disk/town", "link/town/repo")]
    [InlineData("link/town", "disk/town/repo")]
    [InlineData("disk", "link/town/repo/")]
    [InlineData(".", "link/town/repo")]
    public async Task A_folder_that_is_never_saved_may_be_named_through_a_link(string target, string never)
    {
        using TempFolder folder = new();
        new TreeOnDisk().File("disk/town/repo/config", "x").File("disk/town/keep", "y").WriteTo(folder.Path);
        Directory.CreateSymbolicLink(folder["link"], "disk");
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        BackupResult result = await SmallRepository.BackupAsync(
            repository, target, options => options with { WorkingDirectory = DiskPath.FromText(folder.Path), NeverSave = [DiskPath.FromText(folder[never])] });
        Assert.Equal(1UL, result.Summary.TotalFilesProcessed);
    }
}
