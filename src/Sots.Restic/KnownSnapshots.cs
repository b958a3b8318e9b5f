namespace Sots.Restic;

/// <summary>
/// The snapshots that were read since the repository was opened. The name of a snapshot is the hash of its content, so one that was read
/// need not be read again: a push asks for all of them several times. What could not be read is tried anew each time, other than what goes
/// beyond a limit. Thread safe.
/// </summary>
internal sealed class KnownSnapshots(OpenRepository repository)
{
    private readonly Dictionary<SnapshotId, Known> _known = [];
    private readonly SnapshotRoom _room = new();
    private readonly Lock _gate = new();

    /// <summary>A snapshot, out of memory where it was read before.</summary>
    /// <exception cref="RepositoryException">Missing, Damaged, LimitExceeded, storage errors.</exception>
    public async ValueTask<SavedSnapshot> GetAsync(SnapshotId id, CancellationToken cancellationToken)
    {
        Known before = Find(id);
        if (before.Saved is not null)
        {
            return before.Saved;
        }

        if (before.Refusal is { } refusal)
        {
            throw new RepositoryException(refusal.Kind, refusal.Message, refusal.Advice, refusal);
        }

        _room.RequireFor(id, before.Bytes);
        try
        {
            return Keep(await repository.LoadSnapshotAsync(id, cancellationToken).ConfigureAwait(false));
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.LimitExceeded && Find(id).Bytes == 0)
        {
            Remember(id, new Known(null, 0, e));
            throw;
        }
    }

    /// <summary>Forgets those that are not listed any more.</summary>
    public void KeepOnly(IEnumerable<SnapshotId> listed)
    {
        HashSet<SnapshotId> there = [.. listed];
        lock (_gate)
        {
            foreach ((SnapshotId id, Known known) in _known)
            {
                if (!there.Contains(id))
                {
                    _known.Remove(id);
                    _room.Return(known.Saved is null ? 0 : known.Bytes);
                }
            }
        }
    }

    private Known Find(SnapshotId id)
    {
        lock (_gate)
        {
            return _known.GetValueOrDefault(id);
        }
    }

    private void Remember(SnapshotId id, Known known)
    {
        lock (_gate)
        {
            _known[id] = known;
        }
    }

    /// <summary>What has no room is not kept, but its size is: it is asked for first the next time.</summary>
    private SavedSnapshot Keep(SavedSnapshot saved)
    {
        long bytes = SnapshotRoom.BytesOf(saved.Snapshot);
        lock (_gate)
        {
            if (_known.GetValueOrDefault(saved.Id).Saved is { } same)
            {
                return same;
            }

            _known[saved.Id] = new Known(null, bytes, null);
            _room.Take(saved.Id, bytes);
            _known[saved.Id] = new Known(saved, bytes, null);
            return saved;
        }
    }

    private readonly record struct Known(SavedSnapshot? Saved, long Bytes, RepositoryException? Refusal);
}
