using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Sots.Fuzzing.Driving;

/// <summary>
/// Which branches an input took, and how often. Instrumented code counts into a map of 64 KiB, each pair of neighbouring blocks in a cell of
/// its own (nearly: cells are chosen by chance). Counts are told apart by their order of magnitude only.
/// </summary>
internal sealed unsafe class CoverageMap
{
    private const int Size = 1 << 16;

    private static readonly byte[] Bucket = MakeBuckets();

    private readonly byte* _map = (byte*)NativeMemory.AlignedAlloc(Size, 64);
    private readonly byte[] _seen = new byte[Size];

    /// <summary>Takes over what instrumented code counts.</summary>
    public CoverageMap()
    {
        Trace.SharedMem = _map;
        Clear();
    }

    /// <summary>Cells that were hit by any input so far.</summary>
    public int Edges { get; private set; }

    /// <summary>Forgets the last input.</summary>
    public void Clear()
    {
        NativeMemory.Clear(_map, Size);
        Trace.PrevLocation = 0;
    }

    /// <summary>Remembers what the last input hit.</summary>
    /// <param name="hit">Gets the cells that it hit; null where nobody asks.</param>
    /// <returns>What was new.</returns>
    public Novelty Learn(List<int>? hit = null)
    {
        Novelty novelty = Novelty.None;
        for (int block = 0; block < Size; block += Vector<byte>.Count)
        {
            if (Unsafe.ReadUnaligned<Vector<byte>>(_map + block) == Vector<byte>.Zero)
            {
                continue;
            }

            for (int cell = block; cell < block + Vector<byte>.Count; cell++)
            {
                if (_map[cell] == 0)
                {
                    continue;
                }

                hit?.Add(cell);
                byte bucket = Bucket[_map[cell]];
                if ((_seen[cell] & bucket) == 0)
                {
                    bool first = _seen[cell] == 0;
                    Edges += first ? 1 : 0;
                    novelty = first ? Novelty.Edge : novelty == Novelty.Edge ? novelty : Novelty.Count;
                    _seen[cell] |= bucket;
                }
            }
        }

        return novelty;
    }


    private static byte[] MakeBuckets()
    {
        byte[] buckets = new byte[256];
        for (int count = 1; count < 256; count++)
        {
            buckets[count] = count switch { 1 => 1, 2 => 2, 3 => 4, < 8 => 8, < 16 => 16, < 32 => 32, < 128 => 64, _ => 128 };
        }

        return buckets;
    }
}

/// <summary>What an input showed that none before it did.</summary>
internal enum Novelty
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A known branch was taken more or less often.</summary>
    Count,

    /// <summary>A branch that was never taken.</summary>
    Edge,
}
