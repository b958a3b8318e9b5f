using System.Text;
using Sots.Backup.Operations;
using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Forge = Sots.Backup.Tests.Restoring.RestoreFixture.Forge;

namespace Sots.Backup.Tests.Restoring;

/// <summary>Snapshots of a project on a share have the share as their top folder, under a name that Windows cannot keep.</summary>
public sealed class ShareAtTheTopTests : IDisposable
{
    private readonly RestoreFixture _fixture = new();
    private readonly List<string> _problems = [];

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(@"\\host\share", "host_share")]
    [InlineData(@"\\..\..\up", ".._.._up")]
    [InlineData(@"\\..", null)]
    [InlineData(@"\\", null)]
    [InlineData(@"\\CON", null)]
    [InlineData(@"\\host\share ", null)]
    [InlineData(@"\\?\C:", null)]
    [InlineData(@"\\host/..", null)]
    [InlineData(@"\host", null)]
    public async Task On_Windows_it_becomes_one_plain_folder_or_nothing(string name, string? folder)
    {
        Snapshot snapshot = await _fixture.ForgeAsync(async forge => await forge.RawTreeAsync(
            Folder(name, await forge.RawTreeAsync(await forge.FileAsync("f", "f")))));
        RestorePlan plan = await PlanAsync(snapshot);
        Assert.Equal(folder is null ? 1 : 0, _problems.Count);
        Assert.Equal(folder, plan.Directories.Skip(1).Select(static directory => Encoding.UTF8.GetString(directory.NameOnDisk)).SingleOrDefault());
        Assert.Equal(folder is null ? 0 : 1, plan.Files.Count);
    }

    [Fact]
    public async Task A_folder_that_has_the_name_of_its_folder_is_not_mixed_with_it()
    {
        Snapshot snapshot = await _fixture.ForgeAsync(async forge => await forge.RawTreeAsync(
            Folder("HOST_share", await forge.RawTreeAsync(await forge.FileAsync("f", "f"))),
            Folder(@"\\host\share", await forge.RawTreeAsync(await forge.FileAsync("f", "f")))));
        Assert.Equal("/HOST_share/f", Assert.Single((await PlanAsync(snapshot)).Files).ToString());
        Assert.Equal(@"/\\host\share", Assert.Single(_problems));
    }

    [Fact]
    public async Task It_is_selected_by_its_own_name_and_a_repository_in_its_folder_is_spared()
    {
        Snapshot snapshot = await _fixture.ForgeAsync(async forge => await forge.RawTreeAsync(Folder(
            @"\\host\share",
            await forge.RawTreeAsync(Folder("Repo", await forge.RawTreeAsync()), await forge.FileAsync("f", "f"), await forge.FileAsync("g", "g")))));
        RestorePlan plan = await PlanAsync(snapshot, filter: new OnlyFilter(@"/\\host\share/f", @"/\\host\share/Repo"), repositoryPath: "/host_share/repo"u8.ToArray());
        Assert.Equal(@"/\\host\share/f", Assert.Single(plan.Files).ToString());
        Assert.Equal(@"/\\host\share/Repo", Assert.Single(_problems));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    public async Task Anywhere_but_at_the_top_of_a_whole_snapshot_such_a_name_is_refused(string subpath)
    {
        Snapshot snapshot = await _fixture.ForgeAsync(async forge => await forge.RawTreeAsync(Folder(
            "a", await forge.RawTreeAsync(Folder(@"\\host\share", await forge.RawTreeAsync(await forge.FileAsync("f", "f")))))));
        Assert.Empty((await PlanAsync(snapshot, subpath)).Files);
        Assert.Single(_problems);
    }

    /// <summary>A name is quoted in a tree, and that is JSON.</summary>
    private static string Folder(string name, TreeId tree) => Forge.Directory(name.Replace(@"\", @"\\\\", StringComparison.Ordinal), tree);

    private async Task<RestorePlan> PlanAsync(Snapshot snapshot, string subpath = "", RestoreFilter? filter = null, byte[]? repositoryPath = null)
    {
        RestoreOptions options = new() { Target = DiskPath.FromText(_fixture.Target), Subpath = subpath, Filter = filter ?? RestoreFilter.All };
        RestorePlanner planner = new(
            await _fixture.Repository.LoadIndexAsync(CancellationToken.None), options, PathRules.Windows, repositoryPath, (path, _) => _problems.Add(path));
        return await planner.PlanAsync(snapshot, CancellationToken.None);
    }

    private sealed class OnlyFilter(params string[] paths) : RestoreFilter
    {
        public override bool Selects(ReadOnlySpan<byte> path, bool isDirectory) => paths.Contains(Encoding.UTF8.GetString(path));

        public override bool MayContain(ReadOnlySpan<byte> directory) => true;
    }
}
