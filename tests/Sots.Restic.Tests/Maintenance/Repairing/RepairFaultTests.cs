using Sots.Restic.Backends;
using Sots.Restic.Maintenance.Repairing;
using Sots.Testing;
using static Sots.Restic.Tests.Maintenance.Pruning.PruneRepository;

namespace Sots.Restic.Tests.Maintenance.Repairing;

/// <summary>Repairs that die at every call to the storage in turn.</summary>
public class RepairFaultTests
{
    public enum Verb
    {
        Index,
        Packs,
        Snapshots,
        SnapshotsForget,
        Recover,
    }

    public static TheoryData<Verb, FaultMoment, bool> Cases
    {
        get
        {
            TheoryData<Verb, FaultMoment, bool> cases = [];
            foreach (Verb verb in Enum.GetValues<Verb>())
            {
                cases.Add(verb, FaultMoment.Before, false);
                cases.Add(verb, FaultMoment.Before, true);
                cases.Add(verb, FaultMoment.After, true);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_repair_that_dies_at_any_call_leaves_nothing_worse_and_the_next_one_finishes(Verb verb, FaultMoment moment, bool sticky)
    {
        List<KeyValuePair<FileHandle, byte[]>> files = await DamagedAsync(verb);
        HashSet<string> restorable = await RestorableAsync(files);
        HashSet<string> repaired = await RepairedAsync(verb, files);
        bool finished = false;
        int deaths = 0;
        for (int k = 1; !finished; k++)
        {
            Assert.InRange(k, 1, 400);
            using FaultyBackend faulty = new(await VectorRepository.InMemoryAsync(files), moment);
            using OpenRepository repository = await SmallRepository.OpenAsync(faulty);
            int calls = faulty.CallCount;
            faulty.FailNth(k, sticky);
            try
            {
                await RunAsync(verb, repository, CancellationToken.None);
                finished = faulty.CallCount - calls < k;
            }
            catch (RepositoryException)
            {
                deaths++;
            }

            faulty.Fails = static (_, _) => false;
            Assert.Empty(restorable.Except(await Repairs.RestorableAsync(repository)));

            await RunAsync(verb, repository, CancellationToken.None);
            Assert.Equal(repaired.Order(StringComparer.Ordinal), (await StateAsync(verb, repository)).Order(StringComparer.Ordinal));
        }

        Assert.InRange(deaths, 3, 400);
    }

    [Theory]
    [InlineData(Verb.Index)]
    [InlineData(Verb.Packs)]
    [InlineData(Verb.Snapshots)]
    [InlineData(Verb.SnapshotsForget)]
    [InlineData(Verb.Recover)]
    public async Task A_repair_that_is_cancelled_at_any_call_leaves_nothing_worse_and_the_next_one_finishes(Verb verb)
    {
        List<KeyValuePair<FileHandle, byte[]>> files = await DamagedAsync(verb);
        HashSet<string> restorable = await RestorableAsync(files);
        HashSet<string> repaired = await RepairedAsync(verb, files);
        bool finished = false;
        for (int k = 1; !finished; k++)
        {
            Assert.InRange(k, 1, 400);
            using FaultyBackend backend = new(await VectorRepository.InMemoryAsync(files));
            using OpenRepository repository = await SmallRepository.OpenAsync(backend);
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
                await RunAsync(verb, repository, cancel.Token);
                finished = backend.CallCount < stop;
            }
            catch (OperationCanceledException)
            {
                Assert.True(cancel.IsCancellationRequested);
            }

            Assert.Empty(restorable.Except(await Repairs.RestorableAsync(repository)));
            await RunAsync(verb, repository, CancellationToken.None);
            Assert.Equal(repaired.Order(StringComparer.Ordinal), (await StateAsync(verb, repository)).Order(StringComparer.Ordinal));
        }
    }

    private static async Task RunAsync(Verb verb, OpenRepository repository, CancellationToken cancellationToken)
    {
        switch (verb)
        {
            case Verb.Index:
                await Repairs.IndexAsync(repository, cancellationToken: cancellationToken);
                break;
            case Verb.Packs:
                CheckRun check = await CheckRun.OfAsync(repository);
                await Repairs.PacksAsync(repository, check.Report.BrokenPacks, cancellationToken);
                break;
            case Verb.Recover:
                await Repairs.RecoverAsync(repository, cancellationToken);
                break;
            default:
                await Repairs.SnapshotsAsync(repository, verb == Verb.SnapshotsForget, cancellationToken);
                break;
        }
    }

    /// <summary>Damage that the verb is there for.</summary>
    private static async Task<List<KeyValuePair<FileHandle, byte[]>>> DamagedAsync(Verb verb)
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        List<SavedSnapshot> snapshots = await FillAsync(repository, 7, 2, files: 4);
        List<KeyValuePair<FileHandle, byte[]>> files = await VectorRepository.FilesAsync(backend);
        switch (verb)
        {
            case Verb.Index:
                // One index file cannot be read, another is gone.
                int[] indexes = [.. Enumerable.Range(0, files.Count).Where(i => files[i].Key.Type == FileType.Index)];
                files[indexes[0]].Value[40] ^= 1;
                files.RemoveAt(indexes[1]);
                return files;
            case Verb.Packs:
                // A flipped bit in one pack with data, a lost header of another.
                List<byte[]> packs = [.. files.Where(file => file.Key.Type == FileType.Pack).Select(file => file.Value).OrderByDescending(pack => pack.Length).Take(2)];
                packs[0][100] ^= 1;
                packs[1][^10] ^= 1;
                return files;
            case Verb.Recover:
                files.RemoveAll(file => file.Key == FileHandle.Of(snapshots[1].Id));
                return files;
            default:
                await Repairs.PacksAsync(repository, []);
                PackId lost = new(files.Where(file => file.Key.Type == FileType.Pack).MaxBy(file => file.Value.Length).Key.Name);
                await backend.RemoveAsync(FileHandle.Of(lost), CancellationToken.None);
                await Repairs.IndexAsync(repository);
                return await VectorRepository.FilesAsync(backend);
        }
    }

    private static async Task<HashSet<string>> RestorableAsync(List<KeyValuePair<FileHandle, byte[]>> files)
    {
        using OpenRepository repository = await SmallRepository.OpenAsync(await VectorRepository.InMemoryAsync(files));
        return await Repairs.RestorableAsync(repository);
    }

    private static async Task<HashSet<string>> RepairedAsync(Verb verb, List<KeyValuePair<FileHandle, byte[]>> files)
    {
        using OpenRepository repository = await SmallRepository.OpenAsync(await VectorRepository.InMemoryAsync(files));
        await RunAsync(verb, repository, CancellationToken.None);
        return await StateAsync(verb, repository);
    }

    /// <summary>What a repaired repository holds: the trees and origins of its snapshots, what is wrong with it, and every file.</summary>
    private static async Task<HashSet<string>> StateAsync(Verb verb, OpenRepository repository)
    {
        CheckRun check = await CheckRun.OfAsync(repository);
        if (verb is Verb.Index or Verb.SnapshotsForget or Verb.Recover)
        {
            check.AssertClean();
        }

        Assert.Empty(check.Report.BrokenPacks);
        return
        [
            .. (await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots
                .Select(saved => $"{saved.Snapshot.Tree} {saved.Snapshot.Original} {string.Join(',', saved.Snapshot.Tags)}"),
            .. await Repairs.RestorableAsync(repository),
        ];
    }
}
