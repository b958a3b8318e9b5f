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

    private static Task SaveAsync(OpenRepository repository, string host) => repository.SaveUnpackedAsync(
        FileType.Snapshot, SnapshotCodec.Write(new Snapshot { Time = new NodeTime(1_700_000_000, 0, 0), Tree = TreeCodec.EmptyTree, Paths = ["/p"], Hostname = host }),
        CancellationToken.None).AsTask();
}
