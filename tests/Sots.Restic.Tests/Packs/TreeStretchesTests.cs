using System.Buffers;
using CsCheck;
using Sots.Restic.Backends;
using Sots.Restic.Packs;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Restic.Tests.Packs;

/// <summary>Small trees that are read many at a time, which nobody may notice but by the time it takes.</summary>
public sealed class TreeStretchesTests
{
    [Fact]
    public async Task A_thousand_small_trees_in_a_row_take_a_handful_of_readings()
    {
        MemoryBackend memory = new();
        List<TreeId> trees = await SaveAsync(memory, [.. Enumerable.Range(0, 1000).Select(i => Json(i, 1))]);
        RecordingBackend storage = new(memory);
        IndexedRepository indexed = await IndexedAsync(storage);
        foreach ((int i, TreeId tree) in trees.Index())
        {
            Assert.Equal(Json(i, 1), Written(await indexed.LoadTreeAsync(tree, CancellationToken.None)));
        }

        Assert.InRange(storage.Calls.Count(call => call.File.Type == FileType.Pack), 1, 12);
    }

    [Fact]
    public Task Trees_come_out_the_same_in_any_order_from_many_readers_short_and_long() =>
        Gen.Select(Gen.OneOf(Gen.Int[0, 5], Gen.Int[0, 500]).Array[1, 60], Gen.Int[0, 1000].Array[1, 200]).SampleAsync(async (lengths, order) =>
        {
            MemoryBackend memory = new();
            byte[][] jsons = [.. lengths.Select((length, i) => Json(i, length))];
            List<TreeId> trees = await SaveAsync(memory, jsons);
            IndexedRepository indexed = await IndexedAsync(memory);
            await Parallel.ForEachAsync(order, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (next, token) =>
            {
                int i = next % trees.Count;
                Assert.Equal(jsons[i], Written(await indexed.LoadTreeAsync(trees[i], token)));
            });
        }, iter: 30);

