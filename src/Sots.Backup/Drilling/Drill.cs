using System.Security.Cryptography;
using System.Text;
using Sots.Backup.Archiving;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Backup.Drilling;

/// <summary>
/// Restores chosen files, snapshot by snapshot, each time into an empty folder that is removed before the next: never more lies on the disk
/// than the files of one snapshot.
/// </summary>
internal sealed class Drill(IndexedRepository repository, SnapshotListing listing, DrillOptions options, OperationCounters counters, IOperationEvents events)
{
    private long _snapshots, _files, _bytes, _whole, _compared, _problems;

    /// <summary>Runs it.</summary>
    public async Task<DrillResult> RunAsync(CancellationToken cancellationToken)
    {
        foreach (RepositoryException damage in listing.Damaged)
        {
            Problem("snapshots", damage.Message);
        }

        List<SavedSnapshot> chosen = ChooseSnapshots();
        Volatile.Write(ref counters.TotalFiles, options.Files);
        DrillChoice choice = new(repository, options.Random, Problem);
        for (int i = 0; i < chosen.Count && _files < options.Files && _bytes < options.MaxBytes; i++)
        {
            int snapshotsLeft = chosen.Count - i;
            long bytesLeft = options.MaxBytes - _bytes;
            int share = (int)((options.Files - _files + snapshotsLeft - 1) / snapshotsLeft);
            List<DrilledFile> files = await choice.ChooseAsync(
                chosen[i].Snapshot.Tree, share, bytesLeft / snapshotsLeft, bytesLeft, cancellationToken).ConfigureAwait(false);
            if (files.Count > 0)
            {
                _snapshots++;
                _files += files.Count;
                _bytes += files.Sum(static file => (long)file.Node.Size);
                await RestoreAsync(chosen[i], files, cancellationToken).ConfigureAwait(false);
            }
        }

        return new DrillResult(_snapshots, _files, _bytes, _whole, _compared, choice.TooLarge, _problems);
    }

    /// <summary>The newest, which is the one that will be wanted, and others at random.</summary>
    private List<SavedSnapshot> ChooseSnapshots()
    {
        SavedSnapshot newest = SnapshotSelection.Find(listing, SnapshotSelection.Latest, options.Filter);
        SavedSnapshot[] others = [.. listing.Snapshots.Where(saved => saved.Id != newest.Id && options.Filter.Matches(saved.Snapshot))];
        options.Random.Shuffle(others);
        return [newest, .. others.Take(options.Snapshots - 1)];
    }

    private async Task RestoreAsync(SavedSnapshot saved, List<DrilledFile> files, CancellationToken cancellationToken)
    {
        byte[] name = Encoding.ASCII.GetBytes("sots-drill-" + RandomNumberGenerator.GetHexString(16, lowercase: true));
        DiskPath folder = options.Folder.Join(name);
        events.Detail($"snapshot {saved.Id.Value.ToShortString()}: {files.Count} files to {folder}");
        DrillEvents heard = new(saved.Id.Value.ToShortString());
        try
        {
            RestoreOptions restore = new() { Target = folder, Filter = new DrillFilter(files), Verify = true, FileSystem = options.Target };
            RestoreResult result = await new Restorer(repository, saved.Snapshot, restore, new OperationCounters(), heard).RunAsync(cancellationToken)
                .ConfigureAwait(false);
            Judge(result, files, heard);
            Compare(saved.Snapshot, files, folder, cancellationToken);
        }
        finally
        {
            Remove(name);
        }

        Interlocked.Add(ref counters.FilesDone, files.Count);
        Interlocked.Add(ref counters.BytesDone, files.Sum(static file => (long)file.Node.Size));
    }

    /// <summary>
    /// Verified files came back whole. Where all did, what the restore complains about are owners and attributes that the temporary place
    /// does not take, which a drill is not about.
    /// </summary>
    private void Judge(RestoreResult result, List<DrilledFile> files, DrillEvents heard)
    {
        _whole += result.FilesVerified;
        if (result.FilesVerified == files.Count)
        {
            heard.Problems.ForEach(problem => events.Detail($"{problem.Item}: {problem.Message}"));
            return;
        }

        foreach (ProblemEvent problem in heard.Problems)
        {
            Problem(problem.Item, problem.Message);
        }

        if (heard.Problems.Count == 0)
        {
            Problem(heard.Snapshot, $"{files.Count - result.FilesVerified} of {files.Count} files did not come back, and nothing says why");
        }
    }

    private void Compare(Snapshot snapshot, List<DrilledFile> files, DiskPath folder, CancellationToken cancellationToken)
    {
        if (snapshot.Hostname != options.Host)
        {
            return;
        }

        DrillComparison comparison = new(options.Disk, snapshot.Paths ?? []);
        foreach (DrilledFile file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (comparison.Compare(file, folder))
            {
                case true:
                    _compared++;
                    break;
                case false:
                    Problem(PathText.ToText(file.Path), "what came back is not what is on the disk, though size and times say that it did not change");
                    break;
            }
        }
    }

    /// <summary>However it ended: what was restored may be nobody else's to see.</summary>
    private void Remove(byte[] name)
    {
        try
        {
            using TargetDirectory above = options.Target.OpenRoot(DiskPaths.Clean(options.Folder), create: false);
            above.Remove(name, recursive: true);
        }
        catch (TargetException e)
        {
            Problem(options.Folder.Join(name).ToString(), $"the temporary folder could not be removed, remove it yourself: {e.Message}");
        }
    }

    private void Problem(string item, string message)
    {
        _problems++;
        Interlocked.Increment(ref counters.Errors);
        events.Problem(new ProblemEvent("drill", item, message));
    }

    /// <summary>Keeps what a restore complains about.</summary>
    private sealed class DrillEvents(string snapshot) : IOperationEvents
    {
        private readonly Lock _gate = new();

        public string Snapshot => snapshot;

        public List<ProblemEvent> Problems { get; } = [];

        public bool WantsItems => false;

        public void Message(string text)
        {
        }

        public void Detail(string text)
        {
        }

        public void Item(in ItemEvent item)
        {
        }

        public void Problem(ProblemEvent problem)
        {
            lock (_gate)
            {
                Problems.Add(problem with { Item = $"{snapshot}:{problem.Item}" });
            }
        }
    }
}
