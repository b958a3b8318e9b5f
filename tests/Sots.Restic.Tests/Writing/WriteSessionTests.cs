using System.Buffers;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Restic.Maintenance;
using Sots.Restic.Packs;
using Sots.Restic.Snapshots;
using Sots.Restic.Tests.Maintenance;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Restic.Tests.Writing;

public class WriteSessionTests
{
    private static readonly WriteOptions SmallPacks = new() { PackSizeBytes = 200_000, Compression = CompressionMode.Fastest };

    [Fact]
    public async Task Nothing_is_named_before_it_is_stored()
    {
        using RecordingBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await CreateAsync(backend);
        await SaveAsync(repository, SmallPacks with { PackSizeBytes = 60_000 }, flushes: 3);

        HashSet<FileHandle> stored = [];
        bool snapshotStored = false;
        int packs = 0;
        foreach (BackendCall call in backend.Calls.Where(call => call.Operation == BackendOperation.Save))
        {
            Assert.False(snapshotStored, "something was stored after the snapshot");
            if (call.File.Type == FileType.Index)
            {
                byte[] json = await repository.LoadUnpackedAsync(call.File, Limits.IndexLength, CancellationToken.None);
                Sots.Restic.Index.IndexFile.Read(json, 2, "index", (pack, _) => Assert.Contains(FileHandle.Of(pack), stored));
            }

            snapshotStored = call.File.Type == FileType.Snapshot;
            packs += call.File.Type == FileType.Pack ? 1 : 0;
            stored.Add(call.File);
        }

        Assert.True(snapshotStored);
        Assert.InRange(packs, 4, 40);
        Assert.Equal(3, stored.Count(file => file.Type == FileType.Index));
        (await CheckRun.OfAsync(repository)).AssertClean();
    }

    [Fact]
    public async Task Where_the_storage_is_slow_full_packs_do_not_pile_up_however_many_cores_encode()
    {
        TaskCompletionSource mayStore = new();
        using SlowBackend backend = new(new MemoryBackend(), mayStore.Task);
        using OpenRepository repository = await CreateAsync(backend);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        WriteOptions options = new() { PackSizeBytes = 100_000, Compression = CompressionMode.Off };
        await using WriteSession session = new(indexed, options, encoders: 16);

        // Every blob fills a pack of its own.
        List<Task<SavedBlob>> saving = [];
        for (ulong i = 0; i < 32; i++)
        {
            saving.Add(session.SaveBlobAsync(BlobType.Data, SplitMix.Bytes(i, 150_000), CancellationToken.None).AsTask());
        }

        Assert.InRange(session.PacksInMemory, 1, backend.Connections + 1);
        mayStore.SetResult();
        Assert.All(await Task.WhenAll(saving), saved => Assert.True(saved.IsNew));
        await session.FlushAsync(CancellationToken.None);
        Assert.Equal(32, await backend.ListAsync(FileType.Pack, CancellationToken.None).CountAsync());
    }

    [Fact]
    public async Task A_blob_that_would_make_a_packs_buffer_larger_begins_the_next_pack()
    {
        const int packSize = 4 << 20, spare = 2 << 20;
        using MemoryBackend backend = new();
        using OpenRepository repository = await CreateAsync(backend);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        WriteOptions options = new() { PackSizeBytes = packSize, Compression = CompressionMode.Off, PackChoice = static _ => 0 };
        List<SavedBlob> saved = [];
        await using (WriteSession session = indexed.BeginWrite(options))
        {
            // The second fits behind the first, though the pack is larger than it is meant to be then; the fourth does not fit behind the third.
            foreach (int length in (int[])[3_900_000, 1_900_000, 3_900_000, 3_000_000, 100])
            {
                saved.Add(await session.SaveBlobAsync(BlobType.Data, SplitMix.Bytes((ulong)length, length + saved.Count), CancellationToken.None));
            }

            await session.FlushAsync(CancellationToken.None);
        }

        List<StoredFile> packs = await backend.ListAsync(FileType.Pack, CancellationToken.None).ToListAsync();
        Assert.Equal([3_000_000, 3_900_000, 5_800_000], packs.Select(static pack => pack.Length / 100_000 * 100_000).Order());
        Assert.All(packs, static pack => Assert.InRange(pack.Length, 1, packSize + spare));
        IndexedRepository found = await repository.LoadIndexAsync(CancellationToken.None);
        Assert.All(saved, blob => Assert.True(found.Index.Contains(new BlobHandle(BlobType.Data, blob.Id))));
        (await CheckRun.OfAsync(repository)).AssertClean();
    }