    [Fact]
    public async Task One_that_is_garbled_once_is_read_alone_and_said()
    {
        MemoryBackend memory = new();
        List<TreeId> trees = await SaveAsync(memory, [.. Enumerable.Range(0, 50).Select(i => Json(i, 1))]);
        List<(TreeId Tree, BlobLocation Place)> pack = await FirstPackAsync(memory, trees);
        (TreeId garbled, BlobLocation place) = pack[^1];
        int bit = 8 * (int)(place.Offset - pack[0].Place.Offset + 40);
        List<string> told = [];
        LyingBackend storage = new(memory) { FlipsWhenRead = (file, number) => file == FileHandle.Of(place.Pack) && number == 1 ? bit : -1 };
        IndexedRepository indexed = await IndexedAsync(storage, told.Add);
        foreach ((TreeId tree, _) in pack)
        {
            Assert.Equal(Json(trees.IndexOf(tree), 1), Written(await indexed.LoadTreeAsync(tree, CancellationToken.None)));
        }

        Assert.StartsWith($"read again: {new BlobHandle(garbled)} in data/", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_damaged_is_named_and_its_neighbours_are_read()
    {
        MemoryBackend memory = new();
        const int Byte = 8000;
        List<TreeId> trees = await SaveAsync(
            new LyingBackend(memory) { FlipsWhenStored = (file, _) => file.Type == FileType.Pack ? 8 * Byte : -1 }, [.. Enumerable.Range(0, 50).Select(i => Json(i, 1))]);
        IndexedRepository indexed = await IndexedAsync(memory);
        int damaged = 0;
        foreach ((int i, TreeId tree) in trees.Index())
        {
            Assert.True(indexed.Index.TryFind(new BlobHandle(tree), out BlobLocation place));
            if (place.Offset <= Byte && Byte < place.Offset + place.Length)
            {
                RepositoryException error = await Assert.ThrowsAsync<RepositoryException>(async () => await indexed.LoadTreeAsync(tree, CancellationToken.None));
                Assert.Equal(RepositoryErrorKind.Damaged, error.Kind);
                Assert.Contains(tree.ToString(), error.Message, StringComparison.Ordinal);
                damaged++;
            }
            else
            {
                Assert.Equal(Json(i, 1), Written(await indexed.LoadTreeAsync(tree, CancellationToken.None)));
            }
        }

        Assert.Equal(1, damaged);
    }

    [Fact]
    public async Task A_pack_that_is_cut_short_gives_what_is_before_the_cut()
    {
        MemoryBackend memory = new();
        List<TreeId> trees = await SaveAsync(memory, [.. Enumerable.Range(0, 50).Select(i => Json(i, 1))]);
        List<(TreeId Tree, BlobLocation Place)> stored = await FirstPackAsync(memory, trees);
        BlobLocation cut = stored[stored.Count / 2].Place;
        FileHandle pack = FileHandle.Of(cut.Pack);
        byte[] content = await memory.LoadAsync(pack, int.MaxValue, CancellationToken.None);
        await memory.RemoveAsync(pack, CancellationToken.None);
        await memory.SaveAsync(pack, content.AsMemory(0, (int)cut.Offset + 10), CancellationToken.None);
        IndexedRepository indexed = await IndexedAsync(memory);
        foreach ((TreeId tree, BlobLocation place) in stored)
        {
            if (place.Offset < cut.Offset)
            {
                Assert.Equal(Json(trees.IndexOf(tree), 1), Written(await indexed.LoadTreeAsync(tree, CancellationToken.None)));
            }
            else
            {
                RepositoryException error = await Assert.ThrowsAsync<RepositoryException>(async () => await indexed.LoadTreeAsync(tree, CancellationToken.None));
                Assert.Equal(RepositoryErrorKind.Damaged, error.Kind);
                Assert.Contains("too short", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_pack_that_is_gone_is_missing_at_each_tree()
    {
        MemoryBackend memory = new();
        List<TreeId> trees = await SaveAsync(memory, [Json(0, 1), Json(1, 1)]);
        List<(TreeId Tree, BlobLocation Place)> pack = await FirstPackAsync(memory, trees);
        await memory.RemoveAsync(FileHandle.Of(pack[0].Place.Pack), CancellationToken.None);
        IndexedRepository indexed = await IndexedAsync(memory);
        foreach ((TreeId tree, _) in pack)
        {
            RepositoryException error = await Assert.ThrowsAsync<RepositoryException>(async () => await indexed.LoadTreeAsync(tree, CancellationToken.None));
            Assert.Equal(RepositoryErrorKind.Missing, error.Kind);
        }
    }

    [Fact]
    public async Task Who_gives_up_does_not_take_it_from_the_others()
    {
        MemoryBackend memory = new();
        List<TreeId> trees = await SaveAsync(memory, [Json(0, 1), Json(1, 1)]);
        IndexedRepository indexed = await IndexedAsync(memory);
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await indexed.LoadTreeAsync(trees[0], source.Token));
        Assert.Equal(Json(1, 1), Written(await indexed.LoadTreeAsync(trees[1], CancellationToken.None)));
    }

    /// <summary>A tree with some entries; incompressible names make it as long as they are many.</summary>
    private static byte[] Json(int seed, int entries) => Written(
    [
        .. Enumerable.Range(0, entries).Select(i => new Node
        {
            Name = System.Text.Encoding.UTF8.GetBytes($"{i:x8}{Convert.ToHexString(SplitMix.Bytes((ulong)((seed * 1000) + i), 20))}"),
            Type = NodeType.Fifo,
        }),
        new Node { Name = System.Text.Encoding.UTF8.GetBytes($"zz{seed}"), Type = NodeType.Fifo },
    ]);

    private static byte[] Written(IReadOnlyList<Node> nodes)
    {
        ArrayBufferWriter<byte> json = new();
        TreeCodec.Write(nodes, json);
        return json.WrittenSpan.ToArray();
    }

    private static async Task<List<TreeId>> SaveAsync(IBackend backend, IReadOnlyList<byte[]> jsons)
    {
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        List<TreeId> trees = [];
        WriteSession session = indexed.BeginWrite(new WriteOptions());
        await using (session.ConfigureAwait(false))
        {
            foreach (byte[] json in jsons)
            {
                trees.Add(new TreeId((await session.SaveBlobAsync(BlobType.Tree, json, CancellationToken.None)).Id));
            }

            await session.FlushAsync(CancellationToken.None);
        }

        return trees;
    }

    /// <summary>The repository stays open: the memory it lies in is the test's.</summary>
    private static async Task<IndexedRepository> IndexedAsync(IBackend storage, Action<string>? notice = null)
    {
        OpenRepository repository = await Repository.OpenAsync(
            storage, System.Text.Encoding.UTF8.GetBytes(SmallRepository.Password), new OpenOptions { Notice = notice ?? (static _ => { }) }, CancellationToken.None);
        return await repository.LoadIndexAsync(CancellationToken.None);
    }

    /// <summary>The trees in one of the packs, in their order in it: what is stored together may lie in two packs and in another order.</summary>
    private static async Task<List<(TreeId Tree, BlobLocation Place)>> FirstPackAsync(IBackend storage, IReadOnlyList<TreeId> trees)
    {
        IndexedRepository indexed = await IndexedAsync(storage);
        return [.. trees
            .Select(tree => (Tree: tree, Place: indexed.Index.FindAll(new BlobHandle(tree)).Single()))
            .GroupBy(static at => at.Place.Pack).OrderByDescending(static pack => pack.Count()).First()
            .OrderBy(static at => at.Place.Offset)];
    }
}
