using Sots.Backup.Native;

namespace Sots.Backup.Sources;

/// <summary>
/// A path as the calls that end in "at" take it. The kernel takes 4,096 bytes at a time; what lies deeper is reached from a directory on
/// the way, opened for that alone.
/// </summary>
internal readonly ref struct ReachablePath : IDisposable
{
    /// <summary>PATH_MAX: bytes of a path with the NUL at its end.</summary>
    private const int LongestPath = 4096;

    /// <summary>Room for <c>/proc/self/fd/N/</c> before the rest.</summary>
    private const int ProcPathLength = 32;

    private readonly Descriptor? _onTheWay;

    private ReachablePath(Descriptor? onTheWay, ReadOnlySpan<byte> rest)
    {
        _onTheWay = onTheWay;
        Rest = Libc.Terminated(rest);
    }

    /// <summary>What <see cref="Rest"/> is relative to.</summary>
    public Descriptor Directory => _onTheWay ?? Descriptor.WorkingDirectory;

    /// <summary>The path from there, with a NUL at its end; all of it where it is short enough.</summary>
    public byte[] Rest { get; }

    /// <summary>The same place for calls that take a path alone, with a NUL at its end. Valid until this is disposed.</summary>
    public byte[] ForPathCalls => _onTheWay is null ? Rest : [.. PathText.ToBytes(_onTheWay.ProcPath), (byte)'/', .. Rest];

    /// <summary>Makes a path reachable.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="action">What is to be done, for messages.</param>
    /// <exception cref="SourceException">A directory on the way cannot be opened, or there is a NUL in the path.</exception>
    public static ReachablePath Of(DiskPath path, string action)
    {
        if (path.Bytes.Contains((byte)0))
        {
            throw new SourceException(SourceErrorKind.Other, action, path, "the path contains a NUL byte");
        }

        ReadOnlySpan<byte> rest = path.Bytes;
        Descriptor? onTheWay = null;
        while (rest.Length >= LongestPath - (onTheWay is null ? 0 : ProcPathLength))
        {
            int end = rest[..Math.Min(rest.Length, LongestPath)].LastIndexOf((byte)'/');
            Descriptor? next = end <= 0 ? null : Libc.OpenAt(
                onTheWay ?? Descriptor.WorkingDirectory, Libc.Terminated(rest[..end]), OpenFlags.PathOnly | OpenFlags.Directory);
            int error = next is null && end > 0 ? Libc.LastError : Errno.NameTooLong;
            onTheWay?.Dispose();
            onTheWay = next ?? throw LinuxSourceFileSystem.Failure(action, path, error);
            rest = rest[end..].TrimStart((byte)'/');
        }

        return new ReachablePath(onTheWay, rest);
    }

    /// <inheritdoc/>
    public void Dispose() => _onTheWay?.Dispose();
}
