using System.Collections.Concurrent;

namespace Sots.Restic.Maintenance;

/// <summary>The packs that the snapshots of a check need. About 90 bytes a pack. Thread safe.</summary>
internal sealed class UsedPacks
{
    private readonly ConcurrentDictionary<PackId, bool> _packs = new();

    /// <summary>Marks a pack as needed.</summary>
    public void Add(PackId pack) => _packs.TryAdd(pack, true);

    /// <summary>Whether a pack is needed.</summary>
    public bool Contains(PackId pack) => _packs.ContainsKey(pack);
}
