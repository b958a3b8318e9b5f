using System.Runtime.InteropServices;
using Sots.Restic.Packs;

namespace Sots.Restic.Index;

/// <summary>
/// Blobs of packs on their way into a master index. Threads that read index files fill one each, and ask for the master index only when it
/// is full: for every pack by itself they would spend more time on waiting for each other than on adding.
/// </summary>
internal sealed class IndexBatch
{
    /// <summary>As many as stay below the size from which the runtime treats memory as large.</summary>
    private const int FullAtBlobs = 1024;

    private readonly List<(PackId Pack, int Blobs)> _packs = [];
    private readonly List<PackedBlob> _blobs = new(FullAtBlobs + 256);

    /// <summary>The packs, with how many of <see cref="Blobs"/> each has.</summary>
    public IReadOnlyList<(PackId Pack, int Blobs)> Packs => _packs;

    /// <summary>The blobs, pack after pack.</summary>
    public ReadOnlySpan<PackedBlob> Blobs => CollectionsMarshal.AsSpan(_blobs);

    /// <summary>Whether it is time to hand it over.</summary>
    public bool IsFull => _blobs.Count >= FullAtBlobs;

    /// <summary>Adds a pack.</summary>
    public void Add(PackId pack, List<PackedBlob> blobs)
    {
        _packs.Add((pack, blobs.Count));
        _blobs.AddRange(blobs);
    }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        _packs.Clear();
        _blobs.Clear();
    }
}
