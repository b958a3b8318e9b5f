using System.Buffers;
using System.Collections.Concurrent;
using Sots.Restic.Chunking;

namespace Sots.Backup.Archiving;

/// <summary>
/// Buffers to read files into: small ones from the shared pool, large ones of the longest chunk's length kept here. Thread safe.
/// A large buffer of which only the front is used costs only that: the system gives memory when it is touched.
/// </summary>
internal sealed class ReadBuffers
{
    private const int SmallLength = 1 << 20;

    private readonly ConcurrentBag<byte[]> _large = [];

    /// <summary>Takes a buffer for so many bytes, or for the longest chunk where that is less.</summary>
    public byte[] Rent(long length) =>
        length <= SmallLength ? ArrayPool<byte>.Shared.Rent((int)length)
        : _large.TryTake(out byte[]? idle) ? idle
        : GC.AllocateUninitializedArray<byte>(RabinChunker.MaxLength);

    /// <summary>Gives it back.</summary>
    public void Return(byte[] buffer)
    {
        if (buffer.Length == RabinChunker.MaxLength)
        {
            _large.Add(buffer);
        }
        else
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Moves the content of a small buffer that is full into a large one.</summary>
    public byte[] Enlarge(byte[] buffer, int filled)
    {
        byte[] larger = Rent(RabinChunker.MaxLength);
        buffer.AsSpan(0, filled).CopyTo(larger);
        Return(buffer);
        return larger;
    }
}
