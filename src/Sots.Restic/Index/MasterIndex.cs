using Sots.Restic.Packs;

namespace Sots.Restic.Index;

/// <summary>
/// Where every blob of a repository lies. Filled once while loading, by one thread at a time; after that any number of threads may ask.
/// At most 64 bytes of memory a blob.
/// </summary>
public sealed class MasterIndex
{
    private readonly CompactBlobTable _data = new();
    private readonly CompactBlobTable _trees = new();
    private readonly CompactIdTable _packs = new();

    /// <summary>Number of locations; a blob in two packs counts twice.</summary>
    public int Count => _data.Count + _trees.Count;

    /// <summary>Number of packs.</summary>
    public int PackCount => _packs.Count;

    /// <summary>Bytes of memory held.</summary>
    public long MemoryBytes => _data.MemoryBytes + _trees.MemoryBytes + _packs.MemoryBytes;

    /// <summary>All packs.</summary>
    public IEnumerable<PackId> Packs => Enumerable.Range(0, _packs.Count).Select(number => new PackId(_packs[number]));

    /// <summary>Adds a pack's blob; a location that is there already is dropped. Returns whether it was added.</summary>
    internal bool Add(PackId pack, in PackedBlob blob)
    {
        _packs.Add(pack.Value, out int number);
        return TableOf(blob.Type).Add(new CompactBlobTable.Entry(blob.Id, number, blob.Offset, blob.Length, blob.UncompressedLength));
    }

    /// <summary>Adds many blobs of several packs; locations that are there already are dropped.</summary>
    internal void Add(IndexBatch batch)
    {
        const int ahead = 8;
        ReadOnlySpan<PackedBlob> blobs = batch.Blobs;
        int at = 0;
        foreach ((PackId pack, int count) in batch.Packs)
        {
            int number = 0;
            if (count > 0)
            {
                _packs.Add(pack.Value, out number);
            }

            for (int end = at + count; at < end; at++)
            {
                if (at + ahead < blobs.Length)
                {
                    ref readonly PackedBlob next = ref blobs[at + ahead];
                    TableOf(next.Type).Prefetch(next.Id);
                }

                ref readonly PackedBlob blob = ref blobs[at];
                TableOf(blob.Type).Add(new CompactBlobTable.Entry(blob.Id, number, blob.Offset, blob.Length, blob.UncompressedLength));
            }
        }
    }

    /// <summary>Whether the blob is there.</summary>
    public bool Contains(BlobHandle blob) => TableOf(blob.Type).Find(blob.Id) >= 0;

    /// <summary>Whether any intact index names the pack.</summary>
    public bool ContainsPack(PackId pack) => _packs.Find(pack.Value) >= 0;

    /// <summary>Finds one location of a blob.</summary>
    public bool TryFind(BlobHandle blob, out BlobLocation location)
    {
        CompactBlobTable table = TableOf(blob.Type);
        int index = table.Find(blob.Id);
        location = index >= 0 ? LocationOf(table[index]) : default;
        return index >= 0;
    }

    /// <summary>All locations of a blob, usually one.</summary>
    public IEnumerable<BlobLocation> FindAll(BlobHandle blob)
    {
        CompactBlobTable table = TableOf(blob.Type);
        for (int index = table.Find(blob.Id); index >= 0; index = table.FindNext(blob.Id, index))
        {
            yield return LocationOf(table[index]);
        }
    }

    /// <summary>All blobs of all packs, pack by pack, in the order of their offsets.</summary>
    public IReadOnlyDictionary<PackId, List<PackedBlob>> ByPack()
    {
        Dictionary<PackId, List<PackedBlob>> result = new(_packs.Count);
        foreach (BlobType type in (ReadOnlySpan<BlobType>)[BlobType.Data, BlobType.Tree])
        {
            CompactBlobTable table = TableOf(type);
            for (int index = 0; index < table.Count; index++)
            {
                ref readonly CompactBlobTable.Entry entry = ref table[index];
                PackId pack = new(_packs[entry.Pack]);
                if (!result.TryGetValue(pack, out List<PackedBlob>? blobs))
                {
                    result.Add(pack, blobs = []);
                }

                blobs.Add(new PackedBlob(type, entry.Id, entry.Offset, entry.Length, entry.UncompressedLength));
            }
        }

        foreach (List<PackedBlob> blobs in result.Values)
        {
            blobs.Sort((a, b) => a.Offset.CompareTo(b.Offset));
        }

        return result;
    }

    /// <summary>All blobs of one pack in the order of their offsets. Looks through the whole index.</summary>
    internal List<PackedBlob> BlobsOf(PackId pack)
    {
        List<PackedBlob> blobs = [];
        int number = _packs.Find(pack.Value);
        foreach (BlobType type in (ReadOnlySpan<BlobType>)[BlobType.Data, BlobType.Tree])
        {
            CompactBlobTable table = TableOf(type);
            for (int index = 0; index < table.Count; index++)
            {
                ref readonly CompactBlobTable.Entry entry = ref table[index];
                if (entry.Pack == number)
                {
                    blobs.Add(new PackedBlob(type, entry.Id, entry.Offset, entry.Length, entry.UncompressedLength));
                }
            }
        }

        blobs.Sort((a, b) => a.Offset.CompareTo(b.Offset));
        return blobs;
    }

    /// <summary>A copy with only some of the locations.</summary>
    /// <param name="stays">Whether a location stays.</param>
    internal MasterIndex Where(Func<PackId, PackedBlob, bool> stays)
    {
        MasterIndex copy = new();
        foreach (BlobType type in (ReadOnlySpan<BlobType>)[BlobType.Data, BlobType.Tree])
        {
            CompactBlobTable table = TableOf(type);
            for (int index = 0; index < table.Count; index++)
            {
                ref readonly CompactBlobTable.Entry entry = ref table[index];
                PackId pack = PackOf(entry.Pack);
                PackedBlob blob = new(type, entry.Id, entry.Offset, entry.Length, entry.UncompressedLength);
                if (stays(pack, blob))
                {
                    copy.Add(pack, blob);
                }
            }
        }

        return copy;
    }

    /// <summary>For each pack by its number the length in bytes that its entries add up to.</summary>
    internal long[] PackLengths()
    {
        long[] lengths = new long[_packs.Count];
        Array.Fill(lengths, PackHeaderLayout.FixedLength);
        foreach (BlobType type in (ReadOnlySpan<BlobType>)[BlobType.Data, BlobType.Tree])
        {
            CompactBlobTable table = TableOf(type);
            for (int index = 0; index < table.Count; index++)
            {
                ref readonly CompactBlobTable.Entry entry = ref table[index];
                PackedBlob blob = new(type, entry.Id, entry.Offset, entry.Length, entry.UncompressedLength);
                lengths[entry.Pack] += blob.Length + PackHeaderLayout.EntryLength(blob);
            }
        }

        return lengths;
    }

    private BlobLocation LocationOf(in CompactBlobTable.Entry entry) =>
        new(new PackId(_packs[entry.Pack]), entry.Offset, entry.Length, entry.UncompressedLength);

    /// <summary>All locations of blobs of a type, by number.</summary>
    internal CompactBlobTable TableOf(BlobType type) => type == BlobType.Tree ? _trees : _data;

    /// <summary>The pack of a number, as entries name it; numbers run from 0 to <see cref="PackCount"/> - 1.</summary>
    internal PackId PackOf(int number) => new(_packs[number]);

    /// <summary>The number of a pack, or -1.</summary>
    internal int NumberOf(PackId pack) => _packs.Find(pack.Value);
}
