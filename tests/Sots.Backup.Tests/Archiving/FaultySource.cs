using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Tests.Archiving;

/// <summary>The real disk, with things going wrong where a test wants them to, and a record of what was opened.</summary>
internal sealed class FaultySource : SourceFileSystem
{
    private readonly SourceFileSystem _disk = Current;
    private readonly List<string> _opened = [];

    /// <summary>Called before a file is opened; throws to make that fail, or changes the disk.</summary>
    public Action<DiskPath> BeforeOpen { get; init; } = static _ => { };

    /// <summary>Called before a directory is listed.</summary>
    public Action<DiskPath> BeforeList { get; init; } = static _ => { };

    /// <summary>Called after the first part of a file was read.</summary>
    public Action<DiskPath> WhileReading { get; init; } = static _ => { };

    /// <summary>Whether every byte of the disk comes with a flipped bit, other than those of temporary folders of a drill.</summary>
    public bool FlipsBytes { get; init; }

    /// <summary>Files that were opened, in any order.</summary>
    public IReadOnlyList<string> Opened
    {
        get
        {
            lock (_opened)
            {
                return [.. _opened];
            }
        }
    }

    public override SourceDirectory OpenDirectory(DiskPath path, bool followLink = false)
    {
        BeforeList(path);
        return _disk.OpenDirectory(path, followLink);
    }

    public override FileStatus GetStatus(DiskPath path, bool followLinks) => _disk.GetStatus(path, followLinks);

    public override SourceFile OpenFile(DiskPath path)
    {
        lock (_opened)
        {
            _opened.Add(path.ToString());
        }

        BeforeOpen(path);
        return new WatchedFile(_disk.OpenFile(path), WhileReading, FlipsBytes && !path.ToString().Contains("sots-drill-", StringComparison.Ordinal));
    }

    private protected override void AddMetadata(Node node, DiskPath path, in FileStatus status, Action<string> problem, bool followLinks) =>
        Copy(_disk.CreateNode(node.Name, path, status, static _ => 0, false, problem, followLinks), node);

    private static void Copy(Node from, Node to)
    {
        to.User = from.User;
        to.Group = from.Group;
        to.LinkTarget = from.LinkTarget;
        to.ExtendedAttributes = from.ExtendedAttributes;
        to.GenericAttributes = from.GenericAttributes;
    }

    private sealed class WatchedFile(SourceFile inner, Action<DiskPath> whileReading, bool flips) : SourceFile
    {
        private bool _told;

        public override DiskPath Path => inner.Path;

        public override FileStatus Status => inner.Status;

        public override int Read(Span<byte> buffer)
        {
            int read = inner.Read(buffer);
            for (int i = 0; flips && i < read; i++)
            {
                buffer[i] ^= 1;
            }

            if (!_told)
            {
                _told = true;
                whileReading(inner.Path);
            }

            return read;
        }

        public override FileStatus StatusNow() => inner.StatusNow();

        public override void Dispose() => inner.Dispose();

        private protected override void AddMetadata(Node node, Action<string> problem) =>
            Copy(inner.CreateNode(node.Name, static _ => 0, false, problem), node);
    }
}
