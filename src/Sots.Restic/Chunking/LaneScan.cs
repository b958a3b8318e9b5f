using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sots.Restic.Chunking;

/// <summary>
/// Looks for cuts with the rolling hash, on any processor. Every step of the hash waits for two table look-ups of the step before, so
/// a single hash leaves the processor idle most of the time; four of them, each on a stretch of its own, share that time. A stretch
/// needs nothing of the one before but a window of lead-in.
/// </summary>
/// <remarks>Immutable and safe for any number of threads. Allocates nothing.</remarks>
internal sealed class LaneScan(RabinTables tables)
{
    /// <summary>Places a lane looks at before the lanes move on together: its lead-in costs less than half a percent.</summary>
    internal const int LaneLength = 16 * 1024;

    private const int Lanes = 4;
    private const int Window = RabinChunker.WindowLength;

    /// <summary>The first place in a range where the window before it says cut.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="first">First place to look at, as a count of bytes before it; at least a window.</param>
    /// <param name="last">Last place to look at, at most the length of <paramref name="data"/>. A range may be empty.</param>
    /// <returns>The place, or 0 where there is none.</returns>
    internal int FirstCut(ReadOnlySpan<byte> data, int first, int last)
    {
        Debug.Assert(first >= Window && last <= data.Length, "the range lies in the data");
        int cut = 0;
        for (; cut == 0 && last - first + 1 >= Lanes * LaneLength; first += Lanes * LaneLength)
        {
            cut = FirstCutOfFour(data.Slice(first - Window, Lanes * LaneLength + Window - 1), first);
        }

        return cut != 0 || first > last ? cut : FirstCutOfOne(data[(first - Window)..last], first);
    }

    /// <summary>Looks at all places of <paramref name="data"/> that have a window; the first is <paramref name="first"/>.</summary>
    private int FirstCutOfOne(ReadOnlySpan<byte> data, int first)
    {
        unchecked
        {
            ref ulong outTable = ref MemoryMarshal.GetReference(tables.Out);
            ref ulong modTable = ref MemoryMarshal.GetReference(tables.Mod);
            ulong d = LeadIn(data);
            ref byte oldest = ref MemoryMarshal.GetReference(data);
            ref byte newest = ref Unsafe.Add(ref oldest, Window - 1);
            int places = data.Length - Window + 1;
            for (int i = 0; i < places; i++)
            {
                d = Append(ref modTable, d, Unsafe.Add(ref newest, i));
                if ((d & RabinChunker.CutMask) == 0)
                {
                    return first + i;
                }

                d ^= Unsafe.Add(ref outTable, Unsafe.Add(ref oldest, i));
            }

            return 0;
        }
    }

    /// <summary>As <see cref="FirstCutOfOne"/>, for exactly four lanes' worth of places.</summary>
    private int FirstCutOfFour(ReadOnlySpan<byte> data, int first)
    {
        unchecked
        {
            ref ulong outTable = ref MemoryMarshal.GetReference(tables.Out);
            ref ulong modTable = ref MemoryMarshal.GetReference(tables.Mod);
            ulong d0 = LeadIn(data);
            ulong d1 = LeadIn(data[LaneLength..]);
            ulong d2 = LeadIn(data[(2 * LaneLength)..]);
            ulong d3 = LeadIn(data[(3 * LaneLength)..]);
            ref byte oldest = ref MemoryMarshal.GetReference(data);
            for (nint i = 0; i < LaneLength; i++)
            {
                ref byte old = ref Unsafe.Add(ref oldest, i);
                d0 = Append(ref modTable, d0, Unsafe.Add(ref old, Window - 1));
                d1 = Append(ref modTable, d1, Unsafe.Add(ref old, LaneLength + Window - 1));
                d2 = Append(ref modTable, d2, Unsafe.Add(ref old, 2 * LaneLength + Window - 1));
                d3 = Append(ref modTable, d3, Unsafe.Add(ref old, 3 * LaneLength + Window - 1));
                if ((d0 & RabinChunker.CutMask) == 0
                    || (d1 & RabinChunker.CutMask) == 0
                    || (d2 & RabinChunker.CutMask) == 0
                    || (d3 & RabinChunker.CutMask) == 0)
                {
                    // Some lane has a cut, and lanes before it may have an earlier one further on. The scan ends here in any
                    // case, so the simple way will do.
                    return FirstCutOfOne(data, first);
                }

                d0 ^= Unsafe.Add(ref outTable, old);
                d1 ^= Unsafe.Add(ref outTable, Unsafe.Add(ref old, LaneLength));
                d2 ^= Unsafe.Add(ref outTable, Unsafe.Add(ref old, 2 * LaneLength));
                d3 ^= Unsafe.Add(ref outTable, Unsafe.Add(ref old, 3 * LaneLength));
            }

            return 0;
        }
    }

    /// <summary>The hash of all bytes but the last of the first window.</summary>
    private ulong LeadIn(ReadOnlySpan<byte> data)
    {
        ref ulong modTable = ref MemoryMarshal.GetReference(tables.Mod);
        ulong d = 0;
        foreach (byte b in data[..(Window - 1)])
        {
            d = Append(ref modTable, d, b);
        }

        return d;
    }

    /// <summary>(d·x^8 + next) mod P. The cast holds the index within the table whatever happens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Append(ref ulong modTable, ulong d, byte next) =>
        unchecked((d << 8) | next) ^ Unsafe.Add(ref modTable, (byte)(d >> RabinTables.TopShift));
}
