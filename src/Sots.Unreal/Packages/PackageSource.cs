using Microsoft.Win32.SafeHandles;

namespace Sots.Unreal.Packages;

/// <summary>The bytes of a package, wherever they are: a file, memory, a snapshot. Not thread safe.</summary>
public abstract class PackageSource : IDisposable
{
    /// <summary>How many bytes there are.</summary>
    public abstract long Length { get; }

    /// <summary>Fills a buffer from an offset; the range lies inside <see cref="Length"/>.</summary>
    /// <exception cref="PackageException">Damaged, where the bytes end before.</exception>
    public abstract void Read(long offset, Span<byte> destination);

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what is held open.</summary>
    private protected virtual void Close()
    {
    }
}

/// <summary>A package in memory.</summary>
/// <param name="bytes">All of it.</param>
public sealed class MemoryPackageSource(ReadOnlyMemory<byte> bytes) : PackageSource
{
    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination) => bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
}

/// <summary>A package on the disk, opened in nobody's way.</summary>
public sealed class FilePackageSource : PackageSource
{
    private readonly SafeFileHandle _file;

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be opened.</exception>
    public FilePackageSource(string path)
    {
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Length = RandomAccess.GetLength(_file);
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int read = RandomAccess.Read(_file, destination, offset);
            if (read == 0)
            {
                throw PackageException.Damage($"the file ended while {destination.Length} more bytes were read", offset);
            }

            destination = destination[read..];
            offset += read;
        }
    }

    private protected override void Close() => _file.Dispose();
}
