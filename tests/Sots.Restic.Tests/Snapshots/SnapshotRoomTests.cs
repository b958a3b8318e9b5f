using Sots.Restic.Backends;
using Sots.Restic.Maintenance;
using Sots.Restic.Snapshots;
using Sots.Restic.Tests.Maintenance;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Restic.Tests.Snapshots;

/// <summary>Snapshots are held all at once, and what they may take of memory together has a bound.</summary>
public class SnapshotRoomTests
{
    [Fact]
    public async Task Snapshots_that_together_take_too_much_are_left_out_and_named_and_small_ones_are_not()
    {
        // A host name of 15 million letters takes 30 MB: eight of those are within 256 MiB.
        using OpenRepository repository = await SmallRepository.CreateAsync(new MemoryBackend());
        for (int i = 0; i < 9; i++)
        {
            await SaveAsync(repository, new string((char)('a' + i), 15_000_000));
        }

        for (int i = 0; i < 3; i++)
        {
            await SaveAsync(repository, $"small {i}");
        }

        SnapshotListing listing = await repository.LoadSnapshotsAsync(CancellationToken.None);
        Assert.Equal((8, 3), (listing.Snapshots.Count(Large), listing.Snapshots.Count(saved => !Large(saved))));
        RepositoryException left = Assert.Single(listing.Damaged);
        Assert.Equal(RepositoryErrorKind.LimitExceeded, left.Kind);
        Assert.Matches("^snapshots/[0-9a-f]{64} is left out: all snapshots together take more than the 256 MiB of memory that they may$", left.Message);

        CheckRun check = await CheckRun.OfAsync(repository);
        Assert.Matches("is left out: all snapshots together take more", Assert.Single(check.Findings, finding => finding.Kind == FindingKind.SnapshotUnreadable).Message);
    }

    [Fact]
    public async Task A_snapshot_is_read_once_and_what_is_forgotten_or_cannot_be_read_is_not_remembered()
    {
        MemoryBackend memory = new();
        RecordingBackend counting = new(memory);
        using OpenRepository repository = await SmallRepository.CreateAsync(counting);
        for (int i = 0; i < 9; i++)
        {
            await SaveAsync(repository, new string((char)('a' + i), 15_000_000));
        }

        SnapshotId kept = new(await SaveAsync(repository, "kept")), lost = new(await SaveAsync(repository, "lost")), forgotten = new(await SaveAsync(repository, "forgotten"));
        byte[] whole = await memory.LoadAsync(FileHandle.Of(lost), 1 << 20, CancellationToken.None);
        await memory.RemoveAsync(FileHandle.Of(lost), CancellationToken.None);
        await memory.SaveAsync(FileHandle.Of(lost), new byte[100], CancellationToken.None);

        SnapshotListing first = await repository.LoadSnapshotsAsync(CancellationToken.None);
        Assert.Equal((8, 2, 2), (first.Snapshots.Count(Large), first.Snapshots.Count(saved => !Large(saved)), first.Damaged.Count));
        int read = Loads();
        await memory.RemoveAsync(FileHandle.Of(forgotten), CancellationToken.None);
        await memory.RemoveAsync(FileHandle.Of(lost), CancellationToken.None);
        await memory.SaveAsync(FileHandle.Of(lost), whole, CancellationToken.None);

        // Only the one that was damaged: the large one without room is known not to fit, and still named.
        SnapshotListing second = await repository.LoadSnapshotsAsync(CancellationToken.None);
        Assert.Equal(read + 1, Loads());
        Assert.Equal(["kept", "lost"], second.Snapshots.Where(saved => !Large(saved)).Select(saved => saved.Snapshot.Hostname).Order(StringComparer.Ordinal));
        Assert.Equal(first.Damaged.Where(e => e.Kind == RepositoryErrorKind.LimitExceeded).Select(e => e.Message), second.Damaged.Select(e => e.Message));
        Assert.Contains(second.Snapshots, saved => saved.Id == kept);

        // And as soon as there is room for it, it is there.
        await memory.RemoveAsync(FileHandle.Of(second.Snapshots.First(Large).Id), CancellationToken.None);
        SnapshotListing third = await repository.LoadSnapshotsAsync(CancellationToken.None);
        Assert.Equal((8, 0), (third.Snapshots.Count(Large), third.Damaged.Count));

        int Loads() => counting.Calls.Count(static call => call.Operation == BackendOperation.Load && call.File.Type == FileType.Snapshot);
    }

    [Fact]
    public void What_a_snapshot_takes_is_counted_text_by_text()
    {
        Snapshot none = new() { Time = NodeTime.None, Tree = TreeCodec.EmptyTree };
        long least = SnapshotRoom.BytesOf(none);
        Assert.Equal(least + 2 * 5, SnapshotRoom.BytesOf(none with { Hostname = "host", ProgramVersion = "1" }));
        Assert.Equal(least + 3 * 32 + 2 * 6, SnapshotRoom.BytesOf(none with { Paths = ["/p"], Excludes = ["*.b"], Tags = ["t"] }));
        Assert.Equal(least + 64 + 2 * 3 + 4, SnapshotRoom.BytesOf(none with { UnknownMembers = [new("new", "true"u8.ToArray())] }));
        Assert.Equal(least + 64 + 2 * 3 + 4, SnapshotRoom.BytesOf(none with { Summary = new SnapshotSummary { UnknownMembers = [new("new", "true"u8.ToArray())] } }));
    }

    private static bool Large(SavedSnapshot saved) => saved.Snapshot.Hostname.Length > 100;

    private static Task<ContentId> SaveAsync(OpenRepository repository, string host) => repository.SaveUnpackedAsync(
        FileType.Snapshot, SnapshotCodec.Write(new Snapshot { Time = new NodeTime(1_700_000_000, 0, 0), Tree = TreeCodec.EmptyTree, Paths = ["/p"], Hostname = host }),
        CancellationToken.None).AsTask();
}
