using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>
/// One file on its way to the target. A new file is written under a temporary name, which gets its metadata and is renamed when the last
/// blob is in place. A file that is there and shares content is patched in place: the first write takes away its old modification time,
/// and the right one comes after everything is on the disk, so that after a crash the next restore sees a file that differs and completes
/// it. Thread safe.
/// </summary>
/// <remarks>
/// New files are not flushed one by one: a restore that was cut off can be repeated, and what it is made from is still there. After a
/// loss of power repeat it with the default policy, which compares content. What takes the place of another file, and everything in a
/// restore in place, is flushed before it is renamed: at every moment, power cuts too, there is the one or the other.
/// </remarks>
/// <param name="planned">What is restored.</param>
/// <param name="decision">How: a patch, or a new file.</param>
internal sealed class FileRestore(PlannedFile planned, FileDecision decision)
{
    private readonly Lock _gate = new();
    private readonly bool _inPlace = decision.Action == FileAction.Patch;
    private int _missing = decision.Differing?.Count ?? planned.BlobCount;
    private int _users;
    private TargetFile? _file;
    private byte[]? _temporary;
    private bool _touched;
    private volatile string? _failure;
    private volatile bool _isLost;

    /// <summary>What is restored.</summary>
    public PlannedFile Planned { get; } = planned;

    /// <summary>What was decided about it.</summary>
    public FileDecision Decision { get; } = decision;

    /// <summary>Marks the file as one that cannot be restored.</summary>
    public void Fail(string reason)
    {
        lock (_gate)
        {
            _failure ??= reason;
        }
    }

    /// <summary>Marks the file as one whose content cannot be had.</summary>
    public void Lose(string reason)
    {
        _isLost = true;
        Fail(reason);
    }

    /// <summary>Writes a blob; what goes wrong fails the file.</summary>
    public void Write(RestoreRun run, long offset, ReadOnlySpan<byte> bytes)
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            TargetFile file = Take(run);
            try
            {
                if (run.Options.Sparse && !_inPlace)
                {
                    SparseWriting.Write(file, offset, bytes);
                }
                else
                {
                    file.Write(offset, bytes);
                }
            }
            finally
            {
                lock (_gate)
                {
                    _users--;
                }
            }
        }
        catch (TargetException e)
        {
            Fail(e.Message);
        }
    }

    /// <summary>One blob less to wait for. Returns true to the one who must finish the file.</summary>
    public bool BlobDone() => Interlocked.Decrement(ref _missing) == 0;

    /// <summary>Closes the handle if nobody uses it; the next write opens it again. Returns whether it is closed.</summary>
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

    /// <summary>Puts the complete file in place, or takes an incomplete one away, and reports. Called once, when nobody writes any more.</summary>
    public void Finish(RestoreRun run)
    {
        try
        {
            if (_failure is null)
            {
                PutInPlace(run);
                Planned.Outcome = FileOutcome.Exact;
                run.Tally.FileRestored(Planned, updated: Decision.Existed);
                return;
            }
        }
        catch (TargetException e)
        {
            Fail(e.Message);
        }

        TakeAway(run);
        if (_isLost)
        {
            run.Tally.AddLost(Planned);
        }

        run.Tally.Problem(Planned, !_inPlace ? $"not restored: {_failure}"
            : _touched ? $"only partly restored, the file that was there has been changed: {_failure}"
            : $"not restored, the file that was there is as it was: {_failure}");
    }

    /// <summary>Closes the file and removes what was written under a temporary name. Never throws.</summary>
    public void TakeAway(RestoreRun run)
    {
        try
        {
            TryClose();
            if (_temporary is not null)
            {
                using DirectoryHandles.Lease lease = run.Directories.Borrow(Planned.Directory);
                lease.Directory.Remove(_temporary, recursive: false);
                _temporary = null;
            }
        }
        catch (TargetException)
        {
            // The reason that brought us here is the one to report.
        }
    }

    private TargetFile Take(RestoreRun run)
    {
        lock (_gate)
        {
            _file ??= Open(run);
            _users++;
            return _file;
        }
    }

    private TargetFile Open(RestoreRun run)
    {
        using DirectoryHandles.Lease lease = run.Directories.Borrow(Planned.Directory);
        if (_temporary is null && !_inPlace)
        {
            return Create(run, lease.Directory);
        }

        byte[] name = _temporary ?? Planned.Node.Name;
        TargetFile file = lease.Directory.OpenForWrite(name, out bool existed);
        if (!existed)
        {
            file.Dispose();
            lease.Directory.Remove(name, recursive: false);
            throw new TargetException(TargetErrorKind.Missing, "write", lease.Directory.Path.Join(name), "another program removed or replaced it");
        }

        if (_inPlace && !_touched)
        {
            _touched = true;
            _file = file;
            file.SetLength(Planned.SizeBytes);
        }

        return file;
    }

    private TargetFile Create(RestoreRun run, TargetDirectory directory)
    {
        TargetFile file = directory.CreateTemporary(out _temporary);
        _file = file;

        // The length is the sum of what the blobs really have, so it is safe to believe.
        if (run.Options.Sparse)
        {
            file.SetLength(Planned.SizeBytes);
        }
        else if (Planned.BlobCount > 1)
        {
            file.Preallocate(Planned.SizeBytes);
        }

        return file;
    }

    private void PutInPlace(RestoreRun run)
    {
        using DirectoryHandles.Lease lease = run.Directories.Borrow(Planned.Directory);
        TargetFile file = _file ??= Open(run);
        if (_inPlace || Decision.Existed || run.Options.ReplaceWhole)
        {
            // A name must not lead to an empty file after a power cut, where it led to a whole one before; and in a project an undo would
            // take an empty file for one that was edited since.
            file.Flush();
        }

        void Tell(string text) => run.Tally.Problem(Planned, text);
        bool hasMetadata = file.TryApplyMetadata(Planned.Node, run.Metadata, Tell);
        TryClose();
        if (!_inPlace)
        {
            Rename(run, lease.Directory);
        }

        if (!hasMetadata)
        {
            lease.Directory.ApplyMetadata(Planned.Node, run.Metadata, Tell);
        }
    }

    /// <summary>A directory where the file goes is removed if it is empty, or if surplus entries are to be deleted anyway.</summary>
    private void Rename(RestoreRun run, TargetDirectory directory)
    {
        run.EnsureReplaceable(directory, Planned.Node.Name, Planned.Directory.PathOf(Planned.Node.Name));
        try
        {
            directory.RenameOver(_temporary, Planned.Node.Name);
        }
        catch (TargetException) when (
            Decision.Existed && directory.TryGetStatus(Planned.Node.Name, out Sources.FileStatus status) && status.Type == NodeType.Directory)
        {
            SurplusRemoval.RemoveInTheWay(run, directory, Planned.Node.Name, Planned.Directory.PathOf(Planned.Node.Name));
            directory.RenameOver(_temporary, Planned.Node.Name);
        }

        _temporary = null;
    }
}
