using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Restic.Locking;
using Sots.Restic.Maintenance.Consequences;
using Sots.Restic.Snapshots;

namespace Sots.Restic.Maintenance;

/// <summary>
/// Verifies a repository: keys, index, packs, snapshots, trees, and on request every byte of the packs. Damage of any kind is a finding
/// and never stops the check. Reads only.
/// </summary>
/// <remarks>
/// Memory: the index (at most 64 bytes a blob), 90 bytes a pack, 43 bytes a tree, and while packs are read 4 MiB for each request in flight
/// and each processor, more only where a single blob is longer. Where damage was found, all trees are read once more to say what it means:
/// about 60 bytes a tree, 8 a directory and 100 a damaged blob. One check at a time for each instance.
/// </remarks>
/// <param name="repository">The repository. The caller holds an exclusive lock, or accepts that work in progress looks like left-overs.</param>
/// <param name="subset">Which packs are read.</param>
/// <param name="events">Told what happens.</param>
public sealed class RepositoryChecker(OpenRepository repository, PackSubset subset, ICheckEvents events)
{
    private readonly CheckFindings _findings = new(events);
    private readonly LostContent _lost = new();

    /// <summary>Which snapshots are followed; of the packs only theirs are read then. Default all.</summary>
    public SnapshotFilter Filter { get; init; } = new();

    /// <summary>Longer packs are read in pieces; bytes.</summary>
    internal int PieceLength { get; init; } = PackVerifier.DefaultPieceLength;

    /// <summary>Runs the check.</summary>
    /// <exception cref="RepositoryException">A folder of the repository could not be listed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<CheckReport> RunAsync(CancellationToken cancellationToken)
    {
        if (repository.ConfigDamage is { } configDamage)
        {
            _findings.Add(FindingKind.ConfigUnreadable, "config", configDamage.Message);
        }

        await CheckKeysAsync(cancellationToken).ConfigureAwait(false);
        await CheckLocksAsync(cancellationToken).ConfigureAwait(false);

        // Before the index: whatever a snapshot needs was in the index before the snapshot was written.
        List<SavedSnapshot> snapshots = await LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);

        events.Step("load indexes");
        IndexCheck index = new(repository, _findings);
        IndexedPacks indexed = await index.RunAsync(cancellationToken).ConfigureAwait(false);

        events.Step("check all packs");
        List<StoredFile> packs = await new PackListCheck(repository, indexed, _findings, _lost).RunAsync(index.FoundDamage, cancellationToken).ConfigureAwait(false);

        events.Step("check snapshots, trees and blobs");
        IndexedRepository loaded = new(repository, indexed.Index, []);
        UsedPacks? used = Filter.IsEmpty ? null : new UsedPacks();
        await new TreeCheck(loaded, _findings, _lost, used).RunAsync(snapshots, cancellationToken).ConfigureAwait(false);

        IReadOnlyList<StoredFile> chosen = subset.Choose(used is null ? packs : packs.FindAll(pack => used.Contains(new PackId(pack.Name))));
        PackContentCheck content = new(repository, indexed, _findings, _lost, events, PieceLength);
        if (chosen.Count > 0)
        {
            events.Step(chosen.Count == packs.Count ? "read all data" : $"read {chosen.Count} of {packs.Count} packs");
            events.PacksChosen(chosen.Count, chosen.Sum(pack => pack.Length));
            await content.RunAsync(chosen, cancellationToken).ConfigureAwait(false);
        }

        CheckReport report = _findings.Report();
        if (report.Errors == 0)
        {
            return report;
        }

        events.Step("find out what the damage means");
        ConsequenceSearch search = new(repository, indexed, _findings, _lost);
        return report with { Damage = await search.RunAsync(snapshots, packs, content, cancellationToken).ConfigureAwait(false) };
    }

    private async Task CheckKeysAsync(CancellationToken cancellationToken)
    {
        await foreach (StoredFile file in repository.Backend.ListAsync(FileType.Key, cancellationToken).ConfigureAwait(false))
        {
            FileHandle key = new(FileType.Key, file.Name);
            string name = key.ToString();
            try
            {
                byte[] stored = await repository.Backend.LoadAsync(key, Limits.SmallFileLength, cancellationToken)
                    .ConfigureAwait(false);
                if (ContentId.Of(stored) != file.Name)
                {
                    throw RepositoryException.Damage(name, "its bytes do not have the hash that is its name");
                }

                KeyFile.Parse(stored, name);
            }
            catch (RepositoryException e) when (e.Kind != RepositoryErrorKind.Missing)
            {
                _findings.Add(FindingKind.KeyUnreadable, name, $"{e.Message}; its password may not open the repository any more");
            }
            catch (RepositoryException e)
            {
                // Removed by another process since the listing began, if it is gone.
                if (!await repository.Backend.IsGoneAsync(key, cancellationToken).ConfigureAwait(false))
                {
                    _findings.Add(FindingKind.KeyUnreadable, name, SecondLook.Contradiction(key, e).Message);
                }
            }
        }
    }

    private async Task CheckLocksAsync(CancellationToken cancellationToken)
    {
        RepositoryLockStore store = new(repository);
        await foreach (StoredFile file in repository.Backend.ListAsync(FileType.Lock, cancellationToken).ConfigureAwait(false))
        {
            // An empty one is in nobody's way: other programs leave such behind too.
            LockId id = new(file.Name);
            if (file.Length == 0)
            {
                continue;
            }

            try
            {
                await store.LoadAsync(id, cancellationToken).ConfigureAwait(false);
            }
            catch (RepositoryException e) when (e.Kind != RepositoryErrorKind.Missing)
            {
                _findings.Add(FindingKind.LockUnreadable, FileHandle.Of(id).ToString(), $"{e.Message}; nobody can hold it, but it keeps others from their work");
            }
            catch (RepositoryException)
            {
                // Its holder has finished since the listing began.
            }
        }
    }

    private async Task<List<SavedSnapshot>> LoadSnapshotsAsync(CancellationToken cancellationToken)
    {
        List<StoredFile> files = await repository.Backend.ListAsync(FileType.Snapshot, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        List<SavedSnapshot> snapshots = [];
        SnapshotRoom room = new();
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = repository.Backend.Connections, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(files, parallel, async (file, token) =>
        {
            SnapshotId id = new(file.Name);
            try
            {
                SavedSnapshot snapshot = await repository.LoadSnapshotAsync(id, token).ConfigureAwait(false);
                if (Filter.Matches(snapshot.Snapshot))
                {
                    room.Take(id, SnapshotRoom.BytesOf(snapshot.Snapshot));
                    lock (snapshots)
                    {
                        snapshots.Add(snapshot);
                    }
                }
            }
            catch (RepositoryException e) when (e.Kind != RepositoryErrorKind.Missing)
            {
                _findings.Add(FindingKind.SnapshotUnreadable, FileHandle.Of(id).ToString(), e.Message);
            }
            catch (RepositoryException e)
            {
                // Forgotten by another process since the listing began, if it is gone.
                if (!await repository.Backend.IsGoneAsync(FileHandle.Of(id), token).ConfigureAwait(false))
                {
                    _findings.Add(FindingKind.SnapshotUnreadable, FileHandle.Of(id).ToString(), SecondLook.Contradiction(FileHandle.Of(id), e).Message);
                }
            }
        }).ConfigureAwait(false);
        snapshots.Sort(static (a, b) => b.Snapshot.Time.CompareInstant(a.Snapshot.Time));
        return snapshots;
    }
}
