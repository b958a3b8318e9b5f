using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Testing;

namespace Sots.Interop.Tests;

/// <summary>Repositories that both programs work in, whoever made them.</summary>
public sealed class ResticRepositoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ResticRepositoryTests() => Assert.SkipUnless(OperatingSystem.IsLinux() && ResticBinaries.All, ResticBinaries.Absent);

    public void Dispose() => _folder.Dispose();

    private string Tree => _folder["tree"];

    [Theory]
    [InlineData("0.14.0", 1)]
    [InlineData("0.14.0", 2)]
    [InlineData("0.18.0", 1)]
    [InlineData("0.18.0", 2)]
    [InlineData("0.19.1", 1)]
    [InlineData("0.19.1", 2)]
    public async Task A_repository_made_by_restic_is_one_of_ours(string version, int format)
    {
        OddTree.Common().Write(Tree);
        ResticProgram restic = new(ResticBinaries.Find(version)!, _folder["repository"], _folder.Path);
        using Engine engine = new(_folder["repository"]);
        restic.Succeed("init", "--repository-version", $"{format}");
        restic.Backup("--tag", "one,two", "--exclude", "nothing", "tree");

        SavedSnapshot theirs = Assert.Single(await engine.SnapshotsAsync());
        Assert.Equal(new[] { Tree }, theirs.Snapshot.Paths);
        Assert.Equal(new[] { "one", "two" }, theirs.Snapshot.Tags);
        Assert.Equal(new[] { "nothing" }, theirs.Snapshot.Excludes);
        Assert.Equal(ResticProgram.Host, theirs.Snapshot.Hostname);
        await engine.RestoreAsync(theirs, _folder["restored", "by-us"]);
        AssertSame("by-us");

        // Changed, and pushed by us.
        Change();
        BackupResult pushed = await engine.BackupAsync(_folder.Path, "tree");
        Assert.Equal(theirs.Id, pushed.Parent);
        Assert.Equal((1UL, 1UL), (pushed.Summary.FilesNew, pushed.Summary.FilesChanged));
        restic.CheckAllData();
        restic.Succeed("restore", "latest", "--target", _folder["restored", "by-restic"]);
        AssertSame("by-restic");

        // restic tidies up behind us, and we go on.
        restic.Succeed("forget", "--keep-last", "1", "--prune");
        restic.CheckAllData();
        SavedSnapshot kept = Assert.Single(await engine.SnapshotsAsync());
        Assert.Equal(pushed.Snapshot, kept.Id);
        File.WriteAllBytes(Path.Combine(Tree, "content", "later"), SplitMix.Bytes(101, 700_000));
        BackupResult last = await engine.BackupAsync(_folder.Path, "tree");
        Assert.Equal((kept.Id, 1UL), (last.Parent, last.Summary.FilesNew));
        restic.CheckAllData();
        await engine.RestoreAsync((await engine.SnapshotsAsync())[^1], _folder["restored", "at-last"]);
        AssertSame("at-last");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_repository_made_by_us_is_one_of_restic_s(int format)
    {
        OddTree.Common().Write(Tree);
        using Engine engine = await Engine.CreateAsync(_folder["repository"], format);
        await engine.BackupAsync(_folder.Path, "tree");
        Change();
        BackupResult pushed = await engine.BackupAsync(_folder.Path, "tree");
        foreach (string version in ResticBinaries.Versions)
        {
            ResticProgram restic = new(ResticBinaries.Find(version)!, engine.Repository, _folder.Path);
            restic.CheckAllData();
            Assert.Contains($"\"version\": {format}", restic.Succeed("cat", "config"), StringComparison.Ordinal);
            restic.Succeed("restore", pushed.Snapshot.ToString()!, "--target", _folder["restored", version]);
            AssertSame(version);
        }
    }

    private void Change()
    {
        File.WriteAllBytes(Path.Combine(Tree, "content", "new"), SplitMix.Bytes(100, 2_000_000));
        File.AppendAllText(Path.Combine(Tree, "content", "text"), "one line more\n");
        File.Delete(Path.Combine(Tree, "content", "again"));
        Directory.Delete(Path.Combine(Tree, "empty"));
    }

    private void AssertSame(string restored) =>
        Assert.Empty(TreeComparison.Differences(Tree, _folder["restored", restored, "tree"], withRoots: true));
}
