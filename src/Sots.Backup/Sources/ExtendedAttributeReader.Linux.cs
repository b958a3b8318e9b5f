using Sots.Backup.Native;
using Sots.Restic.Trees;

namespace Sots.Backup.Sources;

/// <summary>Reads the extended attributes of a path (its link followed or not) or of an open file, in the order the kernel lists them.</summary>
internal readonly struct ExtendedAttributeReader
{
    // The kernel's own ceiling for a list and for a value (XATTR_LIST_MAX, XATTR_SIZE_MAX).
    private const int MaxLength = 1 << 16;

    private readonly Descriptor? _file;
    private readonly byte[]? _path;
    private readonly bool _follow;

    private ExtendedAttributeReader(Descriptor? file, byte[]? path, bool follow)
    {
        _file = file;
        _path = path;
        _follow = follow;
    }

    /// <summary>Of a path that ends in NUL.</summary>
    public static ExtendedAttributeReader OfPath(byte[] terminated, bool follow) => new(null, terminated, follow);

    /// <summary>Of an open file.</summary>
    public static ExtendedAttributeReader OfFile(Descriptor file) => new(file, null, false);

    /// <summary>All attributes; what cannot be read is told and left out.</summary>
    /// <exception cref="SourceException">Vanished: nothing is at the path any more.</exception>
    public List<ExtendedAttribute> Read(DiskPath path, Action<string> problem)
    {
        List<ExtendedAttribute> attributes = [];
        (byte[]? list, int error) = Names();
        if (list is null)
        {
            ThrowIfVanished(path, error);

            // Reading the levels above a target needs no right to their attributes; restic does not complain either.
            if (!(_follow && error is Errno.AccessDenied or Errno.NotPermitted))
            {
                problem($"listxattr {path}: {Errno.Describe(error)}");
            }

            return attributes;
        }

        foreach (byte[] name in Split(list))
        {
            (byte[]? value, error) = Value(name);
            if (value is not null)
            {
                attributes.Add(new ExtendedAttribute(name[..^1], value));
            }
            else if (error != Errno.NoAttribute)
            {
                ThrowIfVanished(path, error);
                problem($"getxattr {path} {PathText.ToText(name.AsSpan(0, name.Length - 1))}: {Errno.Describe(error)}");
            }
        }

        return attributes;
    }

    private void ThrowIfVanished(DiskPath path, int error)
    {
        if (_path is not null && error is Errno.NoEntry or Errno.NotDirectory)
        {
            throw LinuxSourceFileSystem.Failure("listxattr", path, error);
        }
    }

    /// <summary>The list as the kernel gives it: names each ended by NUL. Empty where the file system keeps no attributes.</summary>
    public (byte[]? List, int Error) Names()
    {
        (byte[]? list, int error) = Fetch(null);
        return list is null && error is Errno.NotSupported or Errno.NoAttribute ? ([], 0) : (list, error);
    }

    /// <summary>The value of an attribute whose name ends in NUL.</summary>
    public (byte[]? Value, int Error) Value(byte[] name) => Fetch(name);

    /// <summary>Cuts a list of names, leaving each its NUL.</summary>
    public static IEnumerable<byte[]> Split(byte[] list)
    {
        for (int start = 0, end; start < list.Length && (end = Array.IndexOf(list, (byte)0, start)) >= 0; start = end + 1)
        {
            yield return list[start..(end + 1)];
        }
    }

    /// <summary>Asks for the length, then for the bytes, and again where they grew in between.</summary>
    private (byte[]? Bytes, int Error) Fetch(byte[]? name)
    {
        while (true)
        {
            nint length = Call(name, null);
            if (length <= 0)
            {
                return length == 0 ? ([], 0) : (null, Libc.LastError);
            }

            byte[] buffer = new byte[Math.Min((long)length, MaxLength)];
            nint read = Call(name, buffer);
            if (read >= 0)
            {
                return (buffer[..(int)read], 0);
            }

            if (Libc.LastError != Errno.OutOfRange || buffer.Length == MaxLength)
            {
                return (null, Libc.LastError);
            }
        }
    }

    private nint Call(byte[]? name, byte[]? buffer)
    {
        nuint length = (nuint)(buffer?.Length ?? 0);
        return (_file, name, _follow) switch
        {
            ({ } file, null, _) => Libc.ListFileAttributes(file, buffer, length),
            ({ } file, { } one, _) => Libc.GetFileAttribute(file, one, buffer, length),
            (null, null, true) => Libc.ListAttributes(_path!, buffer, length),
            (null, null, false) => Libc.ListLinkAttributes(_path!, buffer, length),
            (null, { } one, true) => Libc.GetAttribute(_path!, one, buffer, length),
            (null, { } one, false) => Libc.GetLinkAttribute(_path!, one, buffer, length),
        };
    }
}
