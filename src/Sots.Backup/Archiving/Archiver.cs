using System.Threading.Channels;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Proving;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Chunking;
using Sots.Restic.Index;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Restic.Writing;

namespace Sots.Backup.Archiving;

/// <summary>
/// Makes a snapshot. One walker lists directories and compares with the parent; files whose content must be read go through a channel
/// to a few readers; a reader cuts a file into chunks and has them saved; whoever finishes the last entry of a directory writes its tree.
/// </summary>
/// <remarks>
/// <code>
///   walker ──(channel: <see cref="MaxWaitingFiles"/> files)──► readers (ReadConcurrency) ──► chunks in flight (one a core) ──► session
/// </code>
/// Memory: 100,000 waiting files of about 150 bytes, and their folders of about 500; a reader's buffer and each chunk in flight at most
/// 8 MiB; the session's packs (see <see cref="WriteSession"/>). With 2 readers and 2 cores: 2 × 8 + 2 × 8 + 2 × 16 (encoders) + 6 × 18 (packs
/// for a share, 6 × 0.5 for a disk of this computer) MiB at the very most.
/// The first failure of the repository cancels everything; what was stored is indexed, so that the next run finds it.
/// </remarks>
internal sealed class Archiver(OpenRepository repository, BackupOptions options, OperationCounters counters, IOperationEvents events)
{
    private const int MaxWaitingFiles = 100_000;

    private readonly SourceFileSystem _fileSystem = options.FileSystem;
    private readonly ArchiveTotals _totals = new();
    private readonly ZoneOffsets _zone = new();
    private readonly ArchiveProblems _problems = new(counters, events, options.FileSystem);
    private readonly WriteSample? _sample = options.ProofBytes > 0 && !options.DryRun ? new WriteSample(options.Random) : null;
    private ProofResult? _proof;

    public async Task<BackupResult> RunAsync(CancellationToken cancellationToken)
    {
        NodeTime start = Now();
        NodeTime time = options.Time is { } given ? _zone.At(given) : start;
        List<DiskPath> targets = ExistingTargets();
        List<string> recordedPaths = [.. targets.Select(target => DiskPaths.MakeAbsolute(target, options.WorkingDirectory).ToString())];

        // Snapshots first, then the index: a backup that runs beside this one writes them in the opposite order.
        SnapshotListing listing = await repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
        foreach (RepositoryException damage in listing.Damaged)
        {
            events.Message($"warning: {damage.Message}; it is passed over");
        }

        IndexedRepository indexed = await repository.LoadIndexOfWholePacksAsync(cancellationToken).ConfigureAwait(false);
        foreach (RepositoryException damage in indexed.IndexDamage)
        {
            _problems.ReportRepository("index", damage.Message);
        }

        ReportLostPacks(indexed.LostPacks);

        ChosenParent? parent = await ParentChoice.ChooseAsync(
            indexed, listing, options with { Targets = targets }, recordedPaths, time, NamesIn(targets), cancellationToken).ConfigureAwait(false);
        events.Message(parent is null
            ? "no parent snapshot found, will read all files"
            : $"using parent snapshot {parent.Snapshot.Id.Value.ToShortString()}");
        events.Detail("load index files");

        string named = string.Join(' ', targets);
        if (!options.NoScan)
        {
            events.Detail($"start scan on [{named}]");
        }

        events.Detail($"start backup on [{named}]");
        WriteSession session = indexed.BeginWrite(_sample is null ? options.Write : options.Write with { Stored = _sample.Stored });
        await using (session.ConfigureAwait(false))
        {
            try
            {
                TreeId root = await SaveTreesAsync(indexed, session, targets, parent, cancellationToken).ConfigureAwait(false);
                if (_totals.HealedFiles > 0)
                {
                    events.Message($"{_totals.HealedFiles} unchanged files were read again: parts of their content were missing in the repository, and are stored again");
                }

                _problems.Conclude(targets.Select(target => DiskPaths.MakeAbsolute(target, options.WorkingDirectory)));
                SnapshotSummary summary = _totals.ToSummary(start, Now());
                SnapshotId? saved = await FinishAsync(session, root, parent, recordedPaths, time, start, cancellationToken).ConfigureAwait(false);
                return new BackupResult(saved, summary, parent?.Snapshot.Id, _problems.Count)
                {
                    Proof = _proof, Comparison = options.DryRun ? null : ComparisonOf(indexed, targets, parent, root),
                };
            }
            catch (Exception e) when (e is OperationCanceledException or RepositoryException)
            {
                await session.AbandonAsync(afterFailure: true).ConfigureAwait(false);
                throw;
            }
        }
    }

