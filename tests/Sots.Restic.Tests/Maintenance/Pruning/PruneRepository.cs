using System.Buffers;
using Sots.Restic.Backends;
using Sots.Restic.Maintenance;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Restic.Tests.Maintenance.Pruning;

/// <summary>Repositories of small packs with snapshots that share some of their content, made from a seed.</summary>
internal static class PruneRepository
{
    public const int SmallBytes = 25_000;

    /// <summary>Small packs, with the same blobs in them in every run.</summary>
    public static readonly WriteOptions SmallPacks = new()
    {
        PackSizeBytes = 60_000, Compression = CompressionMode.Fastest, PackChoice = static id => id.FirstByte % BlobPacker.OpenPacks,
    };

    /// <summary>Unused data goes without exception.</summary>
    public static readonly PruneOptions Thorough = new()
    {
        MaxUnused = UnusedLimit.Bytes(0), RepackSmallerThanBytes = SmallBytes, Write = SmallPacks,
    };

    /// <summary>Makes snapshots; each has some files of the one before and some new ones.</summary>
    public static async Task<List<SavedSnapshot>> FillAsync(OpenRepository repository, ulong seed, int snapshots, int files = 6)
    {
        Random random = new((int)seed);
        List<int> content = [];
        int fresh = (int)(seed % 1000) * 1000;
        for (int number = 0; number < snapshots; number++)
        {
            content.RemoveAll(_ => random.Next(3) == 0);
            while (content.Count < files)
            {
                content.Add(++fresh);
            }

            await SaveAsync(repository, number, content);
        }

        return [.. (await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots];
    }

    /// <summary>Saves a snapshot with a folder of these files.</summary>
    public static async Task<SnapshotId> SaveAsync(OpenRepository repository, int number, IEnumerable<int> content)
    {
        await using WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(SmallPacks);
        List<Node> nodes = [];
        foreach (int file in content.Order())
        {
            byte[] bytes = SplitMix.Bytes((ulong)file, 2000 + (int)(file * 7919L % 30_000));
            Node node = NodeOf($"file{file:D9}", NodeType.File, 420);
            node.Content = [new BlobId((await session.SaveBlobAsync(BlobType.Data, bytes, CancellationToken.None)).Id)];
            node.Size = (ulong)bytes.Length;
            node.Links = 1;
            nodes.Add(node);
        }

        Node folder = NodeOf("folder", NodeType.Directory, NodeMode.Directory | 493);
        folder.Subtree = await SaveTreeAsync(session, nodes);
        TreeId root = await SaveTreeAsync(session, [folder]);
        return await session.SaveSnapshotAsync(
            new Snapshot { Time = new NodeTime(1_700_000_000 + (number * 3600), 0, 60), Tree = root, Paths = ["/folder"], Hostname = "test" },
            CancellationToken.None);
    }

    /// <summary>Removes snapshots and prunes, as <c>forget --prune</c> does.</summary>
    public static async Task<PrunePlan> ForgetAndPruneAsync(
        OpenRepository repository, IEnumerable<SnapshotId> removed, PruneOptions options, PruneTale? tale = null, CancellationToken cancellationToken = default)
    {
        Sots.Restic.Maintenance.SnapshotRemoval removal = new(repository, options.Write.EnsureLocked);
        IReadOnlyList<Sots.Restic.Maintenance.FailedRemoval> failed = await removal.RemoveAsync(removed, static _ => { }, cancellationToken);
        if (failed is [var failure, ..])
        {
            throw failure.Error;
        }

        tale ??= new PruneTale();
        PrunePlan plan = await Pruner.PlanAsync(repository, options, tale, cancellationToken);
        PruneResult result = await Pruner.ExecuteAsync(repository, plan, options, tale, cancellationToken);
        if (result.Failed.Count > 0)
        {
            throw new RepositoryException(RepositoryErrorKind.Storage, "injected: packs stayed");
        }

        return plan;
    }

    /// <summary>Every blob that snapshots need with its content, found the slow and obvious way.</summary>
    public static async Task<Dictionary<BlobHandle, byte[]>> ContentAsync(OpenRepository repository, IEnumerable<SnapshotId> snapshots)
    {
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        Dictionary<BlobHandle, byte[]> content = [];
        foreach (SnapshotId id in snapshots)
        {
            SavedSnapshot saved = await repository.LoadSnapshotAsync(id, CancellationToken.None);
            Stack<TreeId> open = new([saved.Snapshot.Tree]);
            while (open.TryPop(out TreeId tree))
            {
                content[new BlobHandle(tree)] = await indexed.LoadBlobAsync(new BlobHandle(tree), CancellationToken.None);
                foreach (Node node in await indexed.LoadTreeAsync(tree, CancellationToken.None))
                {
                    foreach (BlobId blob in node.Content ?? [])
                    {
                        content[new BlobHandle(blob)] = await indexed.LoadBlobAsync(new BlobHandle(blob), CancellationToken.None);
                    }

                    if (node.Subtree is { } subtree)
                    {
                        open.Push(subtree);
                    }
                }
            }
        }

        return content;
    }

    /// <summary>Fails unless the snapshots have the content they had.</summary>
    public static async Task AssertSameAsync(OpenRepository repository, IEnumerable<SnapshotId> snapshots, Dictionary<BlobHandle, byte[]> before)
    {
        Dictionary<BlobHandle, byte[]> after = await ContentAsync(repository, snapshots);
        Assert.Equal(before.Keys.Order(Comparer), after.Keys.Order(Comparer));
        Assert.All(before, pair => Assert.Equal(pair.Value, after[pair.Key]));
    }

    /// <summary>The packs there are.</summary>
    public static async Task<List<PackId>> PacksAsync(IBackend backend) =>
        [.. await backend.ListAsync(FileType.Pack, CancellationToken.None).Select(file => new PackId(file.Name)).Order().ToListAsync()];

    private static Comparer<BlobHandle> Comparer { get; } = Comparer<BlobHandle>.Create((a, b) => (a.Type, a.Id).CompareTo((b.Type, b.Id)));

    private static async Task<TreeId> SaveTreeAsync(WriteSession session, List<Node> nodes)
    {
        ArrayBufferWriter<byte> json = new();
        TreeCodec.Write(nodes, json);
        return new TreeId((await session.SaveBlobAsync(BlobType.Tree, json.WrittenMemory, CancellationToken.None)).Id);
    }

    private static Node NodeOf(string name, NodeType type, uint mode) => new()
    {
        Name = System.Text.Encoding.UTF8.GetBytes(name), Type = type, Mode = mode, ModifiedTime = new NodeTime(1_700_000_000, 0, 0),
    };
}

/// <summary>Remembers what a prune tells.</summary>
internal sealed class PruneTale : IMaintenanceEvents
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public void Step(string text) => Add(text);

    public void Detail(string text) => Add(text);

    public void Removed(string file) => Add("removed " + file);

    public void Warning(string text) => Add("warning: " + text);

    public void Begin(string what, long count, long bytes) => Add($"{what}: {count}");

    public void Done(long bytes)
    {
    }

    public void End()
    {
    }

    private void Add(string line)
    {
        lock (_gate)
        {
            _lines.Add(line);
        }
    }
}
