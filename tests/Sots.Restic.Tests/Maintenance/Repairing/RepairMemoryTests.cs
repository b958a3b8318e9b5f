using System.Buffers;
using System.Text;
using Sots.Restic.Backends;
using Sots.Restic.Maintenance.Repairing;
using Sots.Restic.Packs;
using Sots.Restic.Tests.Maintenance.Pruning;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Restic.Tests.Maintenance.Repairing;

/// <summary>What a hostile repository cannot make repairs hold. Source: docs/FORMAT.md, "Limits".</summary>
public class RepairMemoryTests
{
    /// <summary>Somebody else has an enormous tree in hand until everything else of the repository was read.</summary>
    [Fact]
    public async Task A_recovery_has_an_enormous_tree_in_hand_only_while_nobody_else_has_one()
    {
        using FaultyBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        BlobHandle enormous;
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(Repairs.Write))
        {
            // Blanks that do not compress well enough to share a pack.
            string blanks = string.Concat(SplitMix.Bytes(1, 1 << 20).Select(static value => " \t\r\n"[value & 3])).PadRight(EnormousBlobs.FromLength);
            enormous = new BlobHandle(BlobType.Tree, (await session.SaveBlobAsync(BlobType.Tree, Encoding.ASCII.GetBytes($"{{\"nodes\":[{blanks}]}}\n"), CancellationToken.None)).Id);
            await session.SaveBlobAsync(BlobType.Tree, Json([Folder("a", new TreeId(ContentId.Of("nowhere"u8)))]), CancellationToken.None);
            await session.FlushAsync(CancellationToken.None);
        }

        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        PackId pack = Assert.Single(indexed.Index.FindAll(enormous)).Pack;
        PackId other = Assert.Single(indexed.Index.Packs, one => one != pack);
        TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isReadTooEarly = false;
        backend.Fails = (_, call) =>
        {
            isReadTooEarly |= call == new BackendCall(BackendOperation.LoadRange, FileHandle.Of(pack)) && !released.Task.IsCompleted;
            if (call == new BackendCall(BackendOperation.LoadRange, FileHandle.Of(other)))
            {
                released.TrySetResult();
            }

            return false;
        };
        Task held = EnormousBlobs.ReadAsync(
            [new PackedBlob(BlobType.Tree, enormous.Id, 0, EnormousBlobs.FromLength, 0)], () => released.Task, CancellationToken.None);
        RecoveryPlan plan = await Recovery.PlanAsync(repository, new PruneTale(), CancellationToken.None);
        await held;
        Assert.Equal(2, plan.Roots.Count);
        Assert.False(isReadTooEarly);
    }

    /// <summary>Four directories wait in each of five that lie in one another. Their files do not count.</summary>
    [Fact]
    public async Task A_repair_holds_no_more_of_a_path_than_the_directories_that_wait_along_it_and_those_have_a_limit()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        List<TreeId> chain = [];
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(Repairs.Write))
        {
            TreeId inner = new(ContentId.Of("nowhere"u8));
            for (int depth = 0; depth < 5; depth++)
            {
                List<Node> nodes = [Folder("a", inner)];
                nodes.AddRange(Enumerable.Range(0, 3).Select(number => Folder($"b{number}", new TreeId(ContentId.Of(Encoding.ASCII.GetBytes($"{depth} {number}"))))));
                nodes.AddRange(Enumerable.Range(100, 100).Select(static number => new Node { Name = Encoding.ASCII.GetBytes($"c{number}"), Type = NodeType.File, Content = [] }));
                inner = new TreeId((await session.SaveBlobAsync(BlobType.Tree, Json(nodes), CancellationToken.None)).Id);
                chain.Add(inner);
            }

            await session.FlushAsync(CancellationToken.None);
        }

        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        RepairedTree? repaired = await new TreeRepair(indexed, session: null) { MostWaiting = 20 }.RunAsync(chain[^1], CancellationToken.None);
        Assert.Equal(16, repaired!.Repairs("").Count());

        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(
            () => new TreeRepair(indexed, session: null) { MostWaiting = 19 }.RunAsync(chain[^1], CancellationToken.None));
        Assert.Equal(RepositoryErrorKind.LimitExceeded, e.Kind);
        Assert.Contains($"tree {chain[0]}", e.Message, StringComparison.Ordinal);
    }

    private static Node Folder(string name, TreeId tree) =>
        new() { Name = Encoding.ASCII.GetBytes(name), Type = NodeType.Directory, Mode = NodeMode.Directory | 493, Subtree = tree };

    private static ReadOnlyMemory<byte> Json(IReadOnlyList<Node> nodes)
    {
        ArrayBufferWriter<byte> json = new();
        TreeCodec.Write(nodes, json);
        return json.WrittenMemory;
    }
}
