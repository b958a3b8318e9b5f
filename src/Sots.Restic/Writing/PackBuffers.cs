namespace Sots.Restic.Writing;

/// <summary>Buffers of packs, used again and again. Their number is that of the packs in work at once. Thread safe.</summary>
/// <param name="length">Bytes of each. Memory that is not touched costs nothing.</param>
internal sealed class PackBuffers(int length)
{
    private const int LargestKept = 64 << 20;

    /// <summary>The one used last is taken first, so that one that was never filled to its end stays as small as it is.</summary>
    private readonly System.Collections.Concurrent.ConcurrentStack<byte[]> _idle = new();

    private int _inUse;

    /// <summary>Number of buffers taken and not given back.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>Takes one.</summary>
    public byte[] Rent()
    {
        Interlocked.Increment(ref _inUse);
        return _idle.TryPop(out byte[]? buffer) ? buffer : GC.AllocateUninitializedArray<byte>(length);
    }

    /// <summary>Gives one back; very large ones are left to the garbage collector.</summary>
    public void Return(byte[] buffer)
    {
        Interlocked.Decrement(ref _inUse);
        if (buffer.Length <= LargestKept)
        {
            _idle.Push(buffer);
        }
    }
}
