namespace Sots.Restic.Maintenance.Pruning;

/// <summary>A bit for each entry of a table, by number. Setting is thread safe; whoever reads must come after those who set.</summary>
/// <param name="count">Number of entries.</param>
internal sealed class EntryBits(int count)
{
    private readonly ulong[] _words = new ulong[((long)count + 63) / 64];

    /// <summary>Whether the bit of an entry is set.</summary>
    public bool this[int index] => (_words[index >> 6] & (1UL << (index & 63))) != 0;

    /// <summary>Sets the bit of an entry.</summary>
    public void Set(int index)
    {
        ulong bit = 1UL << (index & 63);
        if ((Volatile.Read(ref _words[index >> 6]) & bit) == 0)
        {
            Interlocked.Or(ref _words[index >> 6], bit);
        }
    }

    /// <summary>Number of bits that are set.</summary>
    public long CountSet()
    {
        long count = 0;
        foreach (ulong word in _words)
        {
            count += System.Numerics.BitOperations.PopCount(word);
        }

        return count;
    }
}
