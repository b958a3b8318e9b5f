namespace Sots.Unreal.Assets;

/// <summary>
/// Finds numbers of things by the hash of what they stand for: a table of slots, 4 bytes each and at most three in four taken, and 4 bytes a
/// thing for its hash. What the things are, only the caller knows. Not thread safe.
/// </summary>
/// <remarks>Nobody who makes the things may be able to choose their hashes: it would take the square of the time.</remarks>
internal sealed class HashedNumbers
{
    private readonly ChunkList<int> _hashes = new();

    /// <summary>Numbers plus 1; 0 is free.</summary>
    private int[] _slots = new int[64];

    /// <summary>How many things have a number.</summary>
    public int Count => _hashes.Count;

    /// <summary>The things of a hash: rarely more than one.</summary>
    public Candidates Of(int hash) => new(this, hash);

    /// <summary>Gives the next number to a thing that has none.</summary>
    public int Add(int hash)
    {
        if (Count >= _slots.Length / 4 * 3)
        {
            _slots = new int[checked(_slots.Length * 2)];
            for (int number = 0; number < Count; number++)
            {
                Enter(number, _hashes[number]);
            }
        }

        _hashes.Add(hash);
        Enter(Count - 1, hash);
        return Count - 1;
    }

    private void Enter(int number, int hash)
    {
        int slot = SlotOf(hash);
        while (_slots[slot] != 0)
        {
            slot = SlotOf(slot + 1);
        }

        _slots[slot] = number + 1;
    }

    private int SlotOf(int hash) => hash & (_slots.Length - 1);

    /// <summary>Goes through the things of a hash; none may be added meanwhile.</summary>
    internal ref struct Candidates(HashedNumbers numbers, int hash)
    {
        private int _slot = unchecked(hash - 1);

        /// <summary>The number of a thing.</summary>
        public int Current { get; private set; }

        public readonly Candidates GetEnumerator() => this;

        public bool MoveNext()
        {
            while (true)
            {
                _slot = numbers.SlotOf(unchecked(_slot + 1));
                Current = numbers._slots[_slot] - 1;
                if (Current < 0)
                {
                    return false;
                }

                if (numbers._hashes[Current] == hash)
                {
                    return true;
                }
            }
        }
    }
}
