using System.Text;
using Sots.Backup;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Reliability.Load;

/// <summary>A tree of numbers as a disk to be saved, as it is on one day. It takes no room anywhere. Thread safe.</summary>
/// <param name="tree">The tree.</param>
/// <param name="content">What its files hold.</param>
/// <param name="day">The day.</param>
internal sealed class GeneratedSource(GeneratedTree tree, GeneratedContent content, int day) : SourceFileSystem
{
    /// <summary>Where the tree lies.</summary>
    public const string RootPath = "/project";

    private const long Begin = 1_700_000_000;

    /// <inheritdoc/>
    public override SourceDirectory OpenDirectory(DiskPath path, bool followLink = false) =>
        Find(path) is (GeneratedFolder folder, -1) ? new Listing(this, folder) : throw Absent("open", path);

    /// <inheritdoc/>
    public override FileStatus GetStatus(DiskPath path, bool followLinks) => Find(path) switch
    {
        (GeneratedFolder folder, -1) => StatusOf(folder),
        (_, int file and >= 0) => StatusOf(file),
        _ => throw Absent("lstat", path),
    };

    /// <inheritdoc/>
    public override SourceFile OpenFile(DiskPath path) =>
        Find(path) is (_, int file and >= 0) ? new GeneratedFile(path, StatusOf(file), content, tree.ContentOf(file, day)) : throw Absent("open", path);

    /// <inheritdoc/>
    private protected override void AddMetadata(Node node, DiskPath path, in FileStatus status, Action<string> problem, bool followLinks)
    {
        node.User = "artist";
        node.Group = "artists";
    }

    private (GeneratedFolder? Folder, int File) Find(DiskPath path)
    {
        string text = Encoding.UTF8.GetString(path.Bytes);
        if (text == "/")
        {
            return (new GeneratedFolder(0, 0, 0) { Folders = { [RootPath[1..]] = tree.Root } }, -1);
        }

        if (!text.StartsWith(RootPath, StringComparison.Ordinal))
        {
            return (null, -1);
        }

        GeneratedFolder folder = tree.Root;
        string[] names = text[RootPath.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < names.Length; i++)
        {
            if (folder.Folders.TryGetValue(names[i], out GeneratedFolder? next))
            {
                folder = next;
                continue;
            }

            int file = i == names.Length - 1 ? tree.Find(folder, names[i]) : -1;
            return file >= 0 && tree.IsThere(file, day) ? (folder, file) : (null, -1);
        }

        return (folder, -1);
    }

    private FileStatus StatusOf(int file)
    {
        DiskTime modified = new(Begin + (tree.VersionOf(file, day) * 86_400L) + (file % 80_000), file);
        return new FileStatus
        {
            Type = NodeType.File,
            Mode = 0x1A4, // rw-r--r--
            SizeBytes = tree.SizeOf(file),
            ModifiedTime = modified,
            AccessTime = modified,
            ChangeTime = modified,
            UserId = 1000,
            GroupId = 1000,
            Inode = 1_000_000 + (ulong)file,
            DeviceId = 2049,
            Links = 1,
        };
    }

    private static FileStatus StatusOf(GeneratedFolder folder)
    {
        DiskTime time = new(Begin + folder.Number, 0);
        return new FileStatus
        {
            Type = NodeType.Directory,
            Mode = NodeMode.Directory | 0x1ED, // rwxr-xr-x
            ModifiedTime = time,
            AccessTime = time,
            ChangeTime = time,
            UserId = 1000,
            GroupId = 1000,
            Inode = 100 + (ulong)folder.Number,
            DeviceId = 2049,
        };
    }

    private static SourceException Absent(string action, DiskPath path) =>
        new(SourceErrorKind.Vanished, action, path, "no such file or directory");

    /// <summary>The entries of a folder: names in one table, the status when it is asked for.</summary>
    private sealed class Listing : SourceDirectory
    {
        private readonly GeneratedSource _source;
        private readonly NameTable _names = new();
        private readonly List<(GeneratedFolder? Folder, int File)> _entries = [];

        public Listing(GeneratedSource source, GeneratedFolder folder)
        {
            _source = source;
            foreach ((string name, GeneratedFolder inner) in folder.Folders)
            {
                Add(name, inner, -1);
            }

            for (int file = folder.First; file < folder.First + folder.Count; file++)
            {
                if (source.IsThere(file))
                {
                    Add(source.NameOf(file), null, file);
                }
            }

            _names.Sort();
        }

        public override int Count => _names.Count;

        public override ReadOnlySpan<byte> NameOf(int index) => _names[index];

        public override bool TryGetStatus(int index, out FileStatus status)
        {
            (GeneratedFolder? folder, int file) = _entries[_names.OrderOf(index)];
            status = folder is null ? _source.StatusOf(file) : StatusOf(folder);
            return true;
        }

        public override void Dispose()
        {
        }

        private void Add(string name, GeneratedFolder? folder, int file)
        {
            _names.TryAdd(Encoding.UTF8.GetBytes(name));
            _entries.Add((folder, file));
        }
    }

    private bool IsThere(int file) => tree.IsThere(file, day);

    private string NameOf(int file) => tree.NameOf(file);

    /// <summary>A file that is read.</summary>
    private sealed class GeneratedFile(DiskPath path, FileStatus status, GeneratedContent content, ulong number) : SourceFile
    {
        private long _position;

        public override DiskPath Path => path;

        public override FileStatus Status => status;

        public override int Read(Span<byte> buffer)
        {
            int length = (int)Math.Min(buffer.Length, status.SizeBytes - _position);
            content.Fill(number, _position, buffer[..length]);
            _position += length;
            return length;
        }

        public override FileStatus StatusNow() => status;

        public override void Dispose()
        {
        }

        private protected override void AddMetadata(Node node, Action<string> problem)
        {
            node.User = "artist";
            node.Group = "artists";
        }
    }
}
