using System.Collections.Concurrent;
using Sots.Restic.Backends;
using Sots.Restic.Maintenance.Consequences;
using Sots.Restic.Packs;

namespace Sots.Restic.Maintenance;

/// <summary>
/// Reads packs, several at a time: as many requests in flight as the backend likes, as many threads decoding as there are processors. A
/// pack with a fault is read once more before anything is said.
/// </summary>
/// <param name="repository">The repository.</param>
/// <param name="indexed">What the index says.</param>
/// <param name="findings">Where damage is noted.</param>
/// <param name="lost">Where content that cannot be had is noted.</param>
/// <param name="events">Told of each pack.</param>
/// <param name="pieceLength">Longer packs are read in pieces; bytes.</param>
internal sealed class PackContentCheck(
    OpenRepository repository, IndexedPacks indexed, CheckFindings findings, LostContent lost, ICheckEvents events, int pieceLength)
{
    private const string Unreliable = "likely the memory of this machine, the cable or the disk is not reliable";

    private readonly ConcurrentDictionary<PackId, bool> _intact = new();

    /// <summary>Whether a pack has the bytes that its name says; null where it was not read.</summary>
    public bool? IsIntact(PackId pack) => _intact.TryGetValue(pack, out bool intact) ? intact : null;

    /// <summary>Reads the packs and says what is wrong with them.</summary>
    public Task RunAsync(IReadOnlyList<StoredFile> packs, CancellationToken cancellationToken) => ReadAsync(packs, Report, cancellationToken);

    /// <summary>Reads packs of which something was said already, to know what of them is lost.</summary>
    public Task ExamineAsync(IReadOnlyList<StoredFile> packs, CancellationToken cancellationToken) =>
        ReadAsync(packs, (pack, _, second) => Note(pack, second), cancellationToken);

    private async Task ReadAsync(IReadOnlyList<StoredFile> packs, Action<PackId, PackVerdict, PackVerdict> report, CancellationToken cancellationToken)
    {
        int connections = repository.Backend.Connections;
        using SemaphoreSlim reads = new(connections);
        using SemaphoreSlim work = new(Environment.ProcessorCount);
        PackVerifier verifier = new(repository, indexed, reads, work, pieceLength);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = connections + Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(packs, parallel, async (file, token) =>
        {
            PackId pack = new(file.Name);
            PackVerdict verdict = await verifier.VerifyAsync(pack, file.Length, token).ConfigureAwait(false);
            _intact[pack] = verdict.Hash == pack.Value;
            if (verdict.Faults > 0)
            {
                await repository.Backend.ForgetCachedAsync(FileHandle.Of(pack), token).ConfigureAwait(false);
                report(pack, verdict, await verifier.VerifyAsync(pack, file.Length, token).ConfigureAwait(false));
            }

            events.PackDone(pack, file.Length);
        }).ConfigureAwait(false);
    }

    private void Report(PackId pack, PackVerdict first, PackVerdict second)
    {
        string name = FileHandle.Of(pack).ToString();
        Note(pack, second);
        if (second.IsUnreadable)
        {
            findings.Add(FindingKind.PackUnreadable, name, $"{name} cannot be read: {second}");
        }
        else if (second.Faults == 0)
        {
            findings.Add(
                FindingKind.PackUnstable, name, $"{name}: the second reading was good, the first was not ({first}); {Unreliable}");
        }
        else if (first.Hash != second.Hash)
        {
            findings.Add(
                FindingKind.PackUnstable, name, $"{name} contains {second.Faults} errors: {second}; two readings gave different bytes; {Unreliable}");
        }
        else
        {
            findings.Add(FindingKind.PackDamaged, name, $"{name} contains {second.Faults} errors: {second}; two readings gave the same bytes", pack);
        }
    }

    private void Note(PackId pack, PackVerdict verdict)
    {
        _intact[pack] = verdict.Hash == pack.Value;
        if (verdict.IsUnreadable)
        {
            lost.Add(pack);
        }

        foreach (PackedBlob blob in verdict.Lost)
        {
            lost.Add(blob.Handle, blob.In(pack));
        }
    }
}
