using System.Buffers;
using System.Collections.Concurrent;

namespace Sots.Restic.Packs;

/// <summary>
/// Buffers for what is read of packs at once. The shared pool of the runtime keeps arrays of every length for every thread, and reading goes on
/// from thread to thread: here there are never more than were in use at one time. Thread safe.
/// </summary>
/// <remarks>Large ones have one length. What of them is not touched costs no memory, and the one used last is taken first.</remarks>
/// <param name="length">Bytes of the longest request that is usual.</param>
internal sealed class RequestBuffers(int length)
{
    private const int SmallLength = 64 << 10;

    private readonly ConcurrentStack<byte[]> _idle = new();

    /// <summary>Takes a buffer of so many bytes, or more.</summary>
    public byte[] Rent(int bytes) =>
        bytes <= SmallLength || bytes > length ? ArrayPool<byte>.Shared.Rent(bytes)
        : _idle.TryPop(out byte[]? idle) ? idle
        : GC.AllocateUninitializedArray<byte>(length);

    /// <summary>Lets go of those that are not in use.</summary>
    public void Clear() => _idle.Clear();

    /// <summary>Gives it back.</summary>
    public void Return(byte[] buffer)
    {
        if (buffer.Length == length)
        {
            _idle.Push(buffer);
        }
        else
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
