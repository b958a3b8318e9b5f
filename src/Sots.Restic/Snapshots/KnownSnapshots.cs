using System.Collections.Concurrent;
using Sots.Restic.Backends;

namespace Sots.Restic.Snapshots;

/// <summary>
/// The snapshots that were read since the repository was opened. The name of a snapshot is the hash of its content, so one that was read
/// need not be read again: a push asks for all of them several times. What could not be read is tried anew each time, other than what goes
/// beyond a limit. Thread safe.
/// </summary>
internal sealed class KnownSnapshots(OpenRepository repository)
{
    private readonly ConcurrentDictionary<SnapshotId, Known> _known = [];

    /// <summary>A snapshot, out of memory where it was read before.</summary>
    /// <param name="id">Which.</param>
    /// <param name="room">What all of one listing may take.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RepositoryException">Missing, Damaged, LimitExceeded, storage errors.</exception>
    public async ValueTask<SavedSnapshot> GetAsync(SnapshotId id, SnapshotRoom room, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(id, out Known before))
        {
            if (before.Refusal is { } refusal)
            {
                throw new RepositoryException(refusal.Kind, refusal.Message, refusal.Advice, refusal);
            }

            room.Take(id, before.Bytes);
            return before.Saved ?? (_known[id] = before with { Saved = await repository.LoadSnapshotAsync(id, cancellationToken).ConfigureAwait(false) }).Saved!;
        }

        SavedSnapshot saved;
        try
        {
            saved = await repository.LoadSnapshotAsync(id, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.LimitExceeded)
        {
            _known[id] = new Known(null, 0, e);
            throw;
        }

        // What has no room is not kept, but its size is: it is asked for first the next time.
        long bytes = SnapshotRoom.BytesOf(saved.Snapshot);
        _known[id] = new Known(null, bytes, null);
        room.Take(id, bytes);
        _known[id] = new Known(saved, bytes, null);
        return saved;
    }

    /// <summary>Forgets those that are not listed any more.</summary>
    public void KeepOnly(IEnumerable<SnapshotId> listed)
    {
        HashSet<SnapshotId> there = [.. listed];
        foreach (SnapshotId id in _known.Keys)
        {
            if (!there.Contains(id))
            {
                _known.TryRemove(id, out _);
            }
        }
    }

    private readonly record struct Known(SavedSnapshot? Saved, long Bytes, RepositoryException? Refusal);
}
