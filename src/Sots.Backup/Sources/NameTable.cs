using System.Buffers.Binary;

namespace Sots.Backup.Sources;

/// <summary>
/// The names of one directory in a single array, each ended by NUL so that it can be handed to the system as it stands. A directory
/// of a hundred thousand entries costs three arrays, not a hundred thousand.
/// </summary>
internal sealed class NameTable
{
    private const int MaxLength = 1 << 30;

    // Most folders are small, and a level of one file per actor has tens of thousands of them.
    private byte[] _bytes = new byte[256];
    private Slot[] _slots = new Slot[8];
    private int _used;

    /// <summary>Number of names.</summary>
    public int Count { get; private set; }

    /// <summary>The name at a place.</summary>
    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(_slots[index].Offset, _slots[index].Length);

    /// <summary>The name at a place with the NUL after it.</summary>
    public ReadOnlySpan<byte> Terminated(int index) => _bytes.AsSpan(_slots[index].Offset, _slots[index].Length + 1);

    /// <summary>The number of the name in the order of adding.</summary>
    public int OrderOf(int index) => _slots[index].Order;

    /// <summary>Adds a name.</summary>
    /// <returns>False where the directory is beyond all measure (1 GiB of names).</returns>
    public bool TryAdd(ReadOnlySpan<byte> name)
    {
        int end = _used + name.Length + 1;
        if (end > MaxLength)
        {
            return false;
        }

        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(end, _bytes.Length * 2));
        }

        if (Count == _slots.Length)
        {
            Array.Resize(ref _slots, Count * 2);
        }

        name.CopyTo(_bytes.AsSpan(_used));
        _bytes[end - 1] = 0;
        _slots[Count] = new Slot(PrefixOf(name), _used, name.Length, Count);
        _used = end;
        Count++;
        return true;
    }

    /// <summary>Sorts by the bytes of the names, unsigned: the order of nodes in a tree.</summary>
    public void Sort() => _slots.AsSpan(0, Count).Sort(new ByName(_bytes));

    /// <summary>
    /// The first eight bytes as a number whose order is theirs: most comparisons end there. A shorter name is filled up with zeros,
    /// which is right because no name contains a zero and equal numbers are compared in full.
    /// </summary>
    private static ulong PrefixOf(ReadOnlySpan<byte> name)
    {
        if (name.Length >= 8)
        {
            return BinaryPrimitives.ReadUInt64BigEndian(name);
        }

        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        name.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    private readonly record struct Slot(ulong Prefix, int Offset, int Length, int Order);

    private readonly struct ByName(byte[] bytes) : IComparer<Slot>
    {
        public int Compare(Slot x, Slot y) => x.Prefix != y.Prefix
            ? x.Prefix.CompareTo(y.Prefix)
            : bytes.AsSpan(x.Offset, x.Length).SequenceCompareTo(bytes.AsSpan(y.Offset, y.Length));
    }
}
