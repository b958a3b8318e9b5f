namespace Sots.Unreal.Assets;

/// <summary>Bytes that are written once and stay: many small things in few large arrays, of which a collection of garbage knows little. Not thread safe.</summary>
internal sealed class ByteArena
{
    /// <summary>Below the size at which arrays are kept apart, so that a small cache is small. What is longer has a chunk of its own.</summary>
    private const int ChunkLength = 1 << 16;

    private readonly List<byte[]> _chunks = [];
    private int _used;

    /// <summary>Keeps bytes.</summary>
    /// <returns>Their place: the chunk in the upper half, the byte in the lower.</returns>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        if (_chunks.Count == 0 || bytes.Length > _chunks[^1].Length - _used)
        {
            _chunks.Add(new byte[Math.Max(ChunkLength, bytes.Length)]);
            _used = 0;
        }

        bytes.CopyTo(_chunks[^1].AsSpan(_used));
        long place = ((long)(_chunks.Count - 1) << 32) | (uint)_used;
        _used += bytes.Length;
        return place;
    }

    /// <summary>What was kept at a place, and whatever was kept behind it: how long a thing is, it says itself.</summary>
    public ReadOnlySpan<byte> From(long place) => _chunks[(int)(place >> 32)].AsSpan((int)(place & uint.MaxValue));
}
