using Sots.Restic.Index;
using Sots.Restic.Packs;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>The entries of an index sorted by pack: 4 bytes an entry and 8 a pack. Immutable.</summary>
internal sealed class EntriesByPack
{
    private readonly MasterIndex _index;
    private readonly Column _data;
    private readonly Column _trees;

    /// <summary>Sorts the entries.</summary>
    public EntriesByPack(MasterIndex index)
    {
        _index = index;
        _data = new Column(index.TableOf(BlobType.Data), index.PackCount);
        _trees = new Column(index.TableOf(BlobType.Tree), index.PackCount);
    }

    /// <summary>Numbers of the entries of one type in a pack.</summary>
    public ReadOnlySpan<int> Of(BlobType type, int pack) => (type == BlobType.Tree ? _trees : _data).Of(pack);

    /// <summary>Number of the entries of a pack.</summary>
    public int CountOf(int pack) => Of(BlobType.Data, pack).Length + Of(BlobType.Tree, pack).Length;

    /// <summary>The blobs of a pack in the order of their offsets.</summary>
    public List<PackedBlob> BlobsOf(int pack)
    {
        List<PackedBlob> blobs = new(CountOf(pack));
        foreach (BlobType type in (ReadOnlySpan<BlobType>)[BlobType.Data, BlobType.Tree])
        {
            CompactBlobTable table = _index.TableOf(type);
            foreach (int entry in Of(type, pack))
            {
                blobs.Add(BlobAt(table, type, entry));
            }
        }

        blobs.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        return blobs;
    }

    /// <summary>An entry as a blob of its pack.</summary>
    public static PackedBlob BlobAt(CompactBlobTable table, BlobType type, int entry)
    {
        ref readonly CompactBlobTable.Entry at = ref table[entry];
        return new PackedBlob(type, at.Id, at.Offset, at.Length, at.UncompressedLength);
    }

    /// <summary>The entries of one type: counted, then put in their places.</summary>
    private sealed class Column
    {
        private readonly int[] _ends;
        private readonly int[] _entries;

        public Column(CompactBlobTable table, int packs)
        {
            _ends = new int[packs];
            _entries = new int[table.Count];
            for (int entry = 0; entry < table.Count; entry++)
            {
                _ends[table[entry].Pack]++;
            }

            int start = 0;
            for (int pack = 0; pack < packs; pack++)
            {
                int count = _ends[pack];
                _ends[pack] = start;
                start += count;
            }

            // Where each pack starts now becomes where it ends, one entry at a time.
            for (int entry = 0; entry < table.Count; entry++)
            {
                _entries[_ends[table[entry].Pack]++] = entry;
            }
        }

        public ReadOnlySpan<int> Of(int pack)
        {
            int start = pack == 0 ? 0 : _ends[pack - 1];
            return _entries.AsSpan(start, _ends[pack] - start);
        }
    }
}
