using System.Runtime.Versioning;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>
/// The target on a Unix that is not Linux (macOS), by path through the runtime. It restores content, links, modes and times to 100 ns;
/// not owners, attributes, hard links, pipes and devices.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class PortableTargetFileSystem : TargetFileSystem
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <inheritdoc/>
    public override TargetDirectory OpenRoot(DiskPath target, bool create) => Guard("open", target, () =>
    {
        if (create)
        {
            CreateOwnDirectory(target.ToString());
        }

        return Directory.Exists(target.ToString())
            ? new PortableTargetDirectory(target)
            : throw new DirectoryNotFoundException("there is no such directory");
    });

    /// <summary>Makes a directory for the user alone.</summary>
    internal static void CreateOwnDirectory(string path)
    {
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | OwnerOnly);
    }

    /// <summary>Turns what the runtime throws into the exception of this layer.</summary>
    internal static T Guard<T>(string action, DiskPath path, Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SourceException)
        {
            const int diskFull = unchecked((int)0x8007_0070);
            TargetErrorKind kind = exception switch
            {
                UnauthorizedAccessException or SourceException { Kind: SourceErrorKind.Denied } => TargetErrorKind.Denied,
                FileNotFoundException or DirectoryNotFoundException => TargetErrorKind.Missing,
                SourceException { Kind: SourceErrorKind.Vanished } => TargetErrorKind.Missing,
                IOException { HResult: diskFull } => TargetErrorKind.Full,
                IOException when File.Exists(path.ToString()) => TargetErrorKind.Exists,
                _ => TargetErrorKind.Other,
            };
            throw new TargetException(kind, action, path, exception.Message, exception);
        }
    }
}

/// <summary>A directory of the target by its path.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class PortableTargetDirectory(DiskPath path) : TargetDirectory(path, PathRules.Posix)
{
    private readonly PortableSourceFileSystem _reader = new();

    /// <inheritdoc/>
    public override List<byte[]> Entries() => PortableTargetFileSystem.Guard(
        "readdir", Path, () => _reader.ReadDirectory(Path).ConvertAll(entry => entry.Name));

    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    private protected override TargetDirectory OpenDirectoryCore(byte[] name, bool create)
    {
        if (TryGetStatusCore(name, out FileStatus status) && !status.IsDirectory)
        {
            if (!create)
            {
                throw new TargetException(TargetErrorKind.Exists, "open", PathOf(name), "it is not a directory");
            }

            RemoveCore(name, recursive: false);
        }

        return PortableTargetFileSystem.Guard("mkdir", PathOf(name), () =>
        {
            bool created = create && !Directory.Exists(PathOf(name).ToString());
            if (create)
            {
                PortableTargetFileSystem.CreateOwnDirectory(PathOf(name).ToString());
            }

            return new PortableTargetDirectory(PathOf(name)) { WasCreated = created };
        });
    }

    private protected override bool TryGetStatusCore(byte[] name, out FileStatus status)
    {
        try
        {
            status = _reader.GetStatus(PathOf(name), followLinks: false);
            return true;
        }
        catch (SourceException exception) when (exception.Kind == SourceErrorKind.Vanished)
        {
            status = default;
            return false;
        }
    }

    private protected override TargetFile OpenForWriteCore(byte[] name, out bool existed)
    {
        existed = TryGetStatusCore(name, out FileStatus status);
        if (existed && !status.IsFile)
        {
            RemoveCore(name, recursive: false);
            existed = false;
        }

        return Open(name, existed ? FileMode.Open : FileMode.CreateNew);
    }

    private protected override TargetFile OpenForReadCore(byte[] name)
    {
        DiskPath path = PathOf(name);
        return TryGetStatusCore(name, out FileStatus status) && status.IsFile
            ? PortableTargetFileSystem.Guard("open", path, () => new PortableTargetFile(File.OpenHandle(path.ToString()), _reader, path))
            : throw new TargetException(TargetErrorKind.Other, "open", path, "it is not a regular file");
    }

    private protected override TargetFile CreateFileCore(byte[] name) => Open(name, FileMode.CreateNew);

    private protected override void RenameOverCore(byte[] temporary, byte[] name) => Run("rename", name, () =>
        File.Move(PathOf(temporary).ToString(), PathOf(name).ToString(), overwrite: true));

    private protected override void CreateSymlinkCore(byte[] name, ReadOnlySpan<byte> target)
    {
        string text = PathText.ToText(target);
        Run("symlink", name, () => File.CreateSymbolicLink(PathOf(name).ToString(), text));
    }

    private protected override void CreateHardLinkCore(TargetDirectory existingDirectory, byte[] existingName, byte[] name) =>
        throw new TargetException(TargetErrorKind.Other, "link", PathOf(name), "hard links are not restored on this system");

    private protected override void CreateSpecialCore(byte[] name, Node node) =>
        throw new TargetException(TargetErrorKind.Other, "mknod", PathOf(name), "pipes and devices are not restored on this system");

    private protected override bool RemoveCore(byte[] name, bool recursive)
    {
        if (!TryGetStatusCore(name, out FileStatus status))
        {
            return false;
        }

        Run("remove", name, () =>
        {
            if (status.IsDirectory)
            {
                Directory.Delete(PathOf(name).ToString(), recursive);
            }
            else
            {
                File.Delete(PathOf(name).ToString());
            }
        });
        return true;
    }

    private protected override void ApplyMetadataCore(byte[]? name, Node node, MetadataOptions options, Action<string> problem)
    {
        DiskPath entry = name is null ? Path : PathOf(name);
        if (node.Type is not (NodeType.File or NodeType.Directory))
        {
            return;
        }

        try
        {
            FileSystemInfo info = node.Type == NodeType.File ? new FileInfo(entry.ToString()) : new DirectoryInfo(entry.ToString());
            info.LastAccessTimeUtc = TimeOf(node.AccessTime);
            info.LastWriteTimeUtc = TimeOf(node.ModifiedTime);
            info.UnixFileMode = (UnixFileMode)(node.Mode & NodeMode.Permissions);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem($"restore metadata of {entry}: {exception.Message}");
        }
    }

    private static DateTime TimeOf(NodeTime time)
    {
        long seconds = Math.Clamp(time.UnixSeconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        return DateTime.UnixEpoch.AddTicks((seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100));
    }

    private PortableTargetFile Open(byte[] name, FileMode mode)
    {
        DiskPath path = PathOf(name);
        return PortableTargetFileSystem.Guard("open", path, () => new PortableTargetFile(
            File.OpenHandle(path.ToString(), mode, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete), _reader, path));
    }

    private void Run(string action, byte[] name, Action operation) => PortableTargetFileSystem.Guard(action, PathOf(name), () =>
    {
        operation();
        return 0;
    });
}
