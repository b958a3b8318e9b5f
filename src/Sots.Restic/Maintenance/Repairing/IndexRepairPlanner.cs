using Sots.Restic.Backends;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Packs;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>
/// Compares the index with the packs there are, and reads the headers of those that no index file names, or names wrongly. Reads only.
/// </summary>
/// <remarks>Memory: the index (at most 64 bytes a blob), 60 bytes a pack, and 48 bytes for each blob of a pack that is added or corrected.</remarks>
/// <param name="repository">The repository.</param>
/// <param name="readAllPacks">Read the headers of all packs, also of those with which the index seems to agree.</param>
/// <param name="events">Told what happens.</param>
internal sealed class IndexRepairPlanner(OpenRepository repository, bool readAllPacks, IMaintenanceEvents events)
{
    private readonly Dictionary<PackId, List<PackedBlob>> _headers = [];
    private readonly List<IndexChange> _changes = [];
    private readonly Lock _gate = new();
    private int _unread;

    private readonly record struct Suspect(PackId Pack, long Length, string Reason);

    /// <summary>Makes the plan.</summary>
    /// <exception cref="RepositoryException">A listing failed or is not complete, or the storage denies a file.</exception>
    public async Task<IndexRepairPlan> RunAsync(CancellationToken cancellationToken)
    {
        events.Step("loading indexes...");
        List<(IndexId Id, RepositoryException Damage)> damaged = [];
        IndexSurvey survey = await IndexSurvey.LoadAsync(repository, (id, e) => damaged.Add((id, e)), cancellationToken).ConfigureAwait(false);
        EntriesByPack entries = new(survey.Index);

        events.Step("getting pack files to read...");
        Dictionary<PackId, long> there = [];
        await foreach (StoredFile file in repository.Backend.ListAsync(FileType.Pack, cancellationToken).ConfigureAwait(false))
        {
            there[new PackId(file.Name)] = file.Length;
        }

        await ForgetMissingAsync(survey, entries, there, cancellationToken).ConfigureAwait(false);
        await ReadHeadersAsync(Suspects(survey, entries, there), survey, entries, cancellationToken).ConfigureAwait(false);
        _changes.Sort(static (a, b) => a.Pack.CompareTo(b.Pack));
        return new IndexRepairPlan(
            survey, entries, [.. damaged.Select(file => new DamagedIndexFile(file.Id, file.Damage.Message)).OrderBy(file => file.Id)], _unread == 0, _changes, _headers);
    }

    /// <summary>
    /// Packs that the index names and the listing does not show. The storage is asked for each of them alone: a listing that is not
    /// complete must not make the index forget what is there.
    /// </summary>
    private async Task ForgetMissingAsync(IndexSurvey survey, EntriesByPack entries, Dictionary<PackId, long> there, CancellationToken cancellationToken)
    {
        if (there.Count == 0 && survey.Index.PackCount > 0)
        {
            throw new RepositoryException(
                RepositoryErrorKind.Missing, $"The index names {survey.Index.PackCount} packs, and not one of them is there. Nothing was changed.",
                "Is the folder `data` of the repository complete, and its drive connected? An index without packs helps nobody.");
        }

        foreach (PackId pack in survey.Index.Packs.Where(pack => !there.ContainsKey(pack)).Order().ToList())
        {
            if (await repository.Backend.FindLengthAsync(FileHandle.Of(pack), cancellationToken).ConfigureAwait(false) is not null)
            {
                throw new RepositoryException(
                    RepositoryErrorKind.Storage, $"{FileHandle.Of(pack)} is there, but the storage does not list it: its listing is not complete. Nothing was changed.",
                    "Try again; if it stays so, the storage is faulty.");
            }

            _changes.Add(new IndexChange(pack, IndexChangeKind.Forget, "it is not there", entries.CountOf(survey.Index.NumberOf(pack))));
        }
    }

    private List<Suspect> Suspects(IndexSurvey survey, EntriesByPack entries, Dictionary<PackId, long> there)
    {
        List<Suspect> suspects = [];
        foreach ((PackId pack, long length) in there.OrderBy(pair => pair.Key))
        {
            int number = survey.Index.NumberOf(pack);
            string? reason = number < 0 ? "no index file names it" : FindFault(entries.BlobsOf(number), length);
            if (reason is not null || readAllPacks)
            {
                suspects.Add(new Suspect(pack, length, reason ?? "the index says something else of it than its header"));
            }
        }

        return suspects;
    }

    /// <summary>What is wrong with the entries of a pack, or null.</summary>
    private static string? FindFault(List<PackedBlob> blobs, long length)
    {
        long end = 0;
        bool hasGaps = false;
        foreach (PackedBlob blob in blobs)
        {
            hasGaps |= blob.Offset != end;
            end = blob.End;
        }

        long expected = PackHeaderLayout.LengthOf(blobs);
        return expected != length ? $"it has {length} bytes, by the index it must have {expected}"
            : hasGaps ? "its blobs overlap or leave gaps in the index"
            : null;
    }

    private async Task ReadHeadersAsync(List<Suspect> suspects, IndexSurvey survey, EntriesByPack entries, CancellationToken cancellationToken)
    {
        if (suspects.Count == 0)
        {
            return;
        }

        events.Step("reading pack files");
        events.Begin("packs", suspects.Count, 0);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Math.Max(repository.Backend.Connections, Environment.ProcessorCount), CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(suspects, parallel, async (suspect, token) =>
        {
            int number = survey.Index.NumberOf(suspect.Pack);
            List<PackedBlob> indexed = number < 0 ? [] : entries.BlobsOf(number);
            try
            {
                List<PackedBlob> header = await PackReader.ReadHeaderAsync(repository, suspect.Pack, suspect.Length, token).ConfigureAwait(false);
                if (repository.Config.Version < 2 && header.Exists(static blob => blob.UncompressedLength != 0))
                {
                    Add(new IndexChange(suspect.Pack, IndexChangeKind.LeaveDamaged, "it has compressed blobs, which a version 1 repository cannot hold", indexed.Count), null);
                }
                else if (!header.SequenceEqual(indexed))
                {
                    Add(new IndexChange(suspect.Pack, number < 0 ? IndexChangeKind.Add : IndexChangeKind.Correct, suspect.Reason, header.Count), header);
                }
            }
            catch (RepositoryException e) when (e.Kind is not RepositoryErrorKind.PermissionDenied)
            {
                Add(new IndexChange(suspect.Pack, IndexChangeKind.LeaveDamaged, e.Message, indexed.Count), null);
                if (number < 0 && e.Kind != RepositoryErrorKind.Damaged)
                {
                    Interlocked.Increment(ref _unread);
                }
            }

            events.Done(0);
        }).ConfigureAwait(false);
        events.End();
    }

    private void Add(IndexChange change, List<PackedBlob>? header)
    {
        lock (_gate)
        {
            _changes.Add(change);
            if (header is not null)
            {
                _headers.Add(change.Pack, header);
            }
        }
    }
}