    private static BackupComparison ComparisonOf(IndexedRepository indexed, List<DiskPath> targets, ChosenParent? parent, TreeId root)
    {
        string folder = parent?.Lent is null ? "" : string.Join('/', DiskPaths.SnapshotComponents(DiskPaths.Clean(targets[0])).Select(static name => PathText.ToText(name)));
        return new BackupComparison(indexed, parent?.Lent ?? parent?.Snapshot.Snapshot.Tree, root, folder);
    }

    private async Task<TreeId> SaveTreesAsync(
        IndexedRepository indexed, WriteSession session, List<DiskPath> targets, ChosenParent? parent, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<FileJob> files = Channel.CreateBounded<FileJob>(new BoundedChannelOptions(MaxWaitingFiles) { SingleWriter = true });
        DirectoryFinisher finisher = new(session, _totals, counters, events, _sample);
        SourceWalk walk = new(indexed, options, _fileSystem, _zone.MinutesAt, _totals, counters, events, _problems, finisher, files.Writer);
        using FileArchiver archiver = new(
            session, new RabinChunker(repository.Config.Polynomial), _fileSystem, _zone.MinutesAt, options.WithAccessTime, _totals, counters,
            events, options.Write.Time, _sample, options.Observer, Environment.ProcessorCount);

        List<Task> running = [Task.Run(() => StopOthersOnFailureAsync(() => walk.RunAsync(targets, parent, stop.Token), stop, files.Writer), CancellationToken.None)];
        for (int reader = 0; reader < options.ReadConcurrency; reader++)
        {
            running.Add(Task.Run(() => StopOthersOnFailureAsync(() => ReadFilesAsync(archiver, finisher, files.Reader, stop.Token), stop, null), CancellationToken.None));
        }

        try
        {
            await Task.WhenAll(running).ConfigureAwait(false);
        }
        catch (Exception) when (running.Any(task => task.IsFaulted))
        {
            // The cause, not the cancellations that followed from it.
            throw running.Where(task => task.IsFaulted).SelectMany(task => task.Exception!.InnerExceptions)
                .OrderBy(e => e is OperationCanceledException).First();
        }

        return finisher.Root ?? throw new RepositoryException(
            RepositoryErrorKind.InvalidRequest, "snapshot is empty: nothing could be saved", "See the problems above; nothing was changed in the repository's snapshots.");
    }

    private static async Task StopOthersOnFailureAsync(Func<Task> work, CancellationTokenSource stop, ChannelWriter<FileJob>? channel)
    {
        try
        {
            await work().ConfigureAwait(false);
            channel?.TryComplete();
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            channel?.TryComplete();
            throw;
        }
    }

