using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace Sots.Unreal.Hashing;

/// <summary>
/// The BLAKE3 hash of a stream of bytes, with which Unreal signs packages and payloads. Plain hash only, no keys. Source: the BLAKE3
/// specification by O'Connor, Aumasson, Neves and Wilcox-O'Hearn. Not thread safe; may be used again after <see cref="Reset"/>.
/// </summary>
public sealed class Blake3Hash
{
    /// <summary>Length of a hash, bytes. Shorter hashes are its beginning.</summary>
    public const int Length = 32;

    private const int ChunkLength = Blake3Compression.ChunkLength, Words = Blake3Compression.ChainingWords, Lanes = Blake3Lanes.Count;

    /// <summary>From so many chunks on it is quicker to fill lanes with what does not matter than to go chunk by chunk.</summary>
    private const int LeastInLanes = 3;

    private const int DeepestTree = 54; // 2^64 bytes are 2^54 chunks

    /// <summary>As many as examinations ever ended at once, which is as many as files are read at once.</summary>
    private static readonly ConcurrentBag<Blake3Hash> Idle = [];

    private readonly byte[] _pending = new byte[Lanes * ChunkLength];
    private readonly uint[] _stack = new uint[DeepestTree * Words];
    private int _pendingLength, _stacked;
    private ulong _chunks;

    /// <summary>The hash of some bytes.</summary>
    public static byte[] Of(ReadOnlySpan<byte> bytes)
    {
        Blake3Hash hash = new();
        hash.Append(bytes);
        byte[] result = new byte[Length];
        hash.Finish(result);
        return result;
    }

    /// <summary>One that was used before, if there is one: its buffers are longer than most packages.</summary>
    internal static Blake3Hash Rent() => Idle.TryTake(out Blake3Hash? hash) ? hash : new Blake3Hash();

    /// <summary>Gives one back that has been finished, and is not used any more.</summary>
    internal static void Return(Blake3Hash hash) => Idle.Add(hash);

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        (_pendingLength, _stacked, _chunks) = (0, 0, 0);
    }

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        // The last chunk is finished differently, so some bytes are always kept back.
        while (bytes.Length > 0)
        {
            if (_pendingLength == _pending.Length)
            {
                AddChunks(_pending, Lanes);
                _pendingLength = 0;
            }

            while (_pendingLength == 0 && bytes.Length > _pending.Length)
            {
                AddChunks(bytes[.._pending.Length], Lanes);
                bytes = bytes[_pending.Length..];
            }

            int taken = Math.Min(bytes.Length, _pending.Length - _pendingLength);
            bytes[..taken].CopyTo(_pending.AsSpan(_pendingLength));
            _pendingLength += taken;
            bytes = bytes[taken..];
        }
    }

    /// <summary>Writes the first bytes of the hash, at most <see cref="Length"/>.</summary>
    public void Finish(Span<byte> destination)
    {
        Span<uint> state = stackalloc uint[Words];
        ReadOnlySpan<byte> rest = _pending.AsSpan(0, _pendingLength);
        int whole = (rest.Length - 1) / ChunkLength;
        if (whole >= LeastInLanes)
        {
            AddChunks(_pending, whole);
            rest = rest[(whole * ChunkLength)..];
        }

        for (; rest.Length > ChunkLength; rest = rest[ChunkLength..])
        {
            Blake3Rows.Chunk(rest[..ChunkLength], _chunks, isRoot: false, state);
            Push(state);
        }

        Blake3Rows.Chunk(rest, _chunks, isRoot: _stacked == 0, state);
        while (_stacked > 0)
        {
            _stacked--;
            Blake3Rows.Parent(Stacked(_stacked), state, isRoot: _stacked == 0, state);
        }

        Span<byte> all = stackalloc byte[Length];
        for (int i = 0; i < Words; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(all[(i * sizeof(uint))..], state[i]);
        }

        all[..destination.Length].CopyTo(destination);
        Reset();
    }

    /// <summary>Adds the first of eight chunks; what is in the others does not matter.</summary>
    private void AddChunks(ReadOnlySpan<byte> chunks, int count)
    {
        Span<uint> values = stackalloc uint[Lanes * Words];
        Blake3Lanes.Chunks(chunks, _chunks, values);
        for (int i = 0; i < count; i++)
        {
            Push(values.Slice(i * Words, Words));
        }
    }

    /// <summary>Adds a finished chunk to the tree: each completed pair becomes one value.</summary>
    private void Push(Span<uint> value)
    {
        _chunks++;
        for (ulong chunks = _chunks; (chunks & 1) == 0; chunks >>= 1)
        {
            _stacked--;
            Blake3Rows.Parent(Stacked(_stacked), value, isRoot: false, value);
        }

        value.CopyTo(_stack.AsSpan(_stacked * Words, Words));
        _stacked++;
    }

    private ReadOnlySpan<uint> Stacked(int index) => _stack.AsSpan(index * Words, Words);
}
