using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>
/// Carries a restore out: plan; make directories; compare what is there; fetch what differs; further names, links and devices; remove the
/// surplus; metadata of directories, deepest first; read everything again where that was asked for.
/// </summary>
internal sealed class Restorer(
    IndexedRepository repository, Snapshot snapshot, RestoreOptions options, OperationCounters counters, IOperationEvents events)
{
    private readonly MetadataOptions _metadata = new() { OwnershipByName = options.OwnershipByName };
    private readonly List<FileRestore> _unfinished = [];
    private readonly HashSet<PlannedFile> _complete = [];
    private readonly Lock _gate = new();
    private RestorePlan _plan = new();
    private long _entries, _bytes, _restored, _bytesRestored, _skipped, _bytesSkipped, _deleted, _verified, _problems;

    public async Task<RestoreResult> RunAsync(CancellationToken cancellationToken)
    {
        RestoreGuards.Check(options, repository.Repository.Backend.Location);
        foreach (RepositoryException damage in repository.IndexDamage)
        {
            Problem("index", damage.Message);
        }

        _plan = await new RestorePlanner(repository, options, PathRules.Current, Problem).PlanAsync(snapshot, cancellationToken).ConfigureAwait(false);
        CountPlan();
        if (OpenTarget() is not { } target)
        {
            return PretendEmptyTarget();
        }

        using DirectoryHandles directories = new(target, create: !options.DryRun);
        MakeDirectories(directories, cancellationToken);
        List<PlannedFile> orphans = await RestoreFilesAsync(directories, _plan.Files, cancellationToken).ConfigureAwait(false);
        orphans = RestoreLinks(directories);
        await RestoreFilesAsync(directories, orphans, cancellationToken).ConfigureAwait(false);
        RestoreSpecials(directories, cancellationToken);
        FinishDirectories(directories, cancellationToken);
        if (options.Verify && !options.DryRun)
        {
            Verify(directories, cancellationToken);
        }

        return Result();
    }

    private TargetDirectory? OpenTarget()
    {
        try
        {
            return TargetFileSystem.Current.OpenRoot(DiskPaths.Clean(options.Target), create: !options.DryRun);
        }
        catch (TargetException e) when (options.DryRun && e.Kind == TargetErrorKind.Missing)
        {
            return null;
        }
        catch (TargetException e)
        {
            throw new RepositoryException(
                e.Kind == TargetErrorKind.Full ? RepositoryErrorKind.StorageFull : RepositoryErrorKind.InvalidRequest,
                $"The target cannot be used: {e.Message}", "Name a folder, or a path where one can be made.", e);
        }
    }

    /// <summary>A dry run into a folder that is not there: everything would be made.</summary>
    private RestoreResult PretendEmptyTarget()
    {
        foreach (PlannedDirectory directory in _plan.Directories.Where(directory => directory is { IsNeeded: true, Node: not null }))
        {
            Done(ItemAction.Restored, directory.Path, 0, isDirectory: true);
        }

        foreach (PlannedFile file in _plan.Files.Concat(_plan.Links.Select(link => link.Link)))
        {
            Done(ItemAction.Restored, file.Path, file.SizeBytes, isDirectory: false);
        }

        foreach (PlannedSpecial special in _plan.Specials)
        {
            Done(ItemAction.Restored, special.Directory.Path.Join(special.Node.Name), 0, isDirectory: false);
        }

        return Result();
    }

    private void MakeDirectories(DirectoryHandles directories, CancellationToken cancellationToken)
    {
        if (options.DryRun)
        {
            return;
        }

        foreach (PlannedDirectory directory in _plan.Directories)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (directory is { IsNeeded: true, Node: not null })
            {
                try
                {
                    directories.Borrow(directory).Dispose();
                }
                catch (TargetException e)
                {
                    Problem(directory.Path.ToString(), e.Message);
                }
            }
        }
    }

    /// <summary>Restores files; returns those that were given up.</summary>
    private async Task<List<PlannedFile>> RestoreFilesAsync(DirectoryHandles directories, List<PlannedFile> files, CancellationToken cancellationToken)
    {
        ContentRestore content = new(repository, directories, options.Sparse, counters, file => Finish(directories, file));
        try
        {
            await Parallel.ForEachAsync(
                files,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
                (file, token) =>
                {
                    Prepare(directories, content, file, token);
                    return ValueTask.CompletedTask;
                }).ConfigureAwait(false);
            await content.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (FileRestore file in _unfinished)
            {
                TakeAway(directories, file);
            }

            throw;
        }

        return [.. files.Where(file => !_complete.Contains(file))];
    }

    /// <summary>Looks at what is there and decides what of a file has to be written.</summary>
    private void Prepare(DirectoryHandles directories, ContentRestore content, PlannedFile file, CancellationToken cancellationToken)
    {
        try
        {
            using DirectoryHandles.Lease lease = directories.Borrow(file.Directory);
            bool exists = lease.Directory.TryGetStatus(file.Node.Name, out FileStatus there);
            if (exists && IsLeftAlone(file.Node, there))
            {
                Complete(file);
                Skip(file.Path, file.SizeBytes);
                return;
            }

            bool patch = exists && there.IsFile && there.Links <= 1 && there.SizeBytes > 0 && file.SizeBytes > 0;
            List<int>? differing = null;
            if (patch && options.Overwrite == OverwritePolicy.IfChanged && there.SizeBytes == file.SizeBytes && there.ModifiedTime.IsInstantOf(file.Node.ModifiedTime))
            {
                differing = [];
            }
            else if (patch)
            {
                differing = Compare(lease.Directory, file, cancellationToken);
            }
            else if (exists && there.IsFile && there.Links <= 1 && there.SizeBytes == 0 && file.SizeBytes == 0)
            {
                differing = [];
            }

            if (options.DryRun)
            {
                Pretend(file, exists, there, differing);
            }
            else if (differing is not null && differing.Count < file.Blobs.Length || (differing is not null && file.Blobs.Length == 0))
            {
                Patch(directories, lease.Directory, content, file, there, differing);
            }
            else
            {
                WriteAside(directories, lease.Directory, content, file);
            }
        }
        catch (TargetException e)
        {
            if (!(options.DryRun && e.Kind == TargetErrorKind.Missing))
            {
                Problem(file.Path.ToString(), e.Message);
                return;
            }

            Done(ItemAction.Restored, file.Path, file.SizeBytes, isDirectory: false);
        }
    }

    private bool IsLeftAlone(Node node, in FileStatus there) => options.Overwrite switch
    {
        OverwritePolicy.Never => true,
        OverwritePolicy.IfNewer => (node.ModifiedTime.UnixSeconds, node.ModifiedTime.Nanoseconds)
            .CompareTo((there.ModifiedTime.UnixSeconds, there.ModifiedTime.Nanoseconds)) <= 0,
        _ => false,
    };

    private static List<int> Compare(TargetDirectory directory, PlannedFile file, CancellationToken cancellationToken)
    {
        using TargetFile existing = directory.OpenForWrite(file.Node.Name, out _);
        return FileComparison.FindDifferences(existing, file.Blobs, cancellationToken);
    }

    private void Pretend(PlannedFile file, bool exists, in FileStatus there, List<int>? differing)
    {
        Complete(file);
        if (differing is { Count: 0 } && there.SizeBytes == file.SizeBytes)
        {
            Skip(file.Path, file.SizeBytes);
        }
        else
        {
            Done(exists ? ItemAction.Updated : ItemAction.Restored, file.Path, file.SizeBytes, isDirectory: false);
        }
    }

    private void Patch(
        DirectoryHandles directories, TargetDirectory directory, ContentRestore content, PlannedFile file, in FileStatus there, List<int> differing)
    {
        if (differing.Count == 0 && there.SizeBytes == file.SizeBytes)
        {
            Complete(file);
            directory.ApplyMetadata(file.Node, _metadata, text => Problem(file.Path.ToString(), text));
            Skip(file.Path, file.SizeBytes);
            return;
        }

        using (TargetFile existing = directory.OpenForWrite(file.Node.Name, out _))
        {
            existing.SetLength(file.SizeBytes);
        }

        Interlocked.Add(ref counters.BytesDone, file.SizeBytes - differing.Sum(i => (long)file.Blobs[i].Length));
        FileRestore restore = new(file, temporaryName: null, Math.Max(1, differing.Count));
        Enlist(directories, content, restore, differing);
    }

    private void WriteAside(DirectoryHandles directories, TargetDirectory directory, ContentRestore content, PlannedFile file)
    {
        byte[] temporary;
        using (TargetFile created = directory.CreateTemporary(out temporary))
        {
            FileRestore restore = new(file, temporary, Math.Max(1, file.Blobs.Length));
            lock (_gate)
            {
                _unfinished.Add(restore);
            }

            if (file.SizeBytes > 0 && (file.Blobs.Length > 1 || options.Sparse))
            {
                // The length is the sum of what the blobs really have, so it is safe to believe.
                if (!options.Sparse)
                {
                    created.Preallocate(file.SizeBytes);
                }

                created.SetLength(file.SizeBytes);
            }

            Enlist(directories, content, restore, null);
        }
    }

    private void Enlist(DirectoryHandles directories, ContentRestore content, FileRestore restore, List<int>? blobs)
    {
        int count = blobs?.Count ?? restore.Planned.Blobs.Length;
        if (count == 0)
        {
            restore.BlobDone();
            Finish(directories, restore);
            return;
        }

        lock (_gate)
        {
            for (int i = 0; i < count; i++)
            {
                content.Want(restore, restore.Planned.Blobs[blobs?[i] ?? i]);
            }
        }
    }

    /// <summary>All blobs of a file are written, or one of them could not be had.</summary>
    private void Finish(DirectoryHandles directories, FileRestore file)
    {
        string path = file.Planned.Path.ToString();
        lock (_gate)
        {
            _unfinished.Remove(file);
        }

        try
        {
            using DirectoryHandles.Lease lease = directories.Borrow(file.Planned.Directory);
            bool replaces = file.TemporaryName is null || lease.Directory.TryGetStatus(file.Planned.Node.Name, out _);
            file.Finish(lease.Directory);
            if (file.Failure is null)
            {
                lease.Directory.ApplyMetadata(file.Planned.Node, _metadata, text => Problem(path, text));
                Complete(file.Planned);
                Done(replaces ? ItemAction.Updated : ItemAction.Restored, file.Planned.Path, file.Planned.SizeBytes, isDirectory: false);
                return;
            }
        }
        catch (TargetException e)
        {
            file.Fail(e.Message);
            TakeAway(directories, file);
        }

        Problem(path, file.TemporaryName is null
            ? $"only partly restored, the file that was there has been changed: {file.Failure}"
            : $"not restored: {file.Failure}");
    }

    private static void TakeAway(DirectoryHandles directories, FileRestore file)
    {
        try
        {
            file.TryClose();
            if (file.TemporaryName is not null)
            {
                using DirectoryHandles.Lease lease = directories.Borrow(file.Planned.Directory);
                lease.Directory.Remove(file.TemporaryName, recursive: false);
            }
        }
        catch (TargetException)
        {
            // The reason that brought us here is the one to report.
        }
    }

    /// <summary>Makes further names of files; returns those whose first name is not there, to be restored by themselves.</summary>
    private List<PlannedFile> RestoreLinks(DirectoryHandles directories)
    {
        List<PlannedFile> alone = [];
        foreach (PlannedLink link in _plan.Links)
        {
            if (!_complete.Contains(link.First))
            {
                alone.Add(link.Link);
                continue;
            }

            if (options.DryRun)
            {
                Done(ItemAction.Restored, link.Link.Path, link.Link.SizeBytes, isDirectory: false);
                continue;
            }

            try
            {
                using DirectoryHandles.Lease first = directories.Borrow(link.First.Directory);
                using DirectoryHandles.Lease second = directories.Borrow(link.Link.Directory);
                bool exists = second.Directory.TryGetStatus(link.Link.Node.Name, out FileStatus there);
                first.Directory.TryGetStatus(link.First.Node.Name, out FileStatus origin);
                if (exists && (IsLeftAlone(link.Link.Node, there) || (there.Inode != 0 && there.Inode == origin.Inode && there.DeviceId == origin.DeviceId)))
                {
                    Skip(link.Link.Path, link.Link.SizeBytes);
                    continue;
                }

                if (exists)
                {
                    second.Directory.Remove(link.Link.Node.Name, recursive: options.Delete);
                }

                second.Directory.CreateHardLink(first.Directory, link.First.Node.Name, link.Link.Node.Name);
                Done(exists ? ItemAction.Updated : ItemAction.Restored, link.Link.Path, link.Link.SizeBytes, isDirectory: false);
            }
            catch (TargetException)
            {
                // A file system without hard links, for example: the content is what matters.
                alone.Add(link.Link);
            }
        }

        return alone;
    }

    private void RestoreSpecials(DirectoryHandles directories, CancellationToken cancellationToken)
    {
        foreach (PlannedSpecial special in _plan.Specials)
        {
            cancellationToken.ThrowIfCancellationRequested();
            DiskPathText path = special.Directory.Path.Join(special.Node.Name);
            if (options.DryRun)
            {
                Done(ItemAction.Restored, path, 0, isDirectory: false);
                continue;
            }

            try
            {
                using DirectoryHandles.Lease lease = directories.Borrow(special.Directory);
                bool exists = lease.Directory.TryGetStatus(special.Node.Name, out FileStatus there);
                if (exists && IsLeftAlone(special.Node, there))
                {
                    Skip(path, 0);
                    continue;
                }

                if (exists)
                {
                    lease.Directory.Remove(special.Node.Name, recursive: options.Delete);
                }

                if (special.Node.Type == NodeType.Symlink)
                {
                    lease.Directory.CreateSymlink(special.Node.Name, special.Node.LinkTarget ?? []);
                }
                else
                {
                    lease.Directory.CreateSpecial(special.Node);
                }

                lease.Directory.ApplyMetadata(special.Node, _metadata, text => Problem(path.ToString(), text));
                Done(exists ? ItemAction.Updated : ItemAction.Restored, path, 0, isDirectory: false);
            }
            catch (TargetException e)
            {
                Problem(path.ToString(), e.Message);
            }
        }
    }

    /// <summary>Surplus entries and metadata of directories, each after everything below it.</summary>
    private void FinishDirectories(DirectoryHandles directories, CancellationToken cancellationToken)
    {
        SurplusRemoval surplus = new(directories, options, Removed, Problem);
        for (int i = _plan.Directories.Count - 1; i >= 0; i--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PlannedDirectory directory = _plan.Directories[i];
            if (!directory.IsNeeded)
            {
                continue;
            }

            if (options.Delete)
            {
                surplus.Clean(directory);
            }

            if (directory.Node is null)
            {
                continue;
            }

            if (!options.DryRun)
            {
                try
                {
                    using DirectoryHandles.Lease lease = directories.Borrow(directory);
                    lease.Directory.ApplyOwnMetadata(directory.Node, _metadata, text => Problem(directory.Path.ToString(), text));
                }
                catch (TargetException e)
                {
                    Problem(directory.Path.ToString(), e.Message);
                    continue;
                }
            }

            Done(ItemAction.Restored, directory.Path, 0, isDirectory: true);
        }
    }

    private void Verify(DirectoryHandles directories, CancellationToken cancellationToken)
    {
        Parallel.ForEach(
            _plan.Files.Where(_complete.Contains),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            file =>
            {
                try
                {
                    using DirectoryHandles.Lease lease = directories.Borrow(file.Directory);
                    using SourceFile source = SourceFileSystem.Current.OpenFile(lease.Directory.Path.Join(file.Node.Name));
                    if (FileComparison.IsExactly(source, file.Blobs, file.SizeBytes))
                    {
                        Interlocked.Increment(ref _verified);
                        return;
                    }

                    Problem(file.Path.ToString(), "verify: what is on the disk is not what the snapshot holds", "verify");
                }
                catch (Exception e) when (e is TargetException or SourceException)
                {
                    Problem(file.Path.ToString(), e.Message, "verify");
                }
            });
    }

    private void CountPlan()
    {
        _entries = _plan.Directories.Count(directory => directory is { IsNeeded: true, Node: not null })
            + _plan.Files.Count + _plan.Links.Count + _plan.Specials.Count;
        _bytes = _plan.Files.Sum(file => file.SizeBytes) + _plan.Links.Sum(link => link.Link.SizeBytes);
        Interlocked.Exchange(ref counters.TotalFiles, _entries);
        Interlocked.Exchange(ref counters.TotalBytes, _bytes);
        Volatile.Write(ref counters.TotalsKnown, 1);
    }

    private void Complete(PlannedFile file)
    {
        lock (_gate)
        {
            _complete.Add(file);
        }
    }

    private void Done(ItemAction action, DiskPathText path, long sizeBytes, bool isDirectory)
    {
        Interlocked.Increment(ref _restored);
        Interlocked.Add(ref _bytesRestored, sizeBytes);
        Interlocked.Increment(ref counters.FilesDone);
        Tell(action, path, sizeBytes, isDirectory);
    }

    private void Skip(DiskPathText path, long sizeBytes)
    {
        Interlocked.Increment(ref _skipped);
        Interlocked.Add(ref _bytesSkipped, sizeBytes);
        Interlocked.Increment(ref counters.FilesSkipped);
        Interlocked.Add(ref counters.BytesSkipped, sizeBytes);
        Tell(ItemAction.Unchanged, path, sizeBytes, false);
    }

    private void Removed(DiskPathText path, bool isDirectory)
    {
        Interlocked.Increment(ref _deleted);
        Interlocked.Increment(ref counters.FilesDeleted);
        Tell(ItemAction.Deleted, path, 0, isDirectory);
    }

    private void Tell(ItemAction action, DiskPathText path, long sizeBytes, bool isDirectory)
    {
        if (events.WantsItems)
        {
            events.Item(new ItemEvent(action, path.ToString(), TimeSpan.Zero, sizeBytes, 0, 0, isDirectory));
        }
    }

    private void Problem(string item, string message) => Problem(item, message, "restore");

    private void Problem(string item, string message, string during)
    {
        Interlocked.Increment(ref _problems);
        Interlocked.Increment(ref counters.Errors);
        events.Problem(new ProblemEvent(during, item, message));
    }

    private RestoreResult Result() => new(
        _entries, _bytes, _restored, _bytesRestored, _skipped, _bytesSkipped, _deleted, _verified, Interlocked.Read(ref _problems));
}
