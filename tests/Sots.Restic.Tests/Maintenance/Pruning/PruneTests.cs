using CsCheck;
using Sots.Restic.Backends;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Writing;
using Sots.Testing;
using static Sots.Restic.Tests.Maintenance.Pruning.PruneRepository;

namespace Sots.Restic.Tests.Maintenance.Pruning;

public class PruneTests
{
    /// <summary>Whatever is removed and however is pruned: kept snapshots are as they were, and the plan is what happens.</summary>
    [Fact]
    public async Task A_prune_changes_nothing_of_the_snapshots_that_stay_and_does_what_its_plan_says()
    {
        Gen<PruneOptions> options = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Bool, Gen.Bool, (limit, repack, cacheable, compress) => new PruneOptions
        {
            MaxUnused = limit switch { 0 => UnusedLimit.Bytes(0), 1 => UnusedLimit.Percent(5), 2 => UnusedLimit.Percent(50), _ => UnusedLimit.Unlimited },
            MaxRepackBytes = repack switch { 0 => 0, 1 => 200_000, _ => null },
            RepackCacheableOnly = cacheable,
            RepackUncompressed = compress,
            RepackSmallerThanBytes = SmallBytes,
            Write = SmallPacks,
        });
        await Gen.Select(Gen.ULong[1, 100_000], Gen.Int[1, 6], Gen.Int[0, 63], options).SampleAsync(
            async (seed, count, removed, how) =>
            {
                using MemoryBackend backend = new();
                using OpenRepository repository = await SmallRepository.CreateAsync(backend);
                List<SavedSnapshot> all = await FillAsync(repository, seed, count);
                SnapshotId[] gone = [.. all.Where((_, i) => (removed & (1 << i)) != 0).Select(saved => saved.Id)];
                SnapshotId[] kept = [.. all.Select(saved => saved.Id).Except(gone)];
                Dictionary<BlobHandle, byte[]> before = await ContentAsync(repository, kept);

                PrunePlan plan = await ForgetAndPruneAsync(repository, gone, how);

                await AssertSameAsync(repository, kept, before);
                CheckRun check = await CheckRun.OfAsync(repository);
                check.AssertClean();
                Assert.Equal(0, check.Report.Hints);
                IndexedRepository after = await repository.LoadIndexAsync(CancellationToken.None);
                Assert.Equal(plan.Statistics.RemainingBlobs, after.Index.Count);
                Assert.Equal(before.Count, plan.Statistics.Blobs.Used);
                List<PackId> packs = await PacksAsync(backend);
                Assert.Empty(plan.PacksTo(PackAction.Keep).Except(packs));
                Assert.Empty(plan.PacksTo(PackAction.Repack).Concat(plan.PacksTo(PackAction.Remove)).Intersect(packs));
                if (how is { MaxRepackBytes: null, RepackCacheableOnly: false } && how.MaxUnused == UnusedLimit.Bytes(0))
                {
                    Assert.Equal(0, plan.Statistics.RemainingUnusedBytes);
                    Assert.Equal(before.Count, after.Index.Count);
                }

                if (how.MaxRepackBytes is null)
                {
                    Assert.True((await Pruner.PlanAsync(repository, how, new PruneTale(), CancellationToken.None)).IsEmpty, "a second prune would do something");
                }
            },
            iter: 60, threads: 1);
    }

    /// <summary>Copies of blobs anywhere: one of each used blob is left, and none is lost.</summary>
    [Fact]
    public async Task Of_several_copies_of_a_blob_one_is_left()
    {
        await Gen.Select(Gen.ULong[1, 100_000], Gen.Int[1, 4], Gen.Int[1, 3], Gen.Bool).SampleAsync(
            async (seed, count, rounds, removesFirst) =>
            {
                using MemoryBackend backend = new();
                using OpenRepository repository = await SmallRepository.CreateAsync(backend);
                List<SavedSnapshot> all = await FillAsync(repository, seed, count);
                Dictionary<BlobHandle, byte[]> content = await ContentAsync(repository, all.Select(saved => saved.Id));
                Random random = new((int)seed);
                for (int round = 0; round < rounds; round++)
                {
                    IndexedRepository blank = new(repository, new Sots.Restic.Index.MasterIndex(), []);
                    await using WriteSession session = blank.BeginWrite(SmallPacks);
                    foreach ((BlobHandle blob, byte[] bytes) in content.Where(_ => random.Next(3) > 0).ToList())
                    {
                        await session.SaveBlobAsync(blob.Type, bytes, CancellationToken.None);
                    }

                    await session.FlushAsync(CancellationToken.None);
                }

                SnapshotId[] gone = removesFirst ? [all[0].Id] : [];
                SnapshotId[] kept = [.. all.Select(saved => saved.Id).Except(gone)];
                Dictionary<BlobHandle, byte[]> before = await ContentAsync(repository, kept);
                PrunePlan plan = await ForgetAndPruneAsync(repository, gone, Thorough);
                Assert.Equal(before.Count, plan.Statistics.Blobs.Used);
                Assert.Equal(before.Count, plan.Statistics.RemainingBlobs);
                await AssertSameAsync(repository, kept, before);
                CheckRun check = await CheckRun.OfAsync(repository);
                check.AssertClean();
                Assert.Equal(0, check.Report.Hints);
                Assert.Equal(before.Count, (await repository.LoadIndexAsync(CancellationToken.None)).Index.Count);
            },
            iter: 40, threads: 1);
    }

    [Theory]
    [InlineData(FaultMoment.Before, false)]
    [InlineData(FaultMoment.Before, true)]
    [InlineData(FaultMoment.After, true)]
    public async Task A_prune_that_dies_at_any_call_loses_nothing_and_the_next_one_finishes(FaultMoment moment, bool sticky)
    {
        bool finished = false;
        int deaths = 0;
        for (int k = 1; !finished; k++)
        {
            Assert.InRange(k, 1, 300);
            using FaultyBackend faulty = new(new MemoryBackend(), moment);
            using OpenRepository repository = await SmallRepository.CreateAsync(faulty);
            List<SavedSnapshot> all = await FillAsync(repository, 7, 3);
            SnapshotId[] kept = [all[1].Id];
            SnapshotId[] gone = [all[0].Id, all[2].Id];
            Dictionary<BlobHandle, byte[]> before = await ContentAsync(repository, kept);
            int calls = faulty.CallCount;
            faulty.FailNth(k, sticky);
            try
            {
                await ForgetAndPruneAsync(repository, gone, Thorough);
                finished = faulty.CallCount - calls < k;
            }
            catch (RepositoryException e)
            {
                Assert.Contains("injected", e.ToString(), StringComparison.Ordinal);
                deaths++;
            }

            faulty.Fails = static (_, _) => false;
            (await CheckRun.OfAsync(repository)).AssertClean();
            await AssertSameAsync(repository, kept, before);

            await ForgetAndPruneAsync(repository, gone, Thorough);
            CheckRun check = await CheckRun.OfAsync(repository);
            check.AssertClean();
            Assert.Equal(0, check.Report.Hints);
            await AssertSameAsync(repository, kept, before);
            Assert.Equal(before.Count, (await repository.LoadIndexAsync(CancellationToken.None)).Index.Count);
        }

        Assert.InRange(deaths, 15, 300);
    }

    [Fact]
    public async Task A_prune_that_is_cancelled_at_any_call_loses_nothing_and_the_next_one_finishes()
    {
        bool finished = false;
        for (int k = 1; !finished; k++)
        {
            Assert.InRange(k, 1, 300);
            using FaultyBackend backend = new(new MemoryBackend());
            using OpenRepository repository = await SmallRepository.CreateAsync(backend);
            List<SavedSnapshot> all = await FillAsync(repository, 11, 3);
            SnapshotId[] kept = [all[1].Id];
            Dictionary<BlobHandle, byte[]> before = await ContentAsync(repository, kept);
            using CancellationTokenSource cancel = new();
            int stop = backend.CallCount + k;
            backend.Fails = (number, _) =>
            {
                if (number == stop)
                {
                    cancel.Cancel();
                }

                return false;
            };
            try
            {
                await ForgetAndPruneAsync(repository, [all[0].Id, all[2].Id], Thorough, cancellationToken: cancel.Token);
                finished = backend.CallCount < stop;
            }
            catch (OperationCanceledException)
            {
                Assert.True(cancel.IsCancellationRequested);
            }

            (await CheckRun.OfAsync(repository)).AssertClean();
            await ForgetAndPruneAsync(repository, [all[0].Id, all[2].Id], Thorough);
            await AssertSameAsync(repository, kept, before);
            Assert.Equal(before.Count, (await repository.LoadIndexAsync(CancellationToken.None)).Index.Count);
        }
    }

    /// <summary>The order of docs/CRASH-SAFETY.md, as the backend sees it.</summary>
    [Fact]
    public async Task Copies_are_stored_before_index_files_these_before_old_ones_go_and_packs_go_last()
    {
        using RecordingBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        List<SavedSnapshot> all = await FillAsync(repository, 7, 4);
        int before = backend.Calls.Count;
        PrunePlan plan = await ForgetAndPruneAsync(repository, [all[0].Id, all[2].Id], Thorough);
        Assert.NotEmpty(plan.PacksTo(PackAction.Repack));
        Assert.NotEmpty(plan.PacksTo(PackAction.Remove));

        (BackendOperation, FileType)[] changes = [.. backend.Calls.Skip(before)
            .Where(call => call.Operation is BackendOperation.Save or BackendOperation.Remove).Select(call => (call.Operation, call.File.Type))];
        (BackendOperation, FileType)[] order =
        [
            (BackendOperation.Remove, FileType.Snapshot), (BackendOperation.Save, FileType.Pack), (BackendOperation.Save, FileType.Index),
            (BackendOperation.Remove, FileType.Index), (BackendOperation.Remove, FileType.Pack),
        ];
        Assert.Equal(order, changes.Distinct());
        Assert.Equal(changes.OrderBy(change => Array.IndexOf(order, change)), changes);
    }

    [Fact]
    public async Task A_lost_lock_stops_a_prune_before_the_next_thing_is_written_or_removed()
    {
        for (int held = 0; ; held++)
        {
            using RecordingBackend backend = new(new MemoryBackend());
            using OpenRepository repository = await SmallRepository.CreateAsync(backend);
            List<SavedSnapshot> all = await FillAsync(repository, 7, 3);
            await new Sots.Restic.Maintenance.SnapshotRemoval(repository, static _ => ValueTask.CompletedTask)
                .RemoveAsync([all[0].Id], static _ => { }, CancellationToken.None);
            Dictionary<BlobHandle, byte[]> before = await ContentAsync(repository, [all[1].Id, all[2].Id]);
            int asked = 0;
            PruneOptions options = Thorough with
            {
                Write = SmallPacks with
                {
                    EnsureLocked = _ => Interlocked.Increment(ref asked) > held
                        ? throw new RepositoryException(RepositoryErrorKind.LockLost, "lost")
                        : ValueTask.CompletedTask,
                },
            };
            PrunePlan plan = await Pruner.PlanAsync(repository, options, new PruneTale(), CancellationToken.None);
            int calls = backend.Calls.Count;
            try
            {
                await Pruner.ExecuteAsync(repository, plan, options, new PruneTale(), CancellationToken.None);
                Assert.InRange(held, 5, 100);
                return;
            }
            catch (RepositoryException e)
            {
                Assert.Equal(RepositoryErrorKind.LockLost, e.Kind);
            }

            Assert.True(backend.Calls.Skip(calls).Count(call => call.Operation == BackendOperation.Remove) <= held);
            (await CheckRun.OfAsync(repository)).AssertClean();
            await AssertSameAsync(repository, [all[1].Id, all[2].Id], before);
        }
    }

    [Fact]
    public async Task Without_room_for_copies_a_prune_removes_what_nothing_needs()
    {
        using FaultyBackend backend = new(new MemoryBackend())
        {
            Fault = static _ => new RepositoryException(RepositoryErrorKind.StorageFull, "the disk is full"),
        };
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        List<SavedSnapshot> all = await FillAsync(repository, 7, 4);
        List<PackId> old = await PacksAsync(backend);
        Dictionary<BlobHandle, byte[]> before = await ContentAsync(repository, [all[3].Id]);
        await new Sots.Restic.Maintenance.SnapshotRemoval(repository, static _ => ValueTask.CompletedTask)
            .RemoveAsync([all[0].Id, all[1].Id, all[2].Id], static _ => { }, CancellationToken.None);
        PrunePlan plan = await Pruner.PlanAsync(repository, Thorough, new PruneTale(), CancellationToken.None);
        List<PackId> unused = [.. plan.PacksTo(PackAction.Remove)], partly = [.. plan.PacksTo(PackAction.Repack)];
        Assert.NotEmpty(unused);
        Assert.NotEmpty(partly);

        backend.Fails = static (_, call) => call.Operation == BackendOperation.Save && call.File.Type == FileType.Pack;
        await Pruner.ExecuteAsync(repository, plan, Thorough, new PruneTale(), CancellationToken.None);
        backend.Fails = static (_, _) => false;
        Assert.Equal(old.Except(unused).ToHashSet(), [.. await PacksAsync(backend)]);
        (await CheckRun.OfAsync(repository)).AssertClean();
        await AssertSameAsync(repository, [all[3].Id], before);
    }

    /// <summary>Some file systems need room to remove a file; the copies are made by then, so it is no reason to do without them.</summary>
    [Fact]
    public async Task Without_room_to_remove_an_index_a_prune_fails_and_the_next_one_completes_it()
    {
        using FaultyBackend backend = new(new MemoryBackend())
        {
            Fault = static _ => new RepositoryException(RepositoryErrorKind.StorageFull, "the disk is full"),
        };
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        List<SavedSnapshot> all = await FillAsync(repository, 7, 4);
        int removals = 0;
        backend.Fails = (_, call) => call.Operation == BackendOperation.Remove && call.File.Type == FileType.Index && Interlocked.Increment(ref removals) == 1;
        RepositoryException full = await Assert.ThrowsAsync<RepositoryException>(() => ForgetAndPruneAsync(repository, [all[0].Id, all[1].Id], Thorough));
        Assert.Equal(RepositoryErrorKind.StorageFull, full.Kind);
        backend.Fails = static (_, _) => false;
        PrunePlan next = await Pruner.PlanAsync(repository, Thorough, new PruneTale(), CancellationToken.None);
        Assert.NotEmpty(next.PacksTo(PackAction.Remove));
        await Pruner.ExecuteAsync(repository, next, Thorough, new PruneTale(), CancellationToken.None);
        Assert.True((await Pruner.PlanAsync(repository, Thorough, new PruneTale(), CancellationToken.None)).IsEmpty);
        (await CheckRun.OfAsync(repository)).AssertClean();
    }

    [Fact]
    public async Task The_work_of_an_interrupted_prune_is_not_done_again()
    {
        using FaultyBackend backend = new(new MemoryBackend());
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        List<SavedSnapshot> all = await FillAsync(repository, 7, 3);
        List<PackId> old = await PacksAsync(backend);

        // Dies when the first old index file is to go: copies and their index are there, and so are the old packs.
        backend.Fails = static (_, call) => call.Operation == BackendOperation.Remove && call.File.Type == FileType.Index;
        await Assert.ThrowsAsync<RepositoryException>(() => ForgetAndPruneAsync(repository, [all[0].Id, all[2].Id], Thorough));
        backend.Fails = static (_, _) => false;
        PackId[] copies = [.. (await PacksAsync(backend)).Except(old)];
        Assert.NotEmpty(copies);

        PrunePlan plan = await Pruner.PlanAsync(repository, Thorough, new PruneTale(), CancellationToken.None);
        Assert.True(plan.Statistics.Blobs.Duplicate + plan.Statistics.Blobs.Unused > 0);
        Assert.Empty(copies.Except(plan.PacksTo(PackAction.Keep)));
        Assert.Empty(plan.PacksTo(PackAction.Repack));
    }

    [Fact]
    public async Task Packs_that_no_index_names_go()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await FillAsync(repository, 3, 2);
        byte[] stray = SplitMix.Bytes(1, 5000);
        PackId id = new(ContentId.Of(stray));
        await backend.SaveAsync(FileHandle.Of(id), stray, CancellationToken.None);
        PrunePlan plan = await ForgetAndPruneAsync(repository, [], Thorough);
        Assert.Equal([id], plan.PacksTo(PackAction.RemoveUnreferenced));
        Assert.Equal((5000, 1), (plan.Statistics.Bytes.Unreferenced, plan.Statistics.Packs.Unreferenced));
        Assert.Null(await backend.FindLengthAsync(FileHandle.Of(id), CancellationToken.None));
    }

    [Fact]
    public async Task Nothing_is_repacked_beyond_the_limit_of_repacking()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        List<SavedSnapshot> all = await FillAsync(repository, 7, 4);
        PrunePlan plan = await ForgetAndPruneAsync(repository, [all[0].Id, all[2].Id], Thorough with { MaxRepackBytes = 0 });
        Assert.Empty(plan.PacksTo(PackAction.Repack));
        Assert.Contains(plan.Packs, pack => pack is { Action: PackAction.Keep, Reason: PackReason.RepackLimit });
        Assert.NotEmpty(plan.PacksTo(PackAction.Remove));
    }

    [Fact]
    public void A_limit_of_unused_data_is_a_share_of_what_is_there_afterwards()
    {
        Assert.Equal(5, UnusedLimit.Percent(5).BytesFor(95));
        Assert.Equal(100, UnusedLimit.Percent(50).BytesFor(100));
        Assert.Equal(0, UnusedLimit.Percent(0).BytesFor(100));
        Assert.Equal(7, UnusedLimit.Bytes(7).BytesFor(100));
        Assert.Equal(long.MaxValue, UnusedLimit.Unlimited.BytesFor(100));
        Assert.Equal(long.MaxValue, UnusedLimit.Percent(99.999).BytesFor(long.MaxValue));
        Assert.Equal(["5%", "7", "unlimited"], new[] { UnusedLimit.Default, UnusedLimit.Bytes(7), UnusedLimit.Unlimited }.Select(limit => limit.ToString()));
    }

    [Fact]
    public async Task A_repository_of_version_1_is_pruned_too()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend, version: 1);
        List<SavedSnapshot> all = await FillAsync(repository, 5, 3);
        Dictionary<BlobHandle, byte[]> before = await ContentAsync(repository, [all[2].Id]);
        PrunePlan plan = await ForgetAndPruneAsync(repository, [all[0].Id, all[1].Id], Thorough with { RepackUncompressed = true });
        Assert.Equal(0, plan.Statistics.Bytes.Uncompressed);
        await AssertSameAsync(repository, [all[2].Id], before);
        (await CheckRun.OfAsync(repository)).AssertClean();
    }
}
