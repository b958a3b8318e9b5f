namespace Sots.Backup.Restoring;

/// <summary>Writes bytes without their blocks of zeros.</summary>
internal static class SparseWriting
{
    private const int Block = 4096;

    /// <summary>
    /// Leaves out whole blocks of zeros, counted from the first byte given; the file has its full length already, so what is left out
    /// reads as zeros and takes no room.
    /// </summary>
    public static void Write(TargetFile file, long offset, ReadOnlySpan<byte> bytes)
    {
        int start = 0;
        while (start < bytes.Length)
        {
            int next = bytes[start..].IndexOfAnyExcept((byte)0);
            if (next < 0)
            {
                return;
            }

            start += next / Block * Block;
            int end = start;
            while (end < bytes.Length && bytes.Slice(end, Math.Min(Block, bytes.Length - end)).ContainsAnyExcept((byte)0))
            {
                end = Math.Min(bytes.Length, end + Block);
            }

            file.Write(offset + start, bytes[start..end]);
            start = end;
        }
    }
}
