using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Tests.Archiving;

/// <summary>
/// A disk in memory that a test can change between any two calls of a backup. Every call is a point with a number; with one reader and all
/// files in the last folder the numbers are the same in each run.
/// </summary>
internal sealed class ScriptedSource : SourceFileSystem
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Inode> _entries = new(StringComparer.Ordinal);
    private ulong _nextInode = 100;
    private int _points;

    /// <summary>Called at every point, before the call is made: its number from 0, and what is about to happen.</summary>
    public Action<int, string> AtPoint { get; set; } = static (_, _) => { };

    /// <summary>The clock that stamps changes. By default every change has a time of its own, long ago.</summary>
    public Func<DiskTime>? Clock { get; init; }

    /// <summary>How many bytes a reading gives at most; by default all that is asked for.</summary>
    public Func<int, int> ReadLength { get; init; } = static asked => asked;

    /// <summary>Whether entries can be told apart by a number; on Windows they cannot.</summary>
    public bool HasInodes { get; init; } = true;

    /// <summary>Points passed.</summary>
    public int Points => Volatile.Read(ref _points);

    /// <summary>Makes a folder.</summary>
    public void Folder(string path) => Place(path, NodeType.Directory, []);

    /// <summary>Makes a file, or replaces what is there by a new one.</summary>
    public void File(string path, byte[] content) => Place(path, NodeType.File, content);

    /// <summary>Makes a symbolic link.</summary>
    public void Link(string path, string target) => Place(path, NodeType.Symlink, System.Text.Encoding.UTF8.GetBytes(target));

    /// <summary>Makes a pipe.</summary>
    public void Pipe(string path) => Place(path, NodeType.Fifo, []);

    /// <summary>Removes an entry and all below it.</summary>
    public void Remove(string path)
    {
        lock (_gate)
        {
            foreach (string at in _entries.Keys.Where(at => at == path || at.StartsWith(path + "/", StringComparison.Ordinal)).ToList())
            {
                // Whoever has the file open sees that it lost its name.
                _entries[at].Changed = Stamp();
                _entries.Remove(at);
            }
        }
    }

    /// <summary>Writes into a file that is there: it stays the same file.</summary>
    public void Write(string path, byte[] content, bool keepModified = false, bool keepChanged = false)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(path, out Inode? inode) && inode.Type == NodeType.File)
            {
                DiskTime now = Stamp();
                inode.Content = content;
                inode.Modified = keepModified ? inode.Modified : now;
                inode.Changed = keepChanged ? inode.Changed : now;
            }
        }
    }

    /// <summary>The content of a file; null where there is none of this name.</summary>
    public byte[]? ContentOf(string path)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(path, out Inode? inode) && inode.Type == NodeType.File ? inode.Content : null;
        }
    }

    public override SourceDirectory OpenDirectory(DiskPath path, bool followLink = false)
    {
        Point($"list {path}");
        lock (_gate)
        {
            Inode inode = Get(path, "open");
            if (inode.Type != NodeType.Directory)
            {
                throw new SourceException(SourceErrorKind.NotRegular, "open", path, "it is no longer a folder");
            }

            string prefix = Resolve(path.ToString()) + "/";
            return new ScriptedDirectory(
                this, path, [.. _entries.Keys.Where(at => at.StartsWith(prefix, StringComparison.Ordinal) && at.IndexOf('/', prefix.Length) < 0)
                    .Select(at => PathText.ToBytes(at.AsSpan(prefix.Length))).OrderBy(name => name, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))]);
        }
    }

    public override FileStatus GetStatus(DiskPath path, bool followLinks)
    {
        Point($"lstat {path}");
        lock (_gate)
        {
            return Get(path, "lstat").Status();
        }
    }

    public override SourceFile OpenFile(DiskPath path)
    {
        Point($"open {path}");
        lock (_gate)
        {
            Inode inode = Get(path, "open");
            return inode.Type == NodeType.File
                ? new ScriptedFile(this, path, inode)
                : throw new SourceException(SourceErrorKind.NotRegular, "open", path, "it is no longer a regular file");
        }
    }

    private protected override void AddMetadata(Node node, DiskPath path, in FileStatus status, Action<string> problem, bool followLinks)
    {
        if (node.Type == NodeType.Symlink)
        {
            Point($"readlink {path}");
            lock (_gate)
            {
                Inode inode = Get(path, "readlink");
                node.LinkTarget = inode.Type == NodeType.Symlink
                    ? inode.Content
                    : throw new SourceException(SourceErrorKind.NotRegular, "readlink", path, "it is no longer a symbolic link");
            }
        }
    }

    private void Point(string what)
    {
        int number = Interlocked.Increment(ref _points) - 1;
        AtPoint(number, what);
    }

    private void Place(string path, NodeType type, byte[] content)
    {
        lock (_gate)
        {
            Remove(path);
            ulong number = _nextInode++;
            _entries[path] = new Inode(HasInodes ? number : 0, type, content, Stamp());
        }
    }

    private DiskTime Stamp() => Clock?.Invoke() ?? new DiskTime(1_700_000_000, (int)(_nextInode++ * 100));

    private Inode Get(DiskPath path, string action) => _entries.TryGetValue(Resolve(path.ToString()), out Inode? inode)
        ? inode
        : throw new SourceException(SourceErrorKind.Vanished, action, path, "no such file or directory");

    /// <summary>Follows links in the middle of a path, as every system does.</summary>
    private string Resolve(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string at = "";
        for (int i = 0; i < parts.Length; i++)
        {
            at += "/" + parts[i];
            if (i < parts.Length - 1 && _entries.TryGetValue(at, out Inode? inode) && inode.Type == NodeType.Symlink)
            {
                at = System.Text.Encoding.UTF8.GetString(inode.Content);
            }
        }

        return at;
    }

    private sealed class Inode(ulong number, NodeType type, byte[] content, DiskTime born)
    {
        public NodeType Type => type;

        public byte[] Content { get; set; } = content;

        public DiskTime Modified { get; set; } = born;

        public DiskTime Changed { get; set; } = born;

        public FileStatus Status() => new()
        {
            Type = type,
            Mode = type switch { NodeType.Directory => NodeMode.Directory | 0x1ED, NodeType.Symlink => NodeMode.Symlink | 0x1FF, NodeType.Fifo => NodeMode.Fifo | 0x1A4, _ => 0x1A4 },
            SizeBytes = type == NodeType.File ? Content.Length : 0,
            ModifiedTime = Modified,
            AccessTime = Modified,
            ChangeTime = Changed,
            Inode = number,
            DeviceId = number == 0 ? 0UL : 7,
            Links = 1,
        };
    }

    private sealed class ScriptedDirectory(ScriptedSource disk, DiskPath path, byte[][] names) : SourceDirectory
    {
        public override int Count => names.Length;

        public override ReadOnlySpan<byte> NameOf(int index) => names[index];

        public override bool TryGetStatus(int index, out FileStatus status)
        {
            DiskPath entry = path.Join(names[index]);
            disk.Point($"status {entry}");
            lock (disk._gate)
            {
                bool found = disk._entries.TryGetValue(disk.Resolve(entry.ToString()), out Inode? inode);
                status = found ? inode!.Status() : default;
                return found;
            }
        }

        public override void Dispose()
        {
        }
    }

    private sealed class ScriptedFile(ScriptedSource disk, DiskPath path, Inode inode) : SourceFile
    {
        private int _position;

        public override DiskPath Path => path;

        public override FileStatus Status { get; } = inode.Status();

        public override int Read(Span<byte> buffer)
        {
            disk.Point($"read {path} at {_position}");
            lock (disk._gate)
            {
                int length = Math.Max(0, Math.Min(inode.Content.Length - _position, disk.ReadLength(buffer.Length)));
                inode.Content.AsSpan(Math.Min(_position, inode.Content.Length), length).CopyTo(buffer);
                _position += length;
                return length;
            }
        }

        public override FileStatus StatusNow()
        {
            disk.Point($"fstat {path}");
            lock (disk._gate)
            {
                return inode.Status();
            }
        }

        public override void Dispose() => disk.Point($"close {path}");

        private protected override void AddMetadata(Node node, Action<string> problem)
        {
        }
    }
}
