using Sots.Reliability.Power;
using Sots.Reliability.Scenarios;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Testing;

namespace Sots.Reliability.Calls;

/// <summary>
/// The order in which a run stored and removed files: no index before its packs are stored, no snapshot before all packs and indexes are,
/// no pack removed while an index names it.
/// </summary>
internal static class WriteOrder
{
    /// <summary>Looks at what a run did.</summary>
    /// <returns>How many writes and removals were looked at.</returns>
    /// <exception cref="BrokenPromiseException">Something came too early.</exception>
    public static async Task<int> HoldsAsync(World world, DiskImage before, FaultGate gate)
    {
        Dictionary<string, HashSet<string>> packsOf = new(StringComparer.Ordinal);
        HashSet<string> packs = [], indexes = [], stored = [];
        await ReadIndexesAsync(world, new SimulatedDisk(before.Clone()), packsOf);
        indexes.UnionWith(packsOf.Keys);
        await ReadIndexesAsync(world, world.Disk, packsOf);
        packs.UnionWith(before.Files().Where(static file => file.Path.Contains("/data/", StringComparison.Ordinal)).Select(static file => "data/" + file.Path.Split("/data/")[1]));
        int under = 0, looked = 0;
        foreach ((bool ended, OutsideCall call) in gate.Log.Where(static entry => entry.Call is { Seam: Seam.Backend, Nature: CallNature.Changes }))
        {
            string file = call.Subject;
            bool isSave = call.Operation == nameof(BackendOperation.Save);
            if (!ended)
            {
                looked++;
                switch (file.Split('/')[0], isSave)
                {
                    case ("index", true) when packsOf.TryGetValue(file, out HashSet<string>? named):
                        Promise(named.IsSubsetOf(packs), $"{file} was stored before the packs that it names");
                        break;
                    case ("snapshots", true):
                        Promise(under == 0 && stored.All(pack => indexes.Any(index => packsOf.TryGetValue(index, out HashSet<string>? named) && named.Contains(pack))),
                            $"{file} was stored before all packs and indexes were");
                        break;
                    case ("data", false):
                        Promise(!indexes.Any(index => packsOf.TryGetValue(index, out HashSet<string>? named) && named.Contains(file)), $"{file} was removed while an index names it");
                        break;
                }
            }

            under += file.StartsWith("data/", StringComparison.Ordinal) && isSave ? (ended ? -1 : 1) : 0;
            if (ended && file.StartsWith("data/", StringComparison.Ordinal) && isSave)
            {
                packs.Add(file);
                stored.Add(file);
            }
            else if (file.StartsWith("index/", StringComparison.Ordinal))
            {
                // An index counts as there from the moment its removal begins until it has ended, and from the end of its being stored.
                _ = isSave ? ended && indexes.Add(file) : ended && indexes.Remove(file);
            }
        }

        return looked;
    }

    private static async Task ReadIndexesAsync(World world, SimulatedDisk disk, Dictionary<string, HashSet<string>> packsOf)
    {
        using LocalBackend backend = new(World.RepositoryPath, disk);
        if (await backend.FindLengthAsync(FileHandle.Config, CancellationToken.None) is null)
        {
            return;
        }

        using OpenRepository repository = await Repository.OpenAsync(backend, World.Bytes(world.Ledger.Password), new OpenOptions(), CancellationToken.None);
        await foreach (StoredFile file in backend.ListAsync(FileType.Index, CancellationToken.None))
        {
            FileHandle index = new(FileType.Index, file.Name);
            HashSet<string> packs = [];
            IndexFile.Read(
                await repository.LoadUnpackedAsync(index, Limits.IndexLength, CancellationToken.None), 2, index.ToString(), (pack, _) => packs.Add(FileHandle.Of(pack).ToString()));
            packsOf[index.ToString()] = packs;
        }
    }

    private static void Promise(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new BrokenPromiseException(otherwise);
        }
    }
}
