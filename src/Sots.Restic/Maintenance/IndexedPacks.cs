using System.Runtime.InteropServices;
using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Restic.Packs;

namespace Sots.Restic.Maintenance;

/// <summary>
/// Takes in what index files say, pack by pack: fills a master index and keeps what a check needs to know of each pack. About 90 bytes a
/// pack. One thread at a time adds; afterwards any number may ask.
/// </summary>
internal sealed class IndexedPacks
{
    private readonly CompactIdTable _ids = new();
    private readonly List<IndexedPackState> _states = [];

    /// <summary>Where every blob lies.</summary>
    public MasterIndex Index { get; } = new();

    /// <summary>Number of packs.</summary>
    public int Count => _states.Count;

    /// <summary>The name of a pack by its number.</summary>
    public PackId IdOf(int number) => new(_ids[number]);

    /// <summary>The number of a pack, or -1.</summary>
    public int Find(PackId pack) => _ids.Find(pack.Value);

    /// <summary>What is known of a pack.</summary>
    public ref IndexedPackState this[int number] => ref CollectionsMarshal.AsSpan(_states)[number];

    /// <summary>Adds one listing of a pack. The blobs are sorted by their offsets.</summary>
    public void Add(PackId pack, List<PackedBlob> blobs)
    {
        blobs.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        bool first = _ids.Add(pack.Value, out int number);
        if (first)
        {
            _states.Add(new IndexedPackState { Length = PackHeaderLayout.FixedLength });
        }

        ref IndexedPackState state = ref this[number];
        int before = state.Blobs;
        int added = 0;
        foreach (PackedBlob blob in blobs)
        {
            if (Index.Add(pack, blob))
            {
                added++;
                state.Length += blob.Length + PackHeaderLayout.EntryLength(blob);
                state.HasData |= blob.Type == BlobType.Data;
                state.HasTrees |= blob.Type == BlobType.Tree;
            }
        }

        state.Blobs += added;
        if (first)
        {
            state.LayoutFault = FindLayoutFault(blobs);
        }
        else if (added == 0 && blobs.Count == before)
        {
            state.ListedAgain = true;
        }
        else
        {
            state.ListedDifferently = true;
        }
    }

    /// <summary>Whether the index has a blob at exactly this place.</summary>
    public bool Has(PackId pack, in PackedBlob blob)
    {
        BlobLocation place = blob.In(pack);
        return (Index.TryFind(blob.Handle, out BlobLocation found) && found == place) || Index.FindAll(blob.Handle).Contains(place);
    }

    /// <summary>All blobs of a pack. Looks through the whole index: for packs that something is wrong with.</summary>
    public List<PackedBlob> BlobsOf(PackId pack) => Index.BlobsOf(pack);

    private static string? FindLayoutFault(List<PackedBlob> blobs)
    {
        long end = 0;
        foreach (PackedBlob blob in blobs)
        {
            if (blob.Offset != end)
            {
                return $"{blob.Handle} starts at byte {blob.Offset}, but the blobs before it end at byte {end}";
            }

            end = blob.End;
        }

        return blobs.Count == 0 ? "it has no blobs" : null;
    }
}

/// <summary>What index files say of one pack.</summary>
internal struct IndexedPackState
{
    /// <summary>Number of different entries.</summary>
    public int Blobs;

    /// <summary>Length in bytes that the pack must have.</summary>
    public long Length;

    /// <summary>It has data blobs.</summary>
    public bool HasData;

    /// <summary>It has tree blobs.</summary>
    public bool HasTrees;

    /// <summary>It stands in the index more than once, each time the same.</summary>
    public bool ListedAgain;

    /// <summary>It stands in the index more than once, with different blobs.</summary>
    public bool ListedDifferently;

    /// <summary>A listing of the storage shows it.</summary>
    public bool IsThere;

    /// <summary>How its blobs overlap or leave gaps, or null.</summary>
    public string? LayoutFault;
}
