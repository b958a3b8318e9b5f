using System.Buffers.Binary;

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
    private const int DeepestTree = 54; // 2^64 bytes are 2^54 chunks

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
                AddChunks(_pending);
                _pendingLength = 0;
            }

            while (_pendingLength == 0 && bytes.Length > _pending.Length)
            {
                AddChunks(bytes[.._pending.Length]);
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
        for (; rest.Length > ChunkLength; rest = rest[ChunkLength..])
        {
            Blake3Compression.Chunk(rest[..ChunkLength], _chunks, isRoot: false, state);
            Push(state);
        }

        Blake3Compression.Chunk(rest, _chunks, isRoot: _stacked == 0, state);
        while (_stacked > 0)
        {
            _stacked--;
            Blake3Compression.Parent(Stacked(_stacked), state, isRoot: _stacked == 0, state);
        }

        Span<byte> whole = stackalloc byte[Length];
        for (int i = 0; i < Words; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(whole[(i * sizeof(uint))..], state[i]);
        }

        whole[..destination.Length].CopyTo(destination);
        Reset();
    }

    private void AddChunks(ReadOnlySpan<byte> chunks)
    {
        Span<uint> values = stackalloc uint[Lanes * Words];
        Blake3Lanes.Chunks(chunks, _chunks, values);
        for (int i = 0; i < Lanes; i++)
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
            Blake3Compression.Parent(Stacked(_stacked), value, isRoot: false, value);
        }

        value.CopyTo(_stack.AsSpan(_stacked * Words, Words));
        _stacked++;
    }

    private ReadOnlySpan<uint> Stacked(int index) => _stack.AsSpan(index * Words, Words);
}
