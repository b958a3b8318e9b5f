using System.Diagnostics;
using System.Threading.Channels;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Archiving;

/// <summary>
/// Walks the targets, level by level without recursion, beside the parent snapshot. Unchanged files get their node at once; the others
/// are handed to the readers. One thread walks; beside it the folders that come next are looked into (<see cref="FoldersAhead"/>) and
/// directories that are complete are written.
/// </summary>
internal sealed class SourceWalk
{
    private const int MaxUnfinished = 64;

    private readonly IndexedRepository _repository;
    private readonly BackupOptions _options;
    private readonly SourceFileSystem _fileSystem;
    private readonly Func<long, short> _offsetOf;
    private readonly ArchiveTotals _totals;
    private readonly OperationCounters _counters;
    private readonly IOperationEvents _events;
    private readonly ArchiveProblems _problems;
    private readonly DirectoryFinisher _finisher;
    private readonly ChannelWriter<FileJob> _files;
    private readonly ChangeDetector _changes;
    private readonly FolderLister _lister;
    private readonly ParentLoader _parents;
    private readonly Stack<OpenDirectory> _open = [];
    private ParentDirectory? _lent;

    public SourceWalk(
        IndexedRepository repository, BackupOptions options, SourceFileSystem fileSystem, Func<long, short> offsetOf, ArchiveTotals totals,
        OperationCounters counters, IOperationEvents events, ArchiveProblems problems, DirectoryFinisher finisher, ChannelWriter<FileJob> files)
    {
        _repository = repository;
        _options = options;
        _fileSystem = fileSystem;
        _offsetOf = offsetOf;
        _totals = totals;
        _counters = counters;
        _events = events;
        _problems = problems;
        _finisher = finisher;
        _files = files;
        _changes = new ChangeDetector(options.IgnoreChangeTime, options.IgnoreInode);
        _lister = new FolderLister(fileSystem, options, offsetOf, events);
        _parents = new ParentLoader(repository, problems);
    }

    /// <summary>Walks everything. Returns when all entries are handed out, not when they are finished.</summary>
    public async Task RunAsync(IReadOnlyList<DiskPath> targets, ChosenParent? parent, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        TargetTree levels = TargetTree.Create(targets, _options.WorkingDirectory, _fileSystem);
        ParentDirectory? parentRoot = null;
        if (parent is { Lent: { } lent })
        {
            _lent = await _parents.LoadAsync(lent, "the parent's folder", cancellationToken).ConfigureAwait(false);
        }
        else if (parent is not null)
        {
            parentRoot = await _parents.LoadAsync(parent.Snapshot.Snapshot.Tree, "the parent's root", cancellationToken).ConfigureAwait(false);
        }

        // A lone "." puts the entries of the folder at the root; lent trees match there.
        bool lendToRoot = _lent is not null && targets.Count == 1 && DiskPaths.SnapshotComponents(DiskPaths.Clean(targets[0])).Count == 0;
        PushLevel(levels, null, null, 0, null, lendToRoot ? _lent : parentRoot);
        await WalkAsync(cancellationToken).ConfigureAwait(false);
        if (!_options.NoScan)
        {
            Volatile.Write(ref _counters.TotalsKnown, 1);
            _events.ScanFinished(_counters.TotalFiles, _counters.TotalBytes, Stopwatch.GetElapsedTime(started));
        }
    }

