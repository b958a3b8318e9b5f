using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sots.Restic.Crypto;

/// <summary>
/// The memory of one round of scrypt and the mixing in it (scryptROMix of RFC 7914). A lane is used by one thread at a time. Blocks of 64
/// bytes are kept as <see cref="SalsaMixing"/> wants them.
/// </summary>
internal sealed unsafe class ScryptLane : IDisposable
{
    private const int TurnsBetweenChecks = 256;

    // Word i of the diagonal form is word Diagonal[i] of the block.
    private static ReadOnlySpan<byte> Diagonal => [0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11];

    /// <summary>
    /// Only every so-many-th row of the table is kept; the rows between are made again from it when they are asked for. That takes a quarter
    /// of the memory, most of which the system would have to find first and the processor's cache does not hold, for 1.5 more mixings beside
    /// every two; both together take as long as keeping all of it.
    /// </summary>
    private const int KeptEvery = 4;

    /// <summary>The block, its successor, and two for making a row again.</summary>
    private const int SpareRows = 4;

    /// <summary>
    /// What is asked for at least. Above 32 MiB glibc takes memory from the system and gives it back when it is freed; what is smaller may stay in
    /// its heap, beside all that the program needs later. Pages that are not touched cost nothing.
    /// </summary>
    private const nuint LeastBytes = 33 << 20;

    private readonly int _n;
    private readonly int _kept;
    private readonly int _vectors;
    private readonly nuint _bytes;
    private Vector128<uint>* _memory;

    // The block and its successor, which change places at each turn.
    private Vector128<uint>* _x;
    private Vector128<uint>* _y;

    // A row on its way from the kept one before it, how many mixings it still needs, and where the next of them goes to.
    private Vector128<uint>* _row;
    private Vector128<uint>* _free;
    private int _missing;

    /// <summary>Allocates <c>128·r·(n/4+4)</c> bytes outside the garbage collector's heap. The costs have been checked.</summary>
    /// <exception cref="OutOfMemoryException">They are not there.</exception>
    internal ScryptLane(int n, int r)
    {
        _n = n;
        _kept = (n + KeptEvery - 1) / KeptEvery;
        _vectors = 2 * SalsaMixing.VectorsOfBlock * r;
        _bytes = (nuint)(_kept + SpareRows) * (nuint)_vectors * (nuint)sizeof(Vector128<uint>);
        _memory = (Vector128<uint>*)NativeMemory.AlignedAlloc(nuint.Max(_bytes, LeastBytes), 64);
    }

    /// <summary>Mixes <c>128·r</c> bytes in place.</summary>
    internal void Mix(Span<byte> block, CancellationToken cancellationToken)
    {
        Begin(block);
        for (int i = 0; i < _n; i++)
        {
            Keep(i);
            SalsaMixing.MixRow(_x, null, _y, _vectors);
            Swap();
            LookUp(i, cancellationToken);
        }

        for (int i = 0; i < _n; i++)
        {
            Choose();
            MakeRow();
            SalsaMixing.MixRow(_x, _row, _y, _vectors);
            Swap();
            LookUp(i, cancellationToken);
        }

        End(block);
    }

    /// <summary>Mixes a block in each of two lanes of the same costs, in little more time than one.</summary>
    internal static void MixTwo(ScryptLane first, ScryptLane second, Span<byte> firstBlock, Span<byte> secondBlock, CancellationToken cancellationToken)
    {
        int vectors = first._vectors;
        first.Begin(firstBlock);
        second.Begin(secondBlock);
        for (int i = 0; i < first._n; i++)
        {
            first.Keep(i);
            second.Keep(i);
            SalsaMixing.MixTwoRows(new RowMix(first._x, null, first._y), new RowMix(second._x, null, second._y), vectors);
            first.Swap();
            second.Swap();
            LookUp(i, cancellationToken);
        }

        for (int i = 0; i < first._n; i++)
        {
            first.Choose();
            second.Choose();
            while (first._missing > 0 && second._missing > 0)
            {
                SalsaMixing.MixTwoRows(new RowMix(first._row, null, first._free), new RowMix(second._row, null, second._free), vectors);
                first.Made();
                second.Made();
            }

            first.MakeRow();
            second.MakeRow();
            SalsaMixing.MixTwoRows(new RowMix(first._x, first._row, first._y), new RowMix(second._x, second._row, second._y), vectors);
            first.Swap();
            second.Swap();
            LookUp(i, cancellationToken);
        }

        first.End(firstBlock);
        second.End(secondBlock);
    }

    /// <summary>Zeroes and frees the memory: whoever finds it can skip half of the work of guessing.</summary>
    public void Dispose()
    {
        if (_memory != null)
        {
            if (_x != null)
            {
                // What was never used is not there yet, and would be for this.
                NativeMemory.Clear(_memory, _bytes);
            }

            NativeMemory.AlignedFree(_memory);
            _memory = null;
        }
    }

    private Vector128<uint>* Spare(int number) => _memory + ((nint)(_kept + number) * _vectors);

    private void Begin(ReadOnlySpan<byte> block)
    {
        _x = Spare(0);
        _y = Spare(1);
        Span<uint> words = new(_x, _vectors * 4);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * ((i & ~15) + Diagonal[i & 15]))..]);
        }
    }

    private void End(Span<byte> block)
    {
        ReadOnlySpan<uint> words = new(_x, _vectors * 4);
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(block[(4 * ((i & ~15) + Diagonal[i & 15]))..], words[i]);
        }
    }

    private void Keep(int row)
    {
        if (row % KeptEvery == 0)
        {
            new Span<Vector128<uint>>(_x, _vectors).CopyTo(new Span<Vector128<uint>>(_memory + ((nint)(row / KeptEvery) * _vectors), _vectors));
        }
    }

    private void Swap()
    {
        Vector128<uint>* x = _x;
        _x = _y;
        _y = x;
    }

    /// <summary>Finds the row that the block asks for: the kept one before it, and how far it is away.</summary>
    private void Choose()
    {
        int row = (int)(_x[_vectors - SalsaMixing.VectorsOfBlock].ToScalar() & ((uint)_n - 1));
        _row = _memory + ((nint)(row / KeptEvery) * _vectors);
        _missing = row % KeptEvery;
        _free = Spare(2);
    }

    /// <summary>Makes what is missing of the row.</summary>
    private void MakeRow()
    {
        while (_missing > 0)
        {
            SalsaMixing.MixRow(_row, null, _free, _vectors);
            Made();
        }
    }

    private void Made()
    {
        _row = _free;
        _free = _free == Spare(2) ? Spare(3) : Spare(2);
        _missing--;
    }

    private static void LookUp(int turn, CancellationToken cancellationToken)
    {
        if (turn % TurnsBetweenChecks == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
