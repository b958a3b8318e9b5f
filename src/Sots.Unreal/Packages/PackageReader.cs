using System.Buffers;

namespace Sots.Unreal.Packages;

/// <summary>
/// Reads the header of a package saved by an editor of Unreal Engine 4.0 to 5.7. Reads the header and nothing else, and allocates no more
/// than a few times its length. Thread safe. Source: docs/UNREAL-PACKAGES.md.
/// </summary>
public static class PackageReader
{
    /// <summary>Longest header that is read, bytes. Levels with everything in one file have some ten MiB.</summary>
    public const int MaxHeaderLength = 256 << 20;

    private const int FirstRead = 32 << 10, FirstReadAgain = 1 << 20;

    private static ReadOnlySpan<byte> LfsPointer => "version https://git-lfs"u8;

    /// <summary>Reads a header.</summary>
    /// <exception cref="PackageException">There is none that can be read; nothing else is thrown for any content.</exception>
    public static PackageHeader Read(PackageSource source)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(FirstRead, source.Length));
        try
        {
            PackageSummary summary = ReadSummary(source, ref buffer, out int loaded);
            int length = HeaderLength(summary, source.Length);
            if (length > loaded)
            {
                Grow(source, ref buffer, loaded, length);
            }

            return new PackageTableReader(summary, buffer.AsSpan(0, length)).Read();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a header that lies in memory, with or without what follows it.</summary>
    /// <param name="header">At least the header's bytes.</param>
    /// <param name="fileLength">Length of the whole file, bytes.</param>
    /// <exception cref="PackageException">There is none that can be read.</exception>
    public static PackageHeader Read(ReadOnlySpan<byte> header, long fileLength)
    {
        RefuseOtherFiles(header, fileLength);
        PackageSummary summary = PackageSummaryReader.Read(header);
        int length = HeaderLength(summary, fileLength);
        return length <= header.Length
            ? new PackageTableReader(summary, header[..length]).Read()
            : throw PackageException.Damage($"a header of {length} bytes is expected, {header.Length} are given", header.Length);
    }

    /// <summary>The summary alone, of the first bytes of a file.</summary>
    /// <param name="start">Its first bytes, as many as there are at hand.</param>
    /// <param name="fileLength">Length of the whole file, bytes.</param>
    /// <exception cref="PackageException">There is none, or it goes on behind the given bytes (Damaged).</exception>
    public static PackageSummary ReadSummary(ReadOnlySpan<byte> start, long fileLength)
    {
        RefuseOtherFiles(start, fileLength);
        PackageSummary summary = PackageSummaryReader.Read(start);
        HeaderLength(summary, fileLength);
        return summary;
    }

    private static PackageSummary ReadSummary(PackageSource source, ref byte[] buffer, out int loaded)
    {
        loaded = (int)Math.Min(FirstRead, source.Length);
        source.Read(0, buffer.AsSpan(0, loaded));
        RefuseOtherFiles(buffer.AsSpan(0, loaded), source.Length);
        try
        {
            return PackageSummaryReader.Read(buffer.AsSpan(0, loaded));
        }
        catch (PackageException e) when (e.Fault == PackageFault.Damaged && loaded < source.Length)
        {
            // A summary with very many custom versions or long strings; a damaged one is damaged with more bytes too.
            int more = (int)Math.Min(FirstReadAgain, source.Length);
            Grow(source, ref buffer, loaded, more);
            loaded = more;
            return PackageSummaryReader.Read(buffer.AsSpan(0, loaded));
        }
    }

    private static void Grow(PackageSource source, ref byte[] buffer, int loaded, int length)
    {
        if (buffer.Length < length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(length);
            buffer.AsSpan(0, loaded).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        source.Read(loaded, buffer.AsSpan(loaded, length - loaded));
    }

    private static int HeaderLength(PackageSummary summary, long fileLength) =>
        summary.TotalHeaderSize < summary.Length ? throw PackageException.Damage(
            $"the header's length is given as {summary.TotalHeaderSize}, its first part alone has {summary.Length} bytes", 0)
        : summary.TotalHeaderSize > fileLength ? throw new PackageException(
            PackageFault.Truncated, $"its header alone has {summary.TotalHeaderSize} bytes, the file only {fileLength}")
        : summary.TotalHeaderSize > MaxHeaderLength ? throw PackageException.Damage(
            $"the header has {summary.TotalHeaderSize} bytes, at most {MaxHeaderLength} are read", 0)
        : summary.TotalHeaderSize;

    private static void RefuseOtherFiles(ReadOnlySpan<byte> start, long length)
    {
        if (length == 0)
        {
            throw new PackageException(PackageFault.Empty, "the file is empty");
        }

        if (start.StartsWith(LfsPointer))
        {
            throw new PackageException(PackageFault.LfsPointer, "a pointer of git-lfs: the asset itself is not in this folder");
        }

        if (!start.ContainsAnyExcept((byte)0))
        {
            throw new PackageException(PackageFault.Zeroed, $"the first {start.Length} bytes are zero");
        }
    }
}