    private async Task WalkAsync(CancellationToken cancellationToken)
    {
        Channel<DirectoryBuild> handedOut = Channel.CreateBounded<DirectoryBuild>(new BoundedChannelOptions(MaxUnfinished) { SingleWriter = true, SingleReader = true });
        Task finishing = Task.Run(() => FinishAsync(handedOut, cancellationToken), CancellationToken.None);
        try
        {
            while (_open.TryPeek(out OpenDirectory? directory))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (directory.HasNext)
                {
                    await directory.VisitNextAsync(cancellationToken).ConfigureAwait(false);
                    continue;
                }

                _open.Pop();
                await directory.EndAsync().ConfigureAwait(false);
                if (_events.WantsUnchangedItems)
                {
                    // Who is told of every entry is told in the order of the walk.
                    await _finisher.AllHandedOutAsync(directory.Build, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await handedOut.Writer.WriteAsync(directory.Build, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (ChannelClosedException e) when (e.InnerException is not null)
        {
            // The finishing failed, and says why below.
        }
        finally
        {
            handedOut.Writer.TryComplete();
            await finishing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (OpenDirectory left in _open)
            {
                await left.EndAsync().ConfigureAwait(false);
            }
        }

        await finishing.ConfigureAwait(false);
    }

    /// <summary>Writes the directories that were handed out completely. A failure closes the channel.</summary>
    private async Task FinishAsync(Channel<DirectoryBuild> handedOut, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (DirectoryBuild directory in handedOut.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                await _finisher.AllHandedOutAsync(directory, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            handedOut.Writer.TryComplete(e);
            throw;
        }
    }

    private void PushLevel(TargetTree level, Node? node, DirectoryBuild? above, int slot, Node? parentNode, ParentDirectory? parent)
    {
        KeyValuePair<byte[], TargetTree>[] children = [.. level.Children];
        DirectoryBuild build = new(node, above, slot, children.Length, parentNode);
        _open.Push(new OpenDirectory(build, children.Length, (i, token) => VisitTargetAsync(build, i, children[i].Key, children[i].Value, parent, token), null));
    }

    private async ValueTask VisitTargetAsync(
        DirectoryBuild build, int slot, byte[] name, TargetTree level, ParentDirectory? parent, CancellationToken cancellationToken)
    {
        Node? parentNode = parent?.Find(name);
        try
        {
            if (level.Target is { } target)
            {
                if (!level.IsExplicit && _lister.RejectsName(target))
                {
                    await SkipAsync(build, slot, cancellationToken).ConfigureAwait(false);
                    return;
                }

                FileStatus status = _fileSystem.GetStatus(target, followLinks: false);
                await VisitAsync(build, slot, name, target, status, parentNode, status.DeviceId, level.IsExplicit, cancellationToken).ConfigureAwait(false);
                return;
            }

            string path = build.PathOf(name);
            FileStatus above = _fileSystem.GetStatus(level.MetadataPath, followLinks: true);
            Node node = _fileSystem.CreateNode(
                name, level.MetadataPath, above, _offsetOf, _options.WithAccessTime, text => _events.Detail($"{path}: {text}"), followLinks: true);
            ParentDirectory? below = await _parents.LoadOfAsync(parentNode, path, null, cancellationToken).ConfigureAwait(false);
            PushLevel(level, node, build, slot, parentNode, below);
        }
        catch (SourceException e)
        {
            // A target that is gone is a problem, other than what vanishes from it.
            _problems.Report("archival", (level.Target ?? level.MetadataPath).ToString(), e.Message);
            await SkipAsync(build, slot, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask VisitAsync(
        DirectoryBuild build, int slot, byte[] name, DiskPath path, FileStatus status, Node? parentNode, ulong device, bool isExplicit,
        CancellationToken cancellationToken, ComingFolder? ahead = null, bool isSecondLook = false)
    {
        Node? node = null;
        try
        {
            bool otherDevice = _options.OneFileSystem && status.DeviceId != device;

            // A folder that was looked into ahead was asked about then.
            if (ahead is null && (status.Type == NodeType.Socket || (otherDevice && !status.IsDirectory)
                || (!isExplicit && _options.Excludes.RejectsEntry(path, status.IsDirectory, status.IsFile ? status.SizeBytes : 0))))
            {
                await SkipAsync(build, slot, cancellationToken).ConfigureAwait(false);
                return;
            }

            switch (status.Type)
            {
                case NodeType.File:
                    await VisitFileAsync(build, slot, name, path, status, parentNode, cancellationToken).ConfigureAwait(false);
                    return;
                case NodeType.Directory:
                    await EnterAsync(build, slot, name, path, status, parentNode, device, !otherDevice, isExplicit, ahead, cancellationToken).ConfigureAwait(false);
                    return;
                case NodeType.Irregular or NodeType.Unknown:
                    _problems.Report("archival", path.ToString(), LeftOutEntry.Reason(status, status.Windows.IsJunction ? RealPath.TargetOf(path) : null));
                    break;
                default:
                    node = _fileSystem.CreateNode(name, path, status, _offsetOf, _options.WithAccessTime, text => _problems.Report("archival", path.ToString(), text));
                    if (status.Type == NodeType.Symlink)
                    {
                        _events.LinkFound(path);
                    }

                    break;
            }
        }
        catch (SourceException e) when (e.Kind == SourceErrorKind.NotRegular && !isSecondLook && FindStatus(path) is { } other)
        {
            // It turned into something else since it was listed: what it is now is saved.
            _events.Detail($"{e.Message}; looking at it again");
            await VisitAsync(build, slot, name, path, other, parentNode, device, isExplicit, cancellationToken, isSecondLook: true).ConfigureAwait(false);
            return;
        }
        catch (SourceException e)
        {
            _problems.Report(path, e);
        }

        await _finisher.FillAsync(build, slot, node, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask VisitFileAsync(
        DirectoryBuild build, int slot, byte[] name, DiskPath path, FileStatus status, Node? parentNode, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _counters.TotalFiles);
        Interlocked.Add(ref _counters.TotalBytes, status.SizeBytes);
        if (_changes.IsUnchanged(parentNode, status) && !_options.ReadAgain.Contains(path))
        {
            if (parentNode!.Content!.All(id => _repository.Index.Contains(new BlobHandle(id))))
            {
                Node node = _fileSystem.CreateNode(name, path, status, _offsetOf, _options.WithAccessTime, text => _problems.Report("archival", path.ToString(), text));
                node.Content = parentNode.Content;
                ItemAction action = _totals.Count(parentNode, node);
                if (_events.WantsItems && (action != ItemAction.Unchanged || _events.WantsUnchangedItems))
                {
                    _events.Item(new ItemEvent(action, build.PathOf(name), TimeSpan.Zero, status.SizeBytes, 0, 0, false));
                }

                Interlocked.Increment(ref _counters.FilesDone);
                Interlocked.Add(ref _counters.BytesDone, status.SizeBytes);
                await _finisher.FillAsync(build, slot, node, cancellationToken).ConfigureAwait(false);
                return;
            }

            _totals.CountHealed();
            _events.Detail($"{path}: parts of its content are missing in the repository; it is read again, which heals them");
        }

        await _files.WriteAsync(new FileJob(name, build, slot, parentNode) { Target = build.Location is null ? path : null }, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask EnterAsync(
        DirectoryBuild build, int slot, byte[] name, DiskPath path, FileStatus status, Node? parentNode, ulong device, bool listed, bool isTarget,
        ComingFolder? ahead, CancellationToken cancellationToken)
    {
        FolderListing listing = ahead is not null ? await ahead.TakeListingAsync().ConfigureAwait(false) : _lister.List(build, name, path, status, listed);
        listing.ReportTo(_problems);
        List<SourceEntry> entries = listing.Entries;
        ParentDirectory? below = isTarget && parentNode is null && _lent is not null
            ? _lent
            : await _parents.LoadOfAsync(parentNode, path.ToString(), ahead?.Parent, cancellationToken).ConfigureAwait(false);
        DirectoryBuild next = new(listing.Node, build, slot, entries.Count, parentNode) { Location = path };
        FoldersAhead folders = new(_repository, below, entries, entry =>
        {
            DiskPath folder = path.Join(entry.Name);
            return (_options.OneFileSystem && entry.Status.DeviceId != device) || _options.Excludes.RejectsEntry(folder, isDirectory: true, 0)
                ? null
                : () => _lister.List(next, entry.Name, folder, entry.Status, withEntries: true);
        });
        _open.Push(new OpenDirectory(next, entries.Count, (i, token) =>
        {
            SourceEntry entry = entries[i];
            ComingFolder? coming = folders.Reach(i, token);
            return VisitAsync(next, i, entry.Name, path.Join(entry.Name), entry.Status, below?.Find(entry.Name), device, false, token, coming);
        }, folders));
    }

    private ValueTask SkipAsync(DirectoryBuild build, int slot, CancellationToken cancellationToken) =>
        _finisher.FillAsync(build, slot, null, cancellationToken);

    private FileStatus? FindStatus(DiskPath path)
    {
        try
        {
            return _fileSystem.GetStatus(path, followLinks: false);
        }
        catch (SourceException)
        {
            return null;
        }
    }
}
