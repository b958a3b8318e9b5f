using Sots.Restic.Backends;
using Sots.Restic.Maintenance.Pruning;
using Sots.Testing;
using static Sots.Restic.Tests.Maintenance.Pruning.PruneRepository;

namespace Sots.Restic.Tests.Maintenance.Pruning;

/// <summary>What killed runs began to store, ours and restic's, goes with the next prune.</summary>
public sealed class UnfinishedFileTests : IDisposable
{
    private static readonly string Id = ContentId.Of("x"u8).ToString();

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_prune_removes_what_interrupted_runs_began_to_store_and_nothing_that_merely_looks_like_it()
    {
        using LocalBackend backend = new(_folder.Path);
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 1, snapshots: 2);
        string[] before = Files();
        string[] gone = [Put("data", "ab", "pack-tmp-123"), Put("data", Id[..2], Id + "-tmp-7"), Put("index", Id + "-tmp-1"), Put("snapshots", Id + "-tmp-99")];
        string[] foreign =
        [
            Put("data", "ab", "pack-tmp-"), Put("data", "ab", "pack-tmp-12x"), Put("data", "ab", "backpack-tmp-1"), Put("data", "ab", Id[1..] + "-tmp-1"),
            Put("data", "ab", "notes.txt"), Put("data", "pack-tmp-1"), Put("locks", Id + "-tmp-1"), Put("keys", Id + "-tmp-1"), Put("pack-tmp-1"),
        ];

        PrunePlan plan = await Pruner.PlanAsync(repository, Thorough, new PruneTale(), CancellationToken.None);
        Assert.Equal(4, plan.Unfinished.Count);
        Assert.All(plan.Unfinished, static file => Assert.Equal(3, file.Length));
        Assert.False(plan.IsEmpty);
        Assert.Equal(before.Concat(gone).Concat(foreign).Order(StringComparer.Ordinal), Files());

        await Pruner.ExecuteAsync(repository, plan, Thorough, new PruneTale(), CancellationToken.None);
        Assert.Equal(before.Concat(foreign).Order(StringComparer.Ordinal), Files());
        Assert.True((await Pruner.PlanAsync(repository, Thorough, new PruneTale(), CancellationToken.None)).IsEmpty);
        (await CheckRun.OfAsync(repository)).AssertClean();
    }

    [Fact]
    public async Task A_file_that_is_stored_under_its_name_too_is_left_alone_because_both_may_be_one()
    {
        using LocalBackend backend = new(_folder.Path);
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 1, snapshots: 1);
        string pack = Directory.GetFiles(_folder["data"], "*", SearchOption.AllDirectories)[0];
        string twin = _folder["data", "ab", "pack-tmp-1"];
        File.Copy(pack, twin);
        PruneTale tale = new();

        PrunePlan plan = await Pruner.PlanAsync(repository, Thorough, tale, CancellationToken.None);
        await Pruner.ExecuteAsync(repository, plan, Thorough, tale, CancellationToken.None);

        Assert.True(File.Exists(twin));
        Assert.True(File.Exists(pack));
        Assert.Contains(Path.GetFileName(pack), Assert.Single(tale.Lines, static line => line.StartsWith("warning: ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_gone_already_is_no_failure()
    {
        using LocalBackend backend = new(_folder.Path);
        await backend.CreateLayoutAsync(CancellationToken.None);
        await backend.RemoveUnfinishedAsync(new UnfinishedFile(Path.Combine("data", "ab", "pack-tmp-1"), 3), CancellationToken.None);
    }

    private string[] Files() => [.. Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private string Put(params string[] parts)
    {
        File.WriteAllText(_folder[parts], "abc");
        return _folder[parts];
    }
}
