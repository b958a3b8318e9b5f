using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>
/// One file on its way to the target. A new file is written under a temporary name and renamed when its last blob is in place. A file that
/// is there and shares content is patched in place; its old modification time is gone from the first write on and the right one comes last,
/// so that after a crash the next restore sees a file that differs and completes it. Thread safe.
/// </summary>
/// <remarks>Files are not flushed one by one: a restore that did not finish can be repeated, and its source is still there.</remarks>
internal sealed class FileRestore(PlannedFile planned, byte[]? temporaryName, int missingBlobs)
{
    private readonly Lock _gate = new();
    private int _missing = missingBlobs;
    private TargetFile? _file;
    private int _users;

    /// <summary>What is restored.</summary>
    public PlannedFile Planned { get; } = planned;

    /// <summary>The name it is written under, or null where a file is patched in place.</summary>
    public byte[]? TemporaryName { get; } = temporaryName;

    /// <summary>Why it cannot be restored; null as long as all is well.</summary>
    public string? Failure { get; private set; }

    /// <summary>Marks the file as one that cannot be restored.</summary>
    public void Fail(string reason)
    {
        lock (_gate)
        {
            Failure ??= reason;
        }
    }

    /// <summary>Takes the file handle, opening it where it is not open.</summary>
    public TargetFile Use(TargetDirectory directory)
    {
        lock (_gate)
        {
            _file ??= directory.OpenForWrite(TemporaryName ?? Planned.Node.Name, out _);
            _users++;
            return _file;
        }
    }

    /// <summary>Gives the handle back; it is closed unless it is to be kept for the next blob.</summary>
    public void Release(bool keepOpen)
    {
        lock (_gate)
        {
            if (--_users == 0 && !keepOpen)
            {
                _file?.Dispose();
                _file = null;
            }
        }
    }

    /// <summary>Closes the handle if nobody uses it. Returns whether it is closed.</summary>
    public bool TryClose()
    {
        lock (_gate)
        {
            if (_users > 0)
            {
                return false;
            }

            _file?.Dispose();
            _file = null;
            return true;
        }
    }

    /// <summary>One blob less to wait for. Returns true to the one who must finish the file.</summary>
    public bool BlobDone() => Interlocked.Decrement(ref _missing) == 0;

    /// <summary>Puts a complete file in place, or takes an incomplete one away. Metadata are left to the caller.</summary>
    /// <exception cref="TargetException">It cannot be renamed or removed.</exception>
    public void Finish(TargetDirectory directory)
    {
        TryClose();
        if (Failure is null)
        {
            if (TemporaryName is not null)
            {
                ClearTheWay(directory);
                directory.RenameOver(TemporaryName, Planned.Node.Name);
            }
        }
        else if (TemporaryName is not null)
        {
            directory.Remove(TemporaryName, recursive: false);
        }
    }

    /// <summary>A directory where the file goes is removed if it is empty; one with content stays and is an error.</summary>
    private void ClearTheWay(TargetDirectory directory)
    {
        if (directory.TryGetStatus(Planned.Node.Name, out Sources.FileStatus status) && status.Type == NodeType.Directory)
        {
            directory.Remove(Planned.Node.Name, recursive: false);
        }
    }
}
