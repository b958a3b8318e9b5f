using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Backup.Archiving;

/// <summary>Counts for a snapshot's summary. Thread safe. Sizes in bytes.</summary>
internal sealed class ArchiveTotals
{
    private long _filesNew, _filesChanged, _filesUnmodified, _dirsNew, _dirsChanged, _dirsUnmodified;
    private long _dataBlobs, _treeBlobs, _dataAdded, _dataAddedPacked, _files, _bytes, _healedFiles;

    /// <summary>Counts a finished file or directory; other kinds are not counted.</summary>
    /// <param name="parent">Its node in the parent, or null.</param>
    /// <param name="node">Its node now.</param>
    public Progress.ItemAction Count(Node? parent, Node node)
    {
        Progress.ItemAction action = parent is null ? Progress.ItemAction.New
            : parent.EqualsExactly(node) ? Progress.ItemAction.Unchanged
            : Progress.ItemAction.Modified;
        if (node.Type == NodeType.File)
        {
            Interlocked.Increment(ref _files);
            Interlocked.Add(ref _bytes, (long)node.Size);
            Interlocked.Increment(ref action == Progress.ItemAction.New ? ref _filesNew
                : ref action == Progress.ItemAction.Unchanged ? ref _filesUnmodified : ref _filesChanged);
        }
        else if (node.Type == NodeType.Directory)
        {
            Interlocked.Increment(ref action == Progress.ItemAction.New ? ref _dirsNew
                : ref action == Progress.ItemAction.Unchanged ? ref _dirsUnmodified : ref _dirsChanged);
        }

        return action;
    }

    /// <summary>Counts a blob that was new.</summary>
    public void CountBlob(bool isTree, long plainBytes, long storedBytes)
    {
        Interlocked.Increment(ref isTree ? ref _treeBlobs : ref _dataBlobs);
        Interlocked.Add(ref _dataAdded, plainBytes);
        Interlocked.Add(ref _dataAddedPacked, storedBytes);
    }

    /// <summary>Counts an unchanged file that is read because parts of it are missing in the repository.</summary>
    public void CountHealed() => Interlocked.Increment(ref _healedFiles);

    /// <summary>Number of those.</summary>
    public long HealedFiles => Interlocked.Read(ref _healedFiles);

    /// <summary>Number of files whose node exists.</summary>
    public long Files => Interlocked.Read(ref _files);

    /// <summary>The counts so far.</summary>
    public SnapshotSummary ToSummary(NodeTime start, NodeTime end) => new()
    {
        BackupStart = start,
        BackupEnd = end,
        FilesNew = (ulong)_filesNew,
        FilesChanged = (ulong)_filesChanged,
        FilesUnmodified = (ulong)_filesUnmodified,
        DirsNew = (ulong)_dirsNew,
        DirsChanged = (ulong)_dirsChanged,
        DirsUnmodified = (ulong)_dirsUnmodified,
        DataBlobs = _dataBlobs,
        TreeBlobs = _treeBlobs,
        DataAdded = (ulong)_dataAdded,
        DataAddedPacked = (ulong)_dataAddedPacked,
        TotalFilesProcessed = (ulong)_files,
        TotalBytesProcessed = (ulong)_bytes,
    };
}
