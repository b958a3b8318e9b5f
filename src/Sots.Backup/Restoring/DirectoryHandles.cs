namespace Sots.Backup.Restoring;

/// <summary>
/// Open handles of target directories, a limited number at a time. A directory is opened from the handle of the one above it, so no step
/// ever follows a link that somebody put there meanwhile. Thread safe.
/// </summary>
/// <param name="root">The target; disposed with this. Null where a dry run finds none: everything in it is missing then.</param>
/// <param name="target">Path of the target, for messages.</param>
/// <param name="create">Make directories that are not there.</param>
/// <param name="plan">For a restore in place: says what may be replaced by a directory. Null where that is anything.</param>
internal sealed class DirectoryHandles(TargetDirectory? root, DiskPath target, bool create, RestoreFilter? plan = null) : IDisposable
{
    private const int MaxIdle = 128;

    private readonly Lock _gate = new();
    private readonly LinkedList<Handle> _idle = [];

    /// <summary>Borrows a directory; dispose the lease when done.</summary>
    /// <exception cref="TargetException">It, or one above it, cannot be opened or made.</exception>
    public Lease Borrow(PlannedDirectory directory)
    {
        lock (_gate)
        {
            if (root is null)
            {
                throw new TargetException(TargetErrorKind.Missing, "open", target, "there is no such directory");
            }

            return directory.Above is null ? new Lease(this, null, root)
                : directory.Handle is { } open ? new Lease(this, Take(open), open.Directory)
                : Open(directory, root);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Handle handle in _idle)
        {
            handle.Close();
        }

        root?.Dispose();
    }

    private Lease Open(PlannedDirectory directory, TargetDirectory rootDirectory)
    {
        Stack<PlannedDirectory> missing = [];
        PlannedDirectory nearest = directory;
        for (; nearest.Above is not null && nearest.Handle is null; nearest = nearest.Above)
        {
            missing.Push(nearest);
        }

        Handle? handle = nearest.Handle is { } open ? Take(open) : null;
        while (missing.TryPop(out PlannedDirectory? next))
        {
            try
            {
                TargetDirectory above = handle?.Directory ?? rootDirectory;
                TargetDirectory opened = create ? Make(above, next) : above.OpenDirectory(next.NameOnDisk);
                next.WasCreated |= opened.WasCreated;
                next.Handle = new Handle(next, opened);
            }
            finally
            {
                if (handle is not null)
                {
                    Release(handle);
                }
            }

            handle = Take(next.Handle);
        }

        return new Lease(this, handle, handle!.Directory);
    }

    private TargetDirectory Make(TargetDirectory above, PlannedDirectory directory) =>
        plan is not null && above.TryGetStatus(directory.NameOnDisk, out Sources.FileStatus there) && !there.IsDirectory && !plan.MayReplace(directory.Path(), there)
            ? throw RestoreRun.Changed(above.Path.Join(directory.NameOnDisk))
            : above.OpenOrCreateDirectory(directory.NameOnDisk);

    private Handle Take(Handle handle)
    {
        if (handle.Users++ == 0 && handle.Idle is { } position)
        {
            _idle.Remove(position);
            handle.Idle = null;
        }

        return handle;
    }

    private void Release(Handle handle)
    {
        if (--handle.Users > 0)
        {
            return;
        }

        handle.Idle = _idle.AddLast(handle);
        if (_idle.Count > MaxIdle)
        {
            _idle.First!.Value.Close();
            _idle.RemoveFirst();
        }
    }

    /// <summary>A borrowed directory.</summary>
    internal readonly struct Lease(DirectoryHandles owner, Handle? handle, TargetDirectory directory) : IDisposable
    {
        /// <summary>The open directory.</summary>
        public TargetDirectory Directory { get; } = directory;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (handle is not null)
            {
                lock (owner._gate)
                {
                    owner.Release(handle);
                }
            }
        }
    }

    /// <summary>An open directory and how many use it. Guarded by the owner's lock.</summary>
    internal sealed class Handle(PlannedDirectory planned, TargetDirectory directory)
    {
        /// <summary>Its handle.</summary>
        public TargetDirectory Directory { get; } = directory;

        /// <summary>Number of leases.</summary>
        public int Users { get; set; }

        /// <summary>Its place among the idle ones, or null.</summary>
        public LinkedListNode<Handle>? Idle { get; set; }

        /// <summary>Closes it; the next who wants the directory opens it again.</summary>
        public void Close()
        {
            planned.Handle = null;
            Directory.Dispose();
        }
    }
}