    [Fact]
    public async Task A_frame_is_stored_as_it_is_and_only_where_it_gives_the_content_of_its_id()
    {
        using OpenRepository repository = await CreateAsync(new MemoryBackend());
        byte[] content = [.. Enumerable.Range(0, 300_000).Select(static i => (byte)(i % 251 ^ i >> 8))];
        BlobHandle blob = new(BlobType.Data, ContentId.Of(content));
        using ZstdSharp.Compressor dense = new(19);
        byte[] frame = dense.Wrap(content).ToArray();
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(SmallPacks))
        {
            Assert.True((await session.SaveFrameAsync(blob, content, frame, CancellationToken.None)).IsNew);
            Assert.False((await session.SaveFrameAsync(blob, content, frame, CancellationToken.None)).IsNew);
            await session.FlushAsync(CancellationToken.None);
        }

        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        Assert.True(indexed.Index.TryFind(blob, out BlobLocation place));
        Assert.Equal(((uint)frame.Length + SealedBox.Overhead, (uint)content.Length), (place.Length, place.UncompressedLength));
        Assert.Equal(content, await indexed.LoadBlobAsync(blob, CancellationToken.None));

        byte[] other = dense.Wrap(SplitMix.Bytes(1, content.Length)).ToArray();
        await using WriteSession refusing = indexed.BeginWrite(SmallPacks);
        BlobHandle next = new(BlobType.Data, ContentId.Of(SplitMix.Bytes(2, 100)));
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => refusing.SaveFrameAsync(next, content, other, CancellationToken.None).AsTask());
        Assert.Equal(RepositoryErrorKind.Damaged, e.Kind);
    }

    [Theory]
    [InlineData(FaultMoment.Before)]
    [InlineData(FaultMoment.After)]
    public async Task A_session_that_fails_at_any_call_leaves_a_whole_repository(FaultMoment moment)
    {
        bool finished = false;
        for (int k = 1; !finished; k++)
        {
            Assert.InRange(k, 1, 100);
            using MemoryBackend memory = new();
            using FaultyBackend faulty = new(memory, moment);
            using OpenRepository repository = await CreateAsync(faulty);
            faulty.FailNth(k, sticky: k % 2 == 0);
            try
            {
                await SaveAsync(repository, SmallPacks with { PackSizeBytes = 60_000 }, flushes: 2);
                finished = faulty.CallCount < k;
            }
            catch (RepositoryException e)
            {
                Assert.Contains("injected", e.Message, StringComparison.Ordinal);
            }

            faulty.Fails = static (_, _) => false;
            (await CheckRun.OfAsync(repository)).AssertClean();

            // And the next run makes it good.
            await SaveAsync(repository, SmallPacks, flushes: 1);
            (await CheckRun.OfAsync(repository)).AssertClean();
        }
    }

    [Fact]
    public async Task A_failure_ends_the_session()
    {
        using FaultyBackend faulty = new(new MemoryBackend());
        using OpenRepository repository = await CreateAsync(faulty);
        faulty.Fails = static (_, call) => call.File.Type == FileType.Pack && call.Operation == BackendOperation.Save;
        await using WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(SmallPacks);
        await session.SaveBlobAsync(BlobType.Data, SplitMix.Bytes(1, 1000), CancellationToken.None);
        await Assert.ThrowsAsync<RepositoryException>(() => session.FlushAsync(CancellationToken.None));
        faulty.Fails = static (_, _) => false;
        await Assert.ThrowsAsync<RepositoryException>(() => session.FlushAsync(CancellationToken.None));
        await Assert.ThrowsAsync<RepositoryException>(async () => await session.SaveBlobAsync(BlobType.Data, SplitMix.Bytes(2, 10), CancellationToken.None));
        await session.AbandonAsync();
        Assert.Empty(await repository.Backend.ListAsync(FileType.Index, CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task What_an_abandoned_session_stored_is_found_by_the_next()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await CreateAsync(backend);
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(SmallPacks))
        {
            for (ulong seed = 0; seed < 30; seed++)
            {
                await session.SaveBlobAsync(BlobType.Data, SplitMix.Bytes(seed, 50_000), CancellationToken.None);
            }

            await session.AbandonAsync();
        }

        IndexedRepository next = await repository.LoadIndexAsync(CancellationToken.None);
        Assert.InRange(next.Index.Count, 20, 29);
        Assert.Equal(next.Index.PackCount, await repository.Backend.ListAsync(FileType.Pack, CancellationToken.None).CountAsync());
        (await CheckRun.OfAsync(repository)).AssertClean();
    }

    [Theory]
    [InlineData(RepositoryErrorKind.StorageFull, true)]
    [InlineData(RepositoryErrorKind.Storage, true)]
    [InlineData(RepositoryErrorKind.Damaged, false)]
    public async Task What_was_stored_before_the_storage_failed_is_found_by_the_next(RepositoryErrorKind kind, bool isKept)
    {
        using FaultyBackend backend = new(new MemoryBackend()) { Fault = _ => new RepositoryException(kind, "injected") };
        using OpenRepository repository = await CreateAsync(backend);
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(SmallPacks))
        {
            int packs = 0;
            backend.Fails = (_, call) => call is { File.Type: FileType.Pack, Operation: BackendOperation.Save } && ++packs == 4;
            await Assert.ThrowsAsync<RepositoryException>(async () =>
            {
                for (ulong seed = 0; seed < 60; seed++)
                {
                    await session.SaveBlobAsync(BlobType.Data, SplitMix.Bytes(seed, 50_000), CancellationToken.None);
                }

                await session.FlushAsync(CancellationToken.None);
            });
            await session.AbandonAsync(afterFailure: true);
        }

        IndexedRepository next = await repository.LoadIndexAsync(CancellationToken.None);
        int stored = await repository.Backend.ListAsync(FileType.Pack, CancellationToken.None).CountAsync();
        Assert.InRange(stored, 3, 4);
        Assert.Equal(isKept ? stored : 0, next.Index.PackCount);
        Assert.Empty(await repository.Backend.ListAsync(FileType.Snapshot, CancellationToken.None).ToListAsync());
        (await CheckRun.OfAsync(repository)).AssertClean();
    }

    [Fact]
    public async Task A_lost_lock_stops_before_the_index_and_before_the_snapshot()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await CreateAsync(backend);
        WriteOptions options = SmallPacks with { EnsureLocked = _ => throw new RepositoryException(RepositoryErrorKind.LockLost, "lost") };
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => SaveAsync(repository, options, flushes: 1));
        Assert.Equal(RepositoryErrorKind.LockLost, e.Kind);
        Assert.Empty(await backend.ListAsync(FileType.Index, CancellationToken.None).ToListAsync());
        Assert.Empty(await backend.ListAsync(FileType.Snapshot, CancellationToken.None).ToListAsync());
    }

    [Theory]
    [InlineData(FileType.Pack)]
    [InlineData(FileType.Index)]
    [InlineData(FileType.Snapshot)]
    public async Task What_a_prune_took_from_a_sleeping_process_is_told_as_a_lost_lock(FileType type)
    {
        bool isLost = false;
        using FaultyBackend backend = new(new MemoryBackend()) { Fault = _ => new RepositoryException(RepositoryErrorKind.Missing, "gone") };
        using OpenRepository repository = await CreateAsync(backend);
        backend.Fails = (_, call) => isLost = isLost || (call.Operation == BackendOperation.Save && call.File.Type == type);
        WriteOptions options = SmallPacks with
        {
            EnsureLocked = _ => isLost ? throw new RepositoryException(RepositoryErrorKind.LockLost, "lost") : ValueTask.CompletedTask,
        };
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => SaveAsync(repository, options, flushes: 1));
        Assert.Equal(RepositoryErrorKind.LockLost, e.Kind);
    }

    [Theory]
    [InlineData(FileType.Pack)]
    [InlineData(FileType.Index)]
    [InlineData(FileType.Snapshot)]
    public async Task A_failure_stays_one_where_the_lock_cannot_be_looked_at(FileType type)
    {
        bool hasFailed = false;
        using MemoryBackend memory = new();
        using FaultyBackend backend = new(memory) { Fault = _ => new RepositoryException(RepositoryErrorKind.Missing, "gone") };
        using OpenRepository repository = await CreateAsync(backend);
        backend.Fails = (_, call) => !hasFailed && (hasFailed = call.Operation == BackendOperation.Save && call.File.Type == type);
        WriteOptions options = SmallPacks with
        {
            EnsureLocked = _ => hasFailed ? throw new RepositoryException(RepositoryErrorKind.Storage, "no answer") : ValueTask.CompletedTask,
        };
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => SaveAsync(repository, options, flushes: 1));
        Assert.Equal(RepositoryErrorKind.Missing, e.Kind);
        Assert.Empty(await memory.ListAsync(FileType.Snapshot, CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task What_was_written_while_the_lock_was_lost_is_taken_back()
    {
        foreach (FileType type in new[] { FileType.Index, FileType.Snapshot })
        {
            // The machine sleeps between the look at the lock and the file: whoever looks again finds that the lock is gone.
            using MemoryBackend memory = new();
            using FaultyBackend backend = new(memory);
            bool isLost = false;
            backend.Fails = (_, call) =>
            {
                isLost |= call.Operation == BackendOperation.Save && call.File.Type == type;
                return false;
            };
            using OpenRepository repository = await CreateAsync(backend);
            WriteOptions options = SmallPacks with
            {
                EnsureLocked = _ => isLost ? throw new RepositoryException(RepositoryErrorKind.LockLost, "lost") : ValueTask.CompletedTask,
            };
            RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => SaveAsync(repository, options, flushes: 1));
            Assert.Equal(RepositoryErrorKind.LockLost, e.Kind);
            Assert.True(isLost);
            Assert.Empty(await memory.ListAsync(type, CancellationToken.None).ToListAsync());
        }
    }

    [Fact]
    public async Task A_blob_is_stored_once_however_often_and_by_however_many_it_is_saved()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await CreateAsync(backend);
        int stored = 0;
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(SmallPacks))
        {
            await Parallel.ForAsync(0, 400, async (i, token) =>
            {
                SavedBlob saved = await session.SaveBlobAsync(BlobType.Data, SplitMix.Bytes((ulong)(i % 40), 20_000), token);
                Assert.Equal(saved.IsNew, saved.StoredBytes > 0);
                Assert.True(session.Contains(new BlobHandle(BlobType.Data, saved.Id)));
                Interlocked.Add(ref stored, saved.IsNew ? 1 : 0);
            });
            await session.FlushAsync(CancellationToken.None);
        }

        Assert.Equal(40, stored);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        Assert.Equal(40, indexed.Index.Count);
        await using WriteSession again = indexed.BeginWrite(SmallPacks);
        Assert.False((await again.SaveBlobAsync(BlobType.Data, SplitMix.Bytes(7, 20_000), CancellationToken.None)).IsNew);
        Assert.True((await again.SaveBlobAsync(BlobType.Tree, SplitMix.Bytes(7, 20_000), CancellationToken.None)).IsNew);
    }

    [Theory]
    [InlineData(1, CompressionMode.Auto)]
    [InlineData(2, CompressionMode.Auto)]
    [InlineData(2, CompressionMode.Off)]
    [InlineData(2, CompressionMode.Fastest)]
    [InlineData(2, CompressionMode.Better)]
    [InlineData(2, CompressionMode.Max)]
    public async Task What_was_saved_loads_again_and_version_2_frames_all_of_it(int version, CompressionMode mode)
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await CreateAsync(backend, version);
        byte[][] contents = [[], [0], SplitMix.Bytes(1, 300_000), new byte[1_000_000], SplitMix.Bytes(2, 100_000, 0x0F), [.. "text "u8], SplitMix.Bytes(3, 131072)];
        long accounted = 0;
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(SmallPacks with { Compression = mode }))
        {
            foreach (byte[] content in contents)
            {
                accounted += (await session.SaveBlobAsync(BlobType.Data, content, CancellationToken.None)).StoredBytes;
                accounted += (await session.SaveBlobAsync(BlobType.Tree, content, CancellationToken.None)).StoredBytes;
            }

            await session.FlushAsync(CancellationToken.None);
            int packs = await backend.ListAsync(FileType.Pack, CancellationToken.None).CountAsync();
            Assert.Equal(session.StoredBytes, accounted + (packs * PackHeaderLayout.FixedLength));
        }

        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        foreach (byte[] content in contents)
        {
            foreach (BlobType type in new[] { BlobType.Data, BlobType.Tree })
            {
                BlobHandle handle = new(type, ContentId.Of(content));
                Assert.Equal(content, await indexed.LoadBlobAsync(handle, CancellationToken.None));
                Assert.True(indexed.Index.TryFind(handle, out BlobLocation location));
                Assert.Equal(version == 2 && content.Length > 0, location.IsCompressed);
                Assert.Equal((uint)content.Length, location.PlainLength);
            }
        }

        (await CheckRun.OfAsync(repository)).AssertClean();
    }

    [Fact]
    public async Task Data_and_trees_never_share_a_pack()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await CreateAsync(backend);
        await SaveAsync(repository, SmallPacks, flushes: 2);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        Assert.All(indexed.Index.ByPack().Values, blobs => Assert.Single(blobs.Select(blob => blob.Type).Distinct()));
    }

    [Fact]
    public async Task Packs_are_as_long_as_asked_and_at_most_one_blob_longer()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await CreateAsync(backend);
        await using (WriteSession session = (await repository.LoadIndexAsync(CancellationToken.None)).BeginWrite(SmallPacks))
        {
            for (ulong seed = 0; seed < 60; seed++)
            {
                await session.SaveBlobAsync(BlobType.Data, SplitMix.Bytes(seed, 30_000), CancellationToken.None);
            }

            await session.SaveBlobAsync(BlobType.Data, SplitMix.Bytes(100, 500_000), CancellationToken.None);
            await session.FlushAsync(CancellationToken.None);
        }

        List<long> lengths = [.. (await backend.ListAsync(FileType.Pack, CancellationToken.None).ToListAsync()).Select(file => file.Length).Order()];
        Assert.InRange(lengths.Count(length => length < 200_000), 0, 2);
        Assert.All(lengths[..^1], length => Assert.InRange(length, 1, 200_000 + 30_000 + 1000));
        Assert.InRange(lengths[^1], 500_000, 501_000);
    }

    [Theory]
    [InlineData(1, CompressionMode.Auto)]
    [InlineData(2, CompressionMode.Auto)]
    [InlineData(2, CompressionMode.Off)]
    public async Task Real_restic_finds_nothing_wrong_with_what_was_written(int version, CompressionMode mode)
    {
        Assert.SkipUnless(ResticBinaries.All, ResticBinaries.Absent);
        using TempFolder temp = new();
        using LocalBackend backend = new(temp["repo"]);
        using OpenRepository repository = await CreateAsync(backend, version);
        await SaveAsync(repository, SmallPacks with { Compression = mode }, flushes: 2);
        (await CheckRun.OfAsync(repository)).AssertClean();
        await ResticChecks.AcceptsAsync(temp["repo"], "secret");
    }

    private static Task<OpenRepository> CreateAsync(IBackend backend, int version = 2) => Repository.CreateAsync(
        backend,
        "secret"u8.ToArray(),
        new CreateOptions { Version = version, Scrypt = new ScryptParameters(16, 1, 1), Created = new NodeTime(1_700_000_000, 5, 0) },
        CancellationToken.None);

    /// <summary>A small backup by hand: files in a directory in the root, and a snapshot. Flushes now and then in between.</summary>
    private static async Task<SnapshotId> SaveAsync(OpenRepository repository, WriteOptions options, int flushes)
    {
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        await using WriteSession session = indexed.BeginWrite(options);
        List<Node> files = [];
        for (int i = 0; i < 10; i++)
        {
            List<BlobId> content = [];
            ulong size = 0;
            for (int part = 0; part < i % 3; part++)
            {
                byte[] bytes = SplitMix.Bytes((ulong)((i * 10) + part), 20_000 + (i * 3000));
                size += (ulong)bytes.Length;
                content.Add(new BlobId((await session.SaveBlobAsync(BlobType.Data, bytes, CancellationToken.None)).Id));
            }

            Node file = NodeOf($"file{i}", NodeType.File, 420);
            file.Content = content;
            file.Size = size;
            file.Links = 1;
            files.Add(file);
            if (flushes > 1 && i % 5 == 4 && --flushes > 0)
            {
                await session.FlushAsync(CancellationToken.None);
            }
        }

        Node folder = NodeOf("folder", NodeType.Directory, NodeMode.Directory | 493);
        folder.Subtree = await SaveTreeAsync(session, files);
        TreeId root = await SaveTreeAsync(session, [folder]);
        return await session.SaveSnapshotAsync(
            new Snapshot { Time = new NodeTime(1_700_000_000, 0, 60), Tree = root, Paths = ["/folder"], Hostname = "test", Username = "tester" }, CancellationToken.None);
    }

    private static async Task<TreeId> SaveTreeAsync(WriteSession session, List<Node> nodes)
    {
        ArrayBufferWriter<byte> json = new();
        TreeCodec.Write(nodes, json);
        return new TreeId((await session.SaveBlobAsync(BlobType.Tree, json.WrittenMemory, CancellationToken.None)).Id);
    }

    private static Node NodeOf(string name, NodeType type, uint mode) => new()
    {
        Name = System.Text.Encoding.UTF8.GetBytes(name),
        Type = type,
        Mode = mode,
        ModifiedTime = new NodeTime(1_700_000_000, 123, 0),
        AccessTime = new NodeTime(1_700_000_000, 123, 0),
        ChangeTime = new NodeTime(1_700_000_000, 123, 0),
        User = "tester",
        Group = "tester",
        Inode = 5,
        DeviceId = 6,
    };

    /// <summary>Stores packs only once it may.</summary>
    private sealed class SlowBackend(IBackend inner, Task mayStore) : InterceptedBackend(inner)
    {
        protected override object? Before(BackendCall call)
        {
            if (call is { Operation: BackendOperation.Save, File.Type: FileType.Pack })
            {
                mayStore.Wait();
            }

            return null;
        }

        protected override void After(BackendCall call, object? before)
        {
        }
    }
}
