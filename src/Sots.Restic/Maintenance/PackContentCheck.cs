using Sots.Restic.Backends;

namespace Sots.Restic.Maintenance;

/// <summary>
/// Reads packs, several at a time: as many requests in flight as the backend likes, as many threads decoding as there are processors. A
/// pack with a fault is read once more before anything is said.
/// </summary>
internal sealed class PackContentCheck(OpenRepository repository, IndexedPacks indexed, CheckFindings findings, ICheckEvents events, int pieceLength)
{
    /// <summary>Reads the packs.</summary>
    public async Task RunAsync(IReadOnlyList<StoredFile> packs, CancellationToken cancellationToken)
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
            if (verdict.Faults > 0)
            {
                await repository.Backend.ForgetCachedAsync(FileHandle.Of(pack), token).ConfigureAwait(false);
                Report(pack, verdict, await verifier.VerifyAsync(pack, file.Length, token).ConfigureAwait(false));
            }

            events.PackDone(pack, file.Length);
        }).ConfigureAwait(false);
    }

    private void Report(PackId pack, PackVerdict first, PackVerdict second)
    {
        string name = FileHandle.Of(pack).ToString();
        if (second.Faults == 0)
        {
            findings.Add(
                FindingKind.PackUnstable,
                name,
                $"{name}: the second reading was good, the first was not ({first}); storage, network or memory of this machine are not reliable");
        }
        else if (second.IsUnreadable)
        {
            findings.Add(FindingKind.PackUnreadable, name, $"{name} cannot be read: {second}");
        }
        else
        {
            string readings = first.Hash == second.Hash ? "two readings gave the same bytes" : "two readings gave different bytes";
            findings.Add(FindingKind.PackDamaged, name, $"{name} contains {second.Faults} errors: {second}; {readings}", pack);
        }
    }
}
