using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Fuzzing.Targets;

/// <summary>Snapshots.</summary>
internal sealed class SnapshotTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "snapshot";

    /// <inheritdoc/>
    public override string About => "snapshots: the same after writing and reading, unknown members included";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds =>
    [
        SnapshotCodec.Write(new Snapshot
        {
            Time = Samples.Time,
            Parent = new SnapshotId(Samples.Id),
            Tree = new TreeId(Samples.Id),
            Paths = ["/a", @"C:\b", "\u2028<"],
            Hostname = "host",
            Username = @"DOMAIN\user",
            UserId = 1000,
            GroupId = uint.MaxValue,
            Excludes = ["*.tmp"],
            Tags = ["a", ""],
            Original = new SnapshotId(Samples.Id),
            ProgramVersion = "restic 0.18.0",
            Summary = new SnapshotSummary { BackupStart = Samples.Time, BackupEnd = Samples.Time, FilesNew = 1, DataBlobs = long.MaxValue, TotalBytesProcessed = ulong.MaxValue },
        }),
        """ {"tree":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","x":[ {"y":null} ],"time":"2024-02-29T23:59:59Z","paths":null,"summary":{"z":1},"tags":null} """u8.ToArray(),
    ];

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => Utf8(
        "time", "parent", "tree", "paths", "hostname", "username", "uid", "gid", "excludes", "tags", "original", "program_version", "summary", "backup_start", "backup_end", "files_new",
        "files_changed", "files_unmodified", "dirs_new", "dirs_changed", "dirs_unmodified", "data_blobs", "tree_blobs", "data_added", "data_added_packed", "total_files_processed", "total_bytes_processed");

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        Snapshot snapshot;
        try
        {
            snapshot = SnapshotCodec.Read(input, "snapshot");
        }
        catch (RepositoryException)
        {
            return false;
        }

        byte[] written = SnapshotCodec.Write(snapshot);
        Snapshot again = SnapshotCodec.Read(written, "snapshot");
        Law.Same(written, SnapshotCodec.Write(again), "a snapshot is written alike the second time");
        Law.Holds(
            (snapshot.Time, snapshot.Tree, snapshot.Parent, snapshot.Original, snapshot.UserId, snapshot.GroupId) == (again.Time, again.Tree, again.Parent, again.Original, again.UserId, again.GroupId),
            "a snapshot is the same after writing and reading");
        Law.Holds(
            (snapshot.Hostname, snapshot.Username, snapshot.ProgramVersion) == (again.Hostname, again.Username, again.ProgramVersion)
                && (snapshot.Paths ?? []).SequenceEqual(again.Paths ?? []) && snapshot.Tags.SequenceEqual(again.Tags) && snapshot.Excludes.SequenceEqual(again.Excludes),
            "the texts of a snapshot are the same after writing and reading");
        Law.Holds(snapshot.UnknownMembers.Select(static member => member.Key).SequenceEqual(again.UnknownMembers.Select(static member => member.Key)), "unknown members of a snapshot stay");
        return true;
    }
}
