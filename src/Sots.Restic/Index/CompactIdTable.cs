namespace Sots.Restic.Index;

/// <summary>Numbers ids in the order of adding: 32 bytes an id and a table of 4-byte slots. Not thread safe.</summary>
internal sealed class CompactIdTable
{
    private const int BlockBits = 10;
    private const int BlockLength = 1 << BlockBits;

    private readonly List<ContentId[]> _blocks = [];
    private int[] _slots = new int[64];

    /// <summary>Number of ids.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of memory held.</summary>
    public long MemoryBytes => ((long)_blocks.Count * BlockLength * ContentId.Length) + (_slots.Length * 4L);

    /// <summary>The id of a number.</summary>
    public ref readonly ContentId this[int number] => ref _blocks[number >> BlockBits][number & (BlockLength - 1)];

    /// <summary>The number of an id, or -1.</summary>
    public int Find(in ContentId id)
    {
        int slot = SlotFor(id, _slots);
        return _slots[slot] - 1;
    }

    /// <summary>Adds an id if it is not there. Returns whether it was added, and its number.</summary>
    public bool Add(in ContentId id, out int number)
    {
        int slot = SlotFor(id, _slots);
        if (_slots[slot] != 0)
        {
            number = _slots[slot] - 1;
            return false;
        }

        if (Count >= _slots.Length / 4 * 3)
        {
            Grow();
            slot = SlotFor(id, _slots);
        }

        if ((Count & (BlockLength - 1)) == 0)
        {
            _blocks.Add(new ContentId[BlockLength]);
        }

        _blocks[^1][Count & (BlockLength - 1)] = id;
        number = Count;
        _slots[slot] = ++Count;
        return true;
    }

    private int SlotFor(in ContentId id, int[] slots)
    {
        int mask = slots.Length - 1;
        int slot = unchecked((int)(id.Hash64 >> 8)) & mask;
        while (slots[slot] != 0 && this[slots[slot] - 1] != id)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Grow()
    {
        int[] larger = new int[checked(_slots.Length * 2)];
        for (int number = 0; number < Count; number++)
        {
            larger[SlotFor(this[number], larger)] = number + 1;
        }

        _slots = larger;
    }
}
