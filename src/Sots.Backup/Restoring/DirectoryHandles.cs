namespace Sots.Backup.Restoring;

/// <summary>
/// Open handles of target directories, a limited number at a time. A directory is opened from the handle of the one above it, so no step
/// ever follows a link that somebody put there meanwhile. Thread safe.
/// </summary>
internal sealed class DirectoryHandles : IDisposable
{
    private const int MaxIdle = 128;

    private readonly Lock _gate = new();
    private readonly Dictionary<PlannedDirectory, Handle> _handles = [];
    private readonly LinkedList<Handle> _idle = [];
    private readonly TargetDirectory _root;
    private readonly bool _create;

    /// <summary>Starts with the target itself.</summary>
    /// <param name="root">The target; disposed with this.</param>
    /// <param name="create">Make directories that are not there.</param>
    public DirectoryHandles(TargetDirectory root, bool create)
    {
        _root = root;
        _create = create;
    }

    /// <summary>Borrows a directory; dispose the lease when done.</summary>
    /// <exception cref="TargetException">It, or one above it, cannot be opened or made.</exception>
    public Lease Borrow(PlannedDirectory directory)
    {
        lock (_gate)
        {
            if (directory.Above is null)
            {
                return new Lease(this, null, _root);
            }

            Stack<PlannedDirectory> missing = [];
            PlannedDirectory? nearest = directory;
            for (; nearest.Above is not null && !_handles.ContainsKey(nearest); nearest = nearest.Above)
            {
                missing.Push(nearest);
            }

            Handle? handle = nearest.Above is null ? null : Take(_handles[nearest]);
            while (missing.TryPop(out PlannedDirectory? next))
            {
                TargetDirectory above = handle?.Directory ?? _root;
                Handle opened;
                try
                {
                    TargetDirectory directoryHandle = _create ? above.OpenOrCreateDirectory(next.Node!.Name) : above.OpenDirectory(next.Node!.Name);
                    opened = new Handle(next, directoryHandle);
                }
                finally
                {
                    if (handle is not null)
                    {
                        Release(handle);
                    }
                }

                _handles.Add(next, opened);
                handle = Take(opened);
            }

            return new Lease(this, handle, handle!.Directory);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Handle handle in _handles.Values)
        {
            handle.Directory.Dispose();
        }

        _root.Dispose();
    }

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
            Handle oldest = _idle.First!.Value;
            _idle.RemoveFirst();
            _handles.Remove(oldest.Planned);
            oldest.Directory.Dispose();
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

    /// <summary>An open directory and how many use it.</summary>
    internal sealed class Handle(PlannedDirectory planned, TargetDirectory directory)
    {
        /// <summary>Which one.</summary>
        public PlannedDirectory Planned { get; } = planned;

        /// <summary>Its handle.</summary>
        public TargetDirectory Directory { get; } = directory;

        /// <summary>Number of leases.</summary>
        public int Users { get; set; }

        /// <summary>Its place among the idle ones, or null.</summary>
        public LinkedListNode<Handle>? Idle { get; set; }
    }
}
