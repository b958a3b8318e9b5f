using System.Collections.Concurrent;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>
/// Compares a project with a snapshot and decides what a restore in place does. An undo looks at three states: what is there, what was
/// there before the restore (the target), and what the restore made of it. Changes nothing.
/// </summary>
internal sealed class InPlacePlanner(IndexedRepository repository, InPlaceOptions options)
{
    private readonly PathScope _scope = PathScope.Of(options.Paths);
    private readonly EntryComparison _comparison = new(options.Disk, repository.Index, options.TrustTimes);
    private readonly PlannedPaths _paths = new();
    private readonly ConcurrentBag<InPlaceChange> _changes = [];
    private readonly List<string> _surplus = [];

    /// <summary>Paths where one of the target and the disk has a folder, and the other something else.</summary>
    private readonly HashSet<byte[]> _obstacles = new(NameComparer.Current);
    private readonly List<byte[]> _kept = [];
    private readonly List<(SnapshotEntry Entry, DiskPath Path, FileStatus Status)> _pairs = [];
    private SnapshotEntries _target = SnapshotEntries.None, _origin = SnapshotEntries.None;
    private bool _hasLeftOvers;

    private bool IsUndo => options.Undone is not null;

    /// <summary>Makes the plan.</summary>
    /// <exception cref="RepositoryException">A part of a snapshot is not there, or a folder of the project cannot be looked into.</exception>
    public async Task<InPlacePlan> PlanAsync(CancellationToken cancellationToken)
    {
        _target = await SnapshotEntries.LoadAsync(repository, options.Target, options.Root, cancellationToken).ConfigureAwait(false);
        if (options.Undone is { } undone)
        {
            _origin = await SnapshotEntries.LoadAsync(repository, undone, options.Root, cancellationToken).ConfigureAwait(false);
        }

        Walk(cancellationToken);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.ForEach(_pairs, parallel, pair => Decide(pair.Entry, pair.Path, pair.Status, cancellationToken));
        foreach (SnapshotEntry entry in _target.All.Where(entry => !entry.IsOnDisk && _scope.Contains(entry.Path)))
        {
            if (IsMissing(entry))
            {
                Change(InPlaceAction.Add, entry.Path, (long)entry.Node.Size, entry.IsDirectory);
            }
        }

        List<InPlaceChange> changes = [.. Possible().OrderBy(change => change.Path, StringComparer.Ordinal)];
        foreach (InPlaceChange change in changes)
        {
            switch (change.Action)
            {
                case InPlaceAction.Delete:
                    _paths.AddRemoved(change.Key, HasFolder);
                    break;
                case InPlaceAction.Add or InPlaceAction.Replace or InPlaceAction.SetMetadata:
                    _paths.Add(change.Key);
                    break;
            }

            if (InPlacePlan.TakesAway(change))
            {
                _paths.Expect(change.Key, change.Seen!.Value);
            }
        }

        bool isEmpty = !_hasLeftOvers && changes.All(static change => InPlacePlan.IsLeft(change.Action));
        return new InPlacePlan(options, _target, _origin, changes, _paths) { Surplus = _surplus, IsEmpty = isEmpty };
    }

    private void Walk(CancellationToken cancellationToken)
    {
        Stack<(DiskPath Path, byte[] Key)> open = new([(options.Root, [])]);
        while (open.TryPop(out (DiskPath Path, byte[] Key) folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (SourceEntry entry in Entries(folder.Path, folder.Key))
            {
                DiskPath path = folder.Path.Join(entry.Name);
                byte[] key = [.. folder.Key, (byte)'/', .. entry.Name];
                bool isKnown = _target.TryFind(key, out SnapshotEntry? wanted);
                if (wanted is not null)
                {
                    wanted.IsOnDisk = true;
                    if (wanted.IsDirectory != entry.Status.IsDirectory)
                    {
                        _obstacles.Add(key);
                    }

                    if (_scope.Contains(key))
                    {
                        _pairs.Add((wanted, path, entry.Status));
                    }
                }
                else if (TargetDirectory.IsTemporaryName(entry.Name) && entry.Status.Type is NodeType.File or NodeType.Symlink)
                {
                    _hasLeftOvers = true;
                    _paths.AddRemoved(key, HasFolder);
                    _paths.Expect(key, entry.Status);
                    continue;
                }
                else if (_scope.Contains(key))
                {
                    isKnown = _origin.Contains(key);
                    if (!isKnown && options.Excludes.RejectsEntry(path, entry.Status.IsDirectory, entry.Status.IsFile ? entry.Status.SizeBytes : 0))
                    {
                        _kept.Add(key);
                        continue;
                    }

                    DecideSurplus(key, path, entry.Status, cancellationToken);
                }

                if (entry.Status.IsDirectory)
                {
                    open.Push((path, key));
                }
            }
        }
    }

    /// <summary>The entries of a folder that a backup of the project would have, or that a snapshot knows.</summary>
    private List<SourceEntry> Entries(DiskPath folder, byte[] key)
    {
        try
        {
            return options.Disk.ReadDirectory(folder, name =>
            {
                byte[] below = [.. key, (byte)'/', .. name];
                if (!_scope.MayContain(below))
                {
                    return false;
                }

                bool isKept = options.Excludes.RejectsName(folder.Join(name)) && !_target.Contains(below) && !_origin.Contains(below);
                if (isKept)
                {
                    _kept.Add(below);
                }

                return !isKept;
            });
        }
        catch (SourceException e)
        {
            throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest, $"A folder of the project cannot be looked into: {e.Message}",
                "Nothing was changed. Make the folder readable and try again.", e);
        }
    }

