using System.Security.Cryptography;
using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Restic.Maintenance.Pruning;
using Sots.Restic.Packs;

namespace Sots.Restic.Maintenance.Repairing;

/// <summary>
/// Reads packs that are said to be damaged: which of their blobs are intact, at the places that the index or the pack's own header gives
/// them. Reads only.
/// </summary>
internal sealed class PackRepairPlanner(OpenRepository repository, IReadOnlyList<PackId> packs, IMaintenanceEvents events)
{
    /// <summary>Faults that are kept in words.</summary>
    private const int MaxWords = 8;

    private const int PieceLength = 4 << 20;

    /// <summary>Makes the plan.</summary>
    /// <exception cref="RepositoryException">An index file cannot be read, or the storage denies a file.</exception>
    public async Task<PackRepairPlan> RunAsync(CancellationToken cancellationToken)
    {
        events.Step("loading indexes...");
        IndexSurvey survey = await IndexSurvey.LoadAsync(
            repository,
            static (_, e) => throw new RepositoryException(e.Kind, $"{e.Message}. Nothing was changed.", "Run `repair index` first: it says where blobs lie.", e),
            cancellationToken).ConfigureAwait(false);
        EntriesByPack entries = new(survey.Index);

        events.Step("reading the packs");
        events.Begin("packs", packs.Count, 0);
        List<PackRepair> repairs = [];
        foreach (PackId pack in packs)
        {
            int number = survey.Index.NumberOf(pack);
            repairs.Add(await LookAsync(pack, number < 0 ? [] : entries.BlobsOf(number), cancellationToken).ConfigureAwait(false));
            events.Done(0);
        }

        events.End();
        return await JudgeAsync(repairs, survey, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads one pack.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="indexed">What the index says is in it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<PackRepair> LookAsync(PackId pack, List<PackedBlob> indexed, CancellationToken cancellationToken)
    {
        List<string> faults = [];
        if (await repository.Backend.FindLengthAsync(FileHandle.Of(pack), cancellationToken).ConfigureAwait(false) is not { } length)
        {
            return new PackRepair(pack, null, false, [], indexed, ["it is not there"], null);
        }

        List<PackedBlob> places = indexed;
        List<PackedBlob> nowhere = [];
        bool isRead = true;
        try
        {
            List<PackedBlob> header = await PackReader.ReadHeaderAsync(repository, pack, length, cancellationToken).ConfigureAwait(false);
            if (!header.SequenceEqual(indexed))
            {
                faults.Add(indexed.Count == 0 ? "no index file names it" : "the index says something else of it than its header");
            }

            // Whoever wrote the header had the key: where it differs, the index is wrong.
            places = header;
            nowhere = indexed.FindAll(blob => !header.Exists(other => other.Offset == blob.Offset && other.Id == blob.Id));
        }
        catch (RepositoryException e) when (e.Kind is not RepositoryErrorKind.PermissionDenied)
        {
            faults.Add(e.Message);
            isRead = IsOfItsBytes(e);
        }

        (List<PackedBlob> intact, List<PackedBlob> damaged) = await SortOutAsync(
            pack, places, damage =>
            {
                faults.Add(damage.Message);
                isRead &= IsOfItsBytes(damage);
            }, cancellationToken).ConfigureAwait(false);
        ContentId? hash = !isRead ? null : await HashAsync(pack, length, faults, cancellationToken).ConfigureAwait(false);
        if (faults.Count == 0 && hash != pack.Value)
        {
            faults.Add("its bytes do not have the hash that is its name");
        }

        return new PackRepair(pack, length, faults.Count == 0, intact, [.. damaged, .. nowhere], [.. faults.Take(MaxWords)], hash);
    }

    /// <summary>True where bytes were read and are wrong; false where the storage did not hand them out, this time.</summary>
    private static bool IsOfItsBytes(RepositoryException e) => e.Kind is RepositoryErrorKind.Damaged or RepositoryErrorKind.LimitExceeded;

    /// <summary>A blob is called damaged only after a second reading.</summary>
    private async Task<(List<PackedBlob> Intact, List<PackedBlob> Damaged)> SortOutAsync(
        PackId pack, IReadOnlyCollection<PackedBlob> places, Action<RepositoryException> tell, CancellationToken cancellationToken)
    {
        List<PackedBlob> intact = [];
        List<PackedBlob> damaged = [.. places];
        for (int attempt = 0; attempt < 2 && damaged.Count > 0; attempt++)
        {
            List<PackedBlob> again = damaged;
            damaged = [];
            await PackReader.ReadBlobsAsync(
                repository,
                pack,
                again,
                (blob, _, damage) =>
                {
                    (damage is null ? intact : damaged).Add(blob);
                    if (damage is not null && attempt > 0)
                    {
                        tell(damage);
                    }

                    return ValueTask.CompletedTask;
                },
                cancellationToken).ConfigureAwait(false);
        }

        return (intact, damaged);
    }

    /// <summary>The hash of all bytes; null where the storage does not hand them out, which is one more fault.</summary>
    private async ValueTask<ContentId?> HashAsync(PackId pack, long length, List<string> faults, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[PieceLength];
        try
        {
            for (long offset = 0; offset < length; offset += piece.Length)
            {
                Memory<byte> part = piece.AsMemory(0, (int)Math.Min(piece.Length, length - offset));
                await repository.Backend.LoadRangeAsync(FileHandle.Of(pack), offset, part, cancellationToken).ConfigureAwait(false);
                hash.AppendData(part.Span);
            }
        }
        catch (RepositoryException e) when (e.Kind is not RepositoryErrorKind.PermissionDenied)
        {
            faults.Add(e.Message);
            return null;
        }

        return new ContentId(hash.GetHashAndReset());
    }

    /// <summary>What must be copied, what is lost, and what that means for snapshots.</summary>
    private async Task<PackRepairPlan> JudgeAsync(List<PackRepair> repairs, IndexSurvey survey, CancellationToken cancellationToken)
    {
        HashSet<PackId> going = [.. repairs.Where(repair => !repair.IsWhole).Select(repair => repair.Pack)];
        IndexedRepository others = new(repository, survey.Index.Where((pack, _) => !going.Contains(pack)), []);
        HashSet<BlobHandle> saved = [];
        HashSet<BlobHandle> lost = [];
        foreach (PackedBlob blob in repairs.Where(repair => !repair.IsWhole).SelectMany(repair => repair.Intact))
        {
            if (!saved.Contains(blob.Handle) && !await IsIntactAsync(others, blob.Handle, cancellationToken).ConfigureAwait(false))
            {
                saved.Add(blob.Handle);
            }
        }

        HashSet<BlobHandle> salvaged = [.. repairs.SelectMany(repair => repair.Intact).Select(blob => blob.Handle)];
        foreach (PackedBlob blob in repairs.SelectMany(repair => repair.Damaged))
        {
            if (!salvaged.Contains(blob.Handle) && !await IsIntactAsync(others, blob.Handle, cancellationToken).ConfigureAwait(false))
            {
                lost.Add(blob.Handle);
            }
        }

        HashSet<(PackId, PackedBlob)> damaged = [.. repairs.SelectMany(repair => repair.Damaged.Select(blob => (repair.Pack, blob)))];
        IReadOnlyList<SnapshotRepair> losses = lost.Count == 0 ? [] : await SnapshotSearch.FindLossesAsync(
            new IndexedRepository(repository, survey.Index.Where((pack, blob) => !lost.Contains(blob.Handle) && !damaged.Contains((pack, blob))), []),
            cancellationToken).ConfigureAwait(false);
        return new PackRepairPlan(repairs, saved, [.. lost], losses);
    }

    private static async ValueTask<bool> IsIntactAsync(IndexedRepository others, BlobHandle blob, CancellationToken cancellationToken)
    {
        try
        {
            await others.LoadBlobAsync(blob, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RepositoryException e) when (e.Kind is not RepositoryErrorKind.PermissionDenied)
        {
            return false;
        }
    }
}
