using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sots.Restic.Index;

/// <summary>
/// All locations of the blobs of one type: 48 bytes an entry in blocks that never move, and a table of 4-byte slots that is at least
/// 3/8 and at most 3/4 full. Together 53 to 59 bytes a blob. Many threads may look up; nobody may while one adds.
/// </summary>
/// <remarks>
/// Ids are hashes, so their first bytes are the hash value. A blob that lies in several packs has several entries, found one after the
/// other by probing on. A slot holds the number of an entry, from 1, in as many bits as the size of the table needs, and bits of the id in the
/// others: most entries that are not the one sought are passed over without a look at them, which would be a miss of the cache each.
/// </remarks>
internal sealed class CompactBlobTable
{
    private const int BlockBits = 13;
    private const int BlockLength = 1 << BlockBits;

    private readonly List<Entry[]> _blocks = [];
    private uint[] _slots = new uint[1024];
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

        uint mask = (uint)_slots.Length - 1;
        uint sign = SignOf(entry.Id, mask);
        uint slot = SlotOf(entry.Id, mask);
        for (uint held; (held = _slots[slot]) != 0; slot = (slot + 1) & mask)
        {
            if ((held & ~mask) == sign && this[(int)(held & mask) - 1] == entry)
            {
                return false;
            }
        }

        if ((_count & (BlockLength - 1)) == 0)
        {
            _blocks.Add(GC.AllocateUninitializedArray<Entry>(BlockLength));
        }

        _blocks[^1][_count & (BlockLength - 1)] = entry;
        _slots[slot] = sign | (uint)++_count;
        return true;
    }

    /// <summary>Asks the processor for what adding or finding a blob will look at first. Only a hint.</summary>
    public unsafe void Prefetch(in ContentId id)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref _slots[SlotOf(id, (uint)_slots.Length - 1)]));
        }
    }

    /// <summary>Finds the first location of a blob: its number, or -1.</summary>
    public int Find(in ContentId id) => Probe(id, SlotOf(id, (uint)_slots.Length - 1));

    /// <summary>Finds the next location of the same blob after <paramref name="index"/>, or -1.</summary>
    public int FindNext(in ContentId id, int index)
    {
        uint mask = (uint)_slots.Length - 1;
        uint slot = SlotOf(id, mask);
        while ((_slots[slot] & mask) != (uint)index + 1)
        {
            slot = (slot + 1) & mask;
        }

        return Probe(id, (slot + 1) & mask);
    }

    private int Probe(in ContentId id, uint slot)
    {
        uint mask = (uint)_slots.Length - 1;
        uint sign = SignOf(id, mask);
        for (uint held; (held = _slots[slot]) != 0; slot = (slot + 1) & mask)
        {
            int index = (int)(held & mask) - 1;
            if ((held & ~mask) == sign && this[index].Id == id)
            {
                return index;
            }
        }

        return -1;
    }

    private static uint SlotOf(in ContentId id, uint mask) => unchecked((uint)(id.Hash64 >> 8)) & mask;

    /// <summary>The bits of an id that a slot has room for; none of them chose the slot.</summary>
    private static uint SignOf(in ContentId id, uint mask) => (uint)(id.Hash64 >> 32) & ~mask;

    private void Grow()
    {
        uint[] larger = new uint[checked(_slots.Length * 2)];
        uint mask = (uint)larger.Length - 1;
        for (int index = 0; index < _count; index++)
        {
            ContentId id = this[index].Id;
            uint slot = SlotOf(id, mask);
            while (larger[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            larger[slot] = SignOf(id, mask) | (uint)(index + 1);
        }

        _slots = larger;
    }
}