    private void Decide(SnapshotEntry entry, DiskPath path, in FileStatus status, CancellationToken cancellationToken)
    {
        if (!(entry.IsDirectory && status.IsDirectory) && !WasTouched(entry))
        {
            return;
        }

        switch (_comparison.Compare(path, status, entry.Node, cancellationToken))
        {
            case Likeness.OtherMetadata:
                Change(InPlaceAction.SetMetadata, entry.Path, 0, entry.IsDirectory, status);
                break;
            case Likeness.OtherContent or Likeness.Unreadable:
                bool mayReplace = !IsUndo || options.Force || status.IsDirectory;
                InPlaceAction action = (mayReplace ? null : WhyLeft(entry.Path, path, status, cancellationToken)) ?? InPlaceAction.Replace;
                bool isNewer = status.ModifiedTime.ToNodeTime(static _ => 0).CompareInstant(entry.Node.ModifiedTime) > 0;

                // A file that a folder takes the place of is what the user has to see: its bytes go.
                long size = entry.IsDirectory && status.IsFile ? status.SizeBytes : (long)entry.Node.Size;
                Change(action, entry.Path, size, entry.IsDirectory && status.IsDirectory, status, isNewer);
                break;
        }
    }

    private void DecideSurplus(byte[] key, DiskPath path, in FileStatus status, CancellationToken cancellationToken)
    {
        long size = status.IsFile ? status.SizeBytes : 0;
        bool mayDelete = _target.Problems.Count == 0 && (!IsUndo || _origin.TryFind(key, out _));
        if (mayDelete && IsUndo && !options.Force && !(status.IsDirectory && _origin.TryFind(key, out SnapshotEntry? made) && made.IsDirectory)
            && WhyLeft(key, path, status, cancellationToken) is { } why)
        {
            _kept.Add(key);
            Change(why, key, size, status.IsDirectory, status);
        }
        else if (mayDelete && (IsUndo || options.Delete))
        {
            Change(InPlaceAction.Delete, key, size, status.IsDirectory, status);
        }
        else
        {
            _kept.Add(key);
            if (!status.IsDirectory)
            {
                _surplus.Add(PathText.ToText(key));
            }
        }
    }

    /// <summary>Null where the disk has the content that the restore that is undone put there; otherwise why it is left.</summary>
    private InPlaceAction? WhyLeft(byte[] key, DiskPath path, in FileStatus status, CancellationToken cancellationToken) =>
        !_origin.TryFind(key, out SnapshotEntry? made) ? InPlaceAction.LeaveEdited : _comparison.Compare(path, status, made.Node, cancellationToken) switch
        {
            Likeness.OtherContent => InPlaceAction.LeaveEdited,
            Likeness.Unreadable => InPlaceAction.LeaveUnreadable,
            _ => null,
        };

    /// <summary>Whether the restore that is undone did anything to an entry. What it did not is not the undo's business either.</summary>
    private bool WasTouched(SnapshotEntry entry) =>
        !IsUndo || (_origin.TryFind(entry.Path, out SnapshotEntry? made) ? !EntryComparison.AreSame(entry.Node, made.Node) : options.UndoneDeleted);

    /// <summary>
    /// Whether something that is not there is put back. Of a folder an undo puts back only what the restore took away, and what it needs for
    /// something in it: one that the restore left there was moved or removed since.
    /// </summary>
    private bool IsMissing(SnapshotEntry entry) => !(entry.IsDirectory && HasFolder(_origin, entry.Path)) && WasTouched(entry);

    private bool HasFolder(byte[] path) => HasFolder(_target, path);

    private static bool HasFolder(SnapshotEntries entries, byte[] path) => entries.TryFind(path, out SnapshotEntry? entry) && entry.IsDirectory;

    /// <summary>
    /// What can be done of the changes without touching anything else: a folder gives way to a file only when nothing in it has to stay; and
    /// where something stays in the place of a folder, or a folder in the place of something else, nothing is put into it or taken from it.
    /// </summary>
    private IEnumerable<InPlaceChange> Possible()
    {
        HashSet<byte[]> occupied = new(NameComparer.Current);
        foreach (byte[] key in _kept.Concat(_changes.Where(static change => InPlacePlan.IsLeft(change.Action)).Select(change => change.Key)))
        {
            foreach (byte[] above in PlannedPaths.Above(key).TakeWhile(occupied.Add))
            {
            }
        }

        foreach (InPlaceChange change in _changes.Where(static change => change.Action == InPlaceAction.Replace))
        {
            if (change.IsDirectory || !occupied.Contains(change.Key))
            {
                _obstacles.Remove(change.Key);
            }
        }

        foreach (InPlaceChange change in _changes)
        {
            bool isBlocked = _obstacles.Count > 0 && change.Action switch
            {
                InPlaceAction.Replace => _obstacles.Contains(change.Key),
                InPlaceAction.Add or InPlaceAction.Delete => PlannedPaths.Above(change.Key).Any(_obstacles.Contains),
                _ => false,
            };
            if (!isBlocked)
            {
                yield return change;
            }
            else if (!change.IsDirectory && change.Action == InPlaceAction.Delete)
            {
                _surplus.Add(change.Path);
            }
            else if (!change.IsDirectory)
            {
                yield return change with { Action = InPlaceAction.LeaveBlocked };
            }
        }
    }

    private void Change(InPlaceAction action, byte[] key, long sizeBytes, bool isDirectory, FileStatus? seen = null, bool isNewerOnDisk = false) =>
        _changes.Add(new InPlaceChange(action, PathText.ToText(key), sizeBytes, isDirectory)
        {
            Key = key, OnDisk = seen?.ModifiedTime, Seen = seen, IsNewerOnDisk = isNewerOnDisk,
        });
}
