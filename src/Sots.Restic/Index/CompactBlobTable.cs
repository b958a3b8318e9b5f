using System.Runtime.CompilerServices;

namespace Sots.Restic.Index;

/// <summary>
/// All locations of the blobs of one type: 48 bytes an entry in blocks that never move, and a table of 4-byte slots that is at least
/// 3/8 and at most 3/4 full. Together 53 to 59 bytes a blob. Many threads may look up; nobody may while one adds.
/// </summary>
/// <remarks>
/// Ids are hashes, so their first bytes are the hash value. A blob that lies in several packs has several entries, found one after the
/// other by probing on.
/// </remarks>
internal sealed class CompactBlobTable
{
    private const int BlockBits = 13;
    private const int BlockLength = 1 << BlockBits;

    private readonly List<Entry[]> _blocks = [];
    private int[] _slots = new int[1024];
    private int _count;

    /// <summary>Number of entries.</summary>
    public int Count => _count;

    /// <summary>Bytes of memory held.</summary>
    public long MemoryBytes => ((long)_blocks.Count * BlockLength * Unsafe.SizeOf<Entry>()) + (_slots.Length * 4L);

    /// <summary>One location. <see cref="Pack"/> counts in the master index's list of packs.</summary>
    internal readonly record struct Entry(ContentId Id, int Pack, uint Offset, uint Length, uint UncompressedLength);

    /// <summary>The entry of a number from 0 to <see cref="Count"/> - 1, in the order of adding.</summary>
    public ref readonly Entry this[int index] => ref _blocks[index >> BlockBits][index & (BlockLength - 1)];

    /// <summary>Adds a location, unless the very same is there. Returns whether it was added.</summary>
    public bool Add(in Entry entry)
    {
        if (_count >= _slots.Length / 4 * 3)
        {
            Grow();
        }

        int mask = _slots.Length - 1;
        int slot = SlotOf(entry.Id, mask);
        while (_slots[slot] != 0)
        {
            if (this[_slots[slot] - 1] == entry)
            {
                return false;
            }

            slot = (slot + 1) & mask;
        }

        if ((_count & (BlockLength - 1)) == 0)
        {
            _blocks.Add(GC.AllocateUninitializedArray<Entry>(BlockLength));
        }

        _blocks[^1][_count & (BlockLength - 1)] = entry;
        _slots[slot] = ++_count;
        return true;
    }

    /// <summary>Finds the first location of a blob: its number, or -1.</summary>
    public int Find(in ContentId id) => Probe(id, SlotOf(id, _slots.Length - 1));

    /// <summary>Finds the next location of the same blob after <paramref name="index"/>, or -1.</summary>
    public int FindNext(in ContentId id, int index)
    {
        int mask = _slots.Length - 1;
        int slot = SlotOf(id, mask);
        while (_slots[slot] != index + 1)
        {
            slot = (slot + 1) & mask;
        }

        return Probe(id, (slot + 1) & mask);
    }

    private int Probe(in ContentId id, int slot)
    {
        int mask = _slots.Length - 1;
        while (_slots[slot] != 0)
        {
            int index = _slots[slot] - 1;
            if (this[index].Id == id)
            {
                return index;
            }

            slot = (slot + 1) & mask;
        }

        return -1;
    }

    private static int SlotOf(in ContentId id, int mask) => unchecked((int)(id.Hash64 >> 8)) & mask;

    private void Grow()
    {
        _slots = new int[checked(_slots.Length * 2)];
        int mask = _slots.Length - 1;
        for (int index = 0; index < _count; index++)
        {
            int slot = SlotOf(this[index].Id, mask);
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            _slots[slot] = index + 1;
        }
    }
}
