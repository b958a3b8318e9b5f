using Sots.Restic.Backends;
using Sots.Restic.Snapshots;

namespace Sots.Restic;

/// <summary>
/// The memory that all snapshots which are held at once may take together (<see cref="Limits.AllSnapshotsBytes"/>): a snapshot of a few MiB of
/// JSON can be ten times as large when it is read. Thread safe.
/// </summary>
internal sealed class SnapshotRoom
{
    /// <summary>An object with its header and the reference to it.</summary>
    private const int ObjectBytes = 32;

    private long _left = Limits.AllSnapshotsBytes;

    /// <summary>Takes the room of a snapshot.</summary>
    /// <param name="id">Which, for the message.</param>
    /// <param name="bytes">What it takes: <see cref="BytesOf"/>.</param>
    /// <exception cref="RepositoryException">LimitExceeded: there is not enough left. Smaller ones may still find room.</exception>
    public void Take(SnapshotId id, long bytes)
    {
        long left = Interlocked.Read(ref _left);
        while (true)
        {
            if (left < bytes)
            {
                throw TooMuch(id);
            }

            // Never below what is there, not for a moment: another snapshot that has room would be refused meanwhile.
            long found = Interlocked.CompareExchange(ref _left, left - bytes, left);
            if (found == left)
            {
                return;
            }

            left = found;
        }
    }

    /// <summary>Gives room back.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _left, bytes);

    /// <summary>As <see cref="Take"/>, and takes nothing.</summary>
    /// <exception cref="RepositoryException">LimitExceeded: there is not enough left.</exception>
    public void RequireFor(SnapshotId id, long bytes)
    {
        if (Interlocked.Read(ref _left) < bytes)
        {
            throw TooMuch(id);
        }
    }

    /// <summary>What a snapshot takes, about: texts are two bytes a character.</summary>
    internal static long BytesOf(Snapshot snapshot)
    {
        long bytes = 16 * ObjectBytes + Of(snapshot.Paths ?? []) + Of(snapshot.Excludes) + Of(snapshot.Tags) + Of(snapshot.UnknownMembers)
            + Of(snapshot.Summary?.UnknownMembers ?? []);
        return bytes + (2L * (snapshot.Hostname.Length + snapshot.Username.Length + snapshot.ProgramVersion.Length));
    }

    private static RepositoryException TooMuch(SnapshotId id) => new(
        RepositoryErrorKind.LimitExceeded,
        $"{FileHandle.Of(id)} is left out: all snapshots together take more than the {Limits.AllSnapshotsBytes >> 20} MiB of memory that they may",
        "Forget snapshots that are not needed any more; then the others have room.");

    private static long Of(IReadOnlyList<string> texts)
    {
        long bytes = 0;
        foreach (string text in texts)
        {
            bytes += ObjectBytes + (2L * text.Length);
        }

        return bytes;
    }

    private static long Of(IReadOnlyList<KeyValuePair<string, byte[]>> members)
    {
        long bytes = 0;
        foreach ((string name, byte[] value) in members)
        {
            bytes += (2 * ObjectBytes) + (2L * name.Length) + value.Length;
        }

        return bytes;
    }
}
