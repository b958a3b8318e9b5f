using Sots.Backup.Native;

namespace Sots.Backup.Restoring;

/// <summary>The target on Linux.</summary>
internal sealed class LinuxTargetFileSystem : TargetFileSystem
{
    private const uint OwnerOnly = 0x1C0;

    /// <summary>PATH_MAX: bytes of a path with the NUL at its end.</summary>
    private const int LongestPath = 4096;

    /// <inheritdoc/>
    internal override bool GivesMetadataBeforeNames => true;

    /// <inheritdoc/>
    public override TargetDirectory OpenRoot(DiskPath target, bool create)
    {
        if (target.Bytes.Contains((byte)0) || !PathRules.Posix.IsAbsolute(target))
        {
            throw new TargetException(TargetErrorKind.Other, "open", target, "the target must be an absolute path");
        }

        // Made one by one the folders of a longer path could be had, and then never be reached by their path.
        if (target.Bytes.Length >= LongestPath)
        {
            throw new TargetException(TargetErrorKind.NameRefused, "open", target, "file name too long");
        }

        Descriptor current = Open(Descriptor.WorkingDirectory, "/"u8, OpenFlags.PathOnly) ?? throw Failure("open", target, Libc.LastError);
        foreach (byte[] component in PathRules.Posix.Components(PathRules.Posix.Clean(target)))
        {
            using Descriptor parent = current;
            byte[] name = Libc.Terminated(component);
            Descriptor? next = Open(parent, component, OpenFlags.PathOnly);
            if (next is null && Libc.LastError == Errno.NoEntry && create)
            {
                if (Libc.MakeDirectoryAt(parent, name, OwnerOnly) != 0 && Libc.LastError != Errno.Exists)
                {
                    throw Failure("mkdir", target, Libc.LastError);
                }

                next = Open(parent, component, OpenFlags.PathOnly);
            }

            current = next ?? throw Failure("open", target, Libc.LastError);
        }

        using (current)
        {
            return new LinuxTargetDirectory(
                Open(current, "."u8, OpenFlags.ReadOnly) ?? throw Failure("open", target, Libc.LastError), target);
        }
    }

    /// <summary>Turns an error number into the exception.</summary>
    internal static TargetException Failure(string action, DiskPath path, int error) => new(
        error switch
        {
            Errno.AccessDenied or Errno.NotPermitted or Errno.ReadOnlyFileSystem => TargetErrorKind.Denied,
            Errno.NoSpace or Errno.QuotaExceeded => TargetErrorKind.Full,
            Errno.Exists or Errno.NotEmpty or Errno.IsDirectory or Errno.NotDirectory => TargetErrorKind.Exists,
            Errno.NameTooLong => TargetErrorKind.NameRefused,
            Errno.NoEntry => TargetErrorKind.Missing,
            Errno.Busy or Errno.TextBusy => TargetErrorKind.Locked,
            _ => TargetErrorKind.Other,
        },
        action,
        path,
        Errno.Describe(error));

    private static Descriptor? Open(Descriptor directory, ReadOnlySpan<byte> name, int flags) =>
        Libc.OpenAt(directory, Libc.Terminated(name), flags | OpenFlags.Directory);
}
