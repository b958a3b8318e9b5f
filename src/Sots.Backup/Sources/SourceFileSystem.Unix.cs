using Sots.Restic.Trees;

namespace Sots.Backup.Sources;

/// <summary>
/// Reads the disk of a Unix that is not Linux (macOS) through the runtime. It keeps less: no owner, inode, device and attributes, times
/// to 100 ns, names that are no UTF-8 as the runtime spells them; and it cannot tell a pipe from a file.
/// </summary>
internal sealed class PortableSourceFileSystem : SourceFileSystem
{
    /// <inheritdoc/>
    public override SourceDirectory OpenDirectory(DiskPath path, bool followLink = false)
    {
        if (!GetStatus(path, followLink).IsDirectory)
        {
            throw new SourceException(SourceErrorKind.NotRegular, "open", path, "it is no longer a directory");
        }

        return Guard("readdir", path, () => new PortableSourceDirectory(this, path));
    }

    /// <inheritdoc/>
    public override FileStatus GetStatus(DiskPath path, bool followLinks) => Guard(followLinks ? "stat" : "lstat", path, () =>
    {
        FileSystemInfo entry = new FileInfo(path.ToString());
        if (followLinks && entry.LinkTarget is not null)
        {
            entry = entry.ResolveLinkTarget(returnFinalTarget: true) ?? entry;
        }

        FileAttributes attributes = entry.Attributes;
        uint mode = (uint)(entry.UnixFileMode & (UnixFileMode)0x1FF);
        mode |= (entry.UnixFileMode & UnixFileMode.SetUser) != 0 ? NodeMode.SetUid : 0;
        mode |= (entry.UnixFileMode & UnixFileMode.SetGroup) != 0 ? NodeMode.SetGid : 0;
        mode |= (entry.UnixFileMode & UnixFileMode.StickyBit) != 0 ? NodeMode.Sticky : 0;
        mode |= entry.LinkTarget is not null ? NodeMode.Symlink
            : (attributes & FileAttributes.Directory) != 0 ? NodeMode.Directory
            : (attributes & FileAttributes.Device) != 0 ? NodeMode.Irregular : 0;
        DiskTime modified = TimeOf(entry.LastWriteTimeUtc);
        return new FileStatus
        {
            Type = FileStatus.TypeOf(mode),
            Mode = mode,
            SizeBytes = (mode & (NodeMode.Symlink | NodeMode.Directory | NodeMode.Irregular)) == 0 ? new FileInfo(entry.FullName).Length : 0,
            ModifiedTime = modified,
            AccessTime = TimeOf(entry.LastAccessTimeUtc),
            ChangeTime = modified,
            Links = 1,
        };
    });

    /// <inheritdoc/>
    public override SourceFile OpenFile(DiskPath path)
    {
        FileStatus status = GetStatus(path, followLinks: false);
        return status.IsFile
            ? new PortableSourceFile(this, Guard("open", path, () => File.OpenHandle(path.ToString(), share: FileShare.ReadWrite | FileShare.Delete)), path, status)
            : throw new SourceException(SourceErrorKind.NotRegular, "open", path, "it is no longer a regular file");
    }

    /// <summary>Turns what the runtime throws into the exception of this layer.</summary>
    internal static T Guard<T>(string action, DiskPath path, Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            SourceErrorKind kind = exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => SourceErrorKind.Vanished,
                UnauthorizedAccessException => SourceErrorKind.Denied,
                _ => SourceErrorKind.Other,
            };
            throw new SourceException(kind, action, path, exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    private protected override void AddMetadata(
        Node node, DiskPath path, in FileStatus status, Action<string> problem, bool followLinks)
    {
        if (node.Type == NodeType.Symlink)
        {
            node.LinkTarget = Guard("readlink", path, () => PathText.ToBytes(new FileInfo(path.ToString()).LinkTarget ?? ""));
        }
    }

    private static DiskTime TimeOf(DateTime time)
    {
        long ticks = time.Ticks - DateTime.UnixEpoch.Ticks;
        long seconds = (long)Math.Floor(ticks / (decimal)TimeSpan.TicksPerSecond);
        return new DiskTime(seconds, (int)((ticks - (seconds * TimeSpan.TicksPerSecond)) * 100));
    }

    private sealed class PortableSourceDirectory : SourceDirectory
    {
        private readonly NameTable _names = new();
        private readonly PortableSourceFileSystem _system;
        private readonly DiskPath _path;

        public PortableSourceDirectory(PortableSourceFileSystem system, DiskPath path)
        {
            _system = system;
            _path = path;
            foreach (string entry in Directory.EnumerateFileSystemEntries(path.ToString()))
            {
                _names.TryAdd(PathText.ToBytes(System.IO.Path.GetFileName(entry)));
            }

            _names.Sort();
        }

        public override int Count => _names.Count;

        public override ReadOnlySpan<byte> NameOf(int index) => _names[index];

        public override bool TryGetStatus(int index, out FileStatus status)
        {
            try
            {
                status = _system.GetStatus(_path.Join(_names[index]), followLinks: false);
                return true;
            }
            catch (SourceException exception) when (exception.Kind == SourceErrorKind.Vanished)
            {
                status = default;
                return false;
            }
        }

        public override void Dispose()
        {
        }
    }

    private sealed class PortableSourceFile(
        PortableSourceFileSystem system, Microsoft.Win32.SafeHandles.SafeFileHandle handle, DiskPath path, FileStatus status) : SourceFile
    {
        private long _position;

        public override DiskPath Path => path;

        public override FileStatus Status => status;

        public override int Read(Span<byte> buffer)
        {
            try
            {
                int read = RandomAccess.Read(handle, buffer, _position);
                _position += read;
                return read;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new SourceException(SourceErrorKind.Other, "read", path, exception.Message, exception);
            }
        }

        public override FileStatus StatusNow() => system.GetStatus(path, followLinks: false);

        public override void Dispose() => handle.Dispose();

        private protected override void AddMetadata(Node node, Action<string> problem)
        {
        }
    }
}
