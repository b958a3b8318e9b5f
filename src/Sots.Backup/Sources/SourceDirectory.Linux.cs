using System.Buffers;
using System.Buffers.Binary;
using Sots.Backup.Native;

namespace Sots.Backup.Sources;

/// <summary>A directory read with getdents64; the status of an entry is asked relative to the open directory.</summary>
internal sealed class LinuxSourceDirectory : SourceDirectory
{
    private readonly Descriptor _descriptor;
    private readonly DiskPath _path;
    private readonly NameTable _names;

    /// <summary>Reads all names. The descriptor belongs to the new object once the constructor returned.</summary>
    public LinuxSourceDirectory(Descriptor descriptor, DiskPath path)
    {
        _descriptor = descriptor;
        _path = path;
        _names = DirectoryNames.Read(descriptor) switch
        {
            (NameTable names, 0) => names,
            (_, Errno.OutOfRange) => throw new SourceException(
                SourceErrorKind.Other, "readdir", path, "the names of its entries take more than 1 GiB"),
            (_, int error) => throw LinuxSourceFileSystem.Failure("readdir", path, error),
        };
    }

    /// <inheritdoc/>
    public override int Count => _names.Count;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> NameOf(int index) => _names[index];

    /// <inheritdoc/>
    public override bool TryGetStatus(int index, out FileStatus status)
    {
        if (Libc.Statx(_descriptor, _names.Terminated(index), Libc.AtSymlinkNoFollow, out StatxBuffer buffer))
        {
            status = LinuxStatus.From(buffer);
            return true;
        }

        int error = Libc.LastError;
        status = default;
        return error == Errno.NoEntry
            ? false
            : throw LinuxSourceFileSystem.Failure("lstat", _path.Join(_names[index]), error);
    }

    /// <inheritdoc/>
    public override void Dispose() => _descriptor.Dispose();
}

/// <summary>Reads the names of an open directory.</summary>
internal static unsafe class DirectoryNames
{
    // struct linux_dirent64: inode (8), offset (8), length of the record (2), type (1), name ended by NUL.
    private const int RecordLengthOffset = 16;
    private const int NameOffset = 19;
    private const int BufferLength = 32 * 1024; // of every thread that lists: the pool keeps one for each

    /// <summary>All names but "." and "..", sorted.</summary>
    /// <returns>The names and 0, or null and an error number.</returns>
    public static (NameTable? Names, int Error) Read(Descriptor directory)
    {
        NameTable names = new();
        byte[] rented = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            while (true)
            {
                nint filled;
                fixed (byte* buffer = rented)
                {
                    filled = Libc.GetDirectoryEntries(directory, buffer, (nuint)rented.Length);
                }

                if (filled < 0)
                {
                    if (Libc.LastError == Errno.Interrupted)
                    {
                        continue;
                    }

                    return (null, Libc.LastError);
                }

                if (filled == 0)
                {
                    names.Sort();
                    return (names, 0);
                }

                if (!TryAddRecords(names, rented.AsSpan(0, (int)filled)))
                {
                    return (null, Errno.OutOfRange);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static bool TryAddRecords(NameTable names, ReadOnlySpan<byte> records)
    {
        while (records.Length > NameOffset)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(records[RecordLengthOffset..]);
            ReadOnlySpan<byte> name = records[NameOffset..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8) && !names.TryAdd(name))
            {
                return false;
            }

            records = records[length..];
        }

        return true;
    }
}