    private async Task ReadFilesAsync(FileArchiver archiver, DirectoryFinisher finisher, ChannelReader<FileJob> files, CancellationToken cancellationToken)
    {
        await foreach (FileJob job in files.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            Node? node = null;
            DiskPath location = job.Path;
            string path = location.ToString();
            long started = System.Diagnostics.Stopwatch.GetTimestamp();
            counters.Begin(path);
            try
            {
                FileArchiver.SavedFile saved = await archiver.SaveAsync(job, location, text => _problems.Report("archival", path, text), cancellationToken).ConfigureAwait(false);
                node = saved.Node;
                ItemAction action = _totals.Count(job.ParentNode, node);
                if (events.WantsItems)
                {
                    events.Item(new ItemEvent(
                        action, job.SnapshotPath, System.Diagnostics.Stopwatch.GetElapsedTime(started), (long)node.Size, saved.AddedBytes, saved.StoredBytes, false));
                }
            }
            catch (SourceException e)
            {
                _problems.Report(location, e);
            }
            finally
            {
                counters.End(path);
            }

            Interlocked.Increment(ref counters.FilesDone);
            await finisher.FillAsync(job.Directory, job.Slot, node, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<SnapshotId?> FinishAsync(
        WriteSession session, TreeId root, ChosenParent? parent, List<string> recordedPaths, NodeTime time, NodeTime start, CancellationToken cancellationToken)
    {
        if (options.DryRun || (options.SkipIfUnchanged && parent?.Snapshot.Snapshot.Tree == root))
        {
            await session.FlushAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }

        await session.FlushAsync(cancellationToken).ConfigureAwait(false);
        SnapshotSummary summary = _totals.ToSummary(start, Now());
        options.BeforeSnapshot?.Invoke(summary);
        if (_sample is not null)
        {
            _proof = await new WriteProof(repository, _fileSystem, _sample, options.ProofBytes, _problems, events).RunAsync(session, cancellationToken)
                .ConfigureAwait(false);
        }

        Restic.Locking.ProcessIdentity identity = Restic.Locking.ProcessIdentity.Current;
        Snapshot snapshot = new()
        {
            Time = time,
            Parent = parent?.Snapshot.Id,
            Tree = root,
            Paths = recordedPaths,
            Hostname = options.Host,
            Username = identity.Username,
            UserId = identity.UserId,
            GroupId = identity.GroupId,
            Excludes = options.RecordedExcludes,
            Tags = options.Tags,
            ProgramVersion = options.ProgramVersion,
            Summary = summary,
        };
        return await session.SaveSnapshotAsync(snapshot, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Targets that are there. A missing one is a problem; none at all is an error.</summary>
    private List<DiskPath> ExistingTargets()
    {
        List<DiskPath> existing = [];
        foreach (DiskPath target in options.Targets)
        {
            try
            {
                _fileSystem.GetStatus(DiskPaths.MakeAbsolute(target, options.WorkingDirectory), followLinks: false);
                existing.Add(target);
            }
            catch (SourceException e)
            {
                _problems.Report("scan", target.ToString(), e.Kind == SourceErrorKind.Vanished ? $"{target} does not exist, skipping" : e.Message);
            }
        }

        return existing.Count > 0 ? existing : throw new RepositoryException(
            RepositoryErrorKind.InvalidRequest, "all source directories/files do not exist", "Check the paths; nothing was saved.");
    }

    private List<string> NamesIn(List<DiskPath> targets)
    {
        if (targets.Count != 1)
        {
            return [];
        }

        try
        {
            using SourceDirectory directory = _fileSystem.OpenDirectory(DiskPaths.MakeAbsolute(targets[0], options.WorkingDirectory), followLink: true);
            return [.. Enumerable.Range(0, directory.Count).Select(i => PathText.ToText(directory.NameOf(i)))];
        }
        catch (SourceException)
        {
            // A single file, or a directory that cannot be read; the walk says which.
            return [];
        }
    }

    /// <summary>What they held counts as missing: where the source still has it, it is stored again.</summary>
    private void ReportLostPacks(IReadOnlyList<LostPack> lost)
    {
        if (lost.Count > 0)
        {
            string rest = lost.Count > 1 ? $", and {lost.Count - 1} more packs are missing or cut off" : "";
            _problems.ReportRepository(
                FileHandle.Of(lost[0].Pack).ToString(),
                $"{lost[0]}{rest}; what is missing in the repository is stored again where the source has it. Then run `repair index`; `check` says whether anything is lost");
        }
    }

    private NodeTime Now() => _zone.At(options.Write.Time.GetUtcNow());
}
