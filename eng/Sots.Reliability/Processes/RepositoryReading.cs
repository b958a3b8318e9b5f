using System.Text;
using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Reliability.Processes;

/// <summary>
/// Looks into a repository with the engine, in this process and without a lock: what a hurt run left behind stays as it is for the next
/// run, and thousands of looks cost little.
/// </summary>
internal sealed class RepositoryReading : IDisposable
{
    private readonly LocalBackend _backend;
    private readonly OpenRepository _repository;

    private RepositoryReading(LocalBackend backend, OpenRepository repository) => (_backend, _repository) = (backend, repository);

    /// <summary>Opens a repository.</summary>
    /// <exception cref="BrokenPromiseException">It does not open.</exception>
    public static RepositoryReading Open(string folder, string passwordFile) => Guarded(() =>
    {
        LocalBackend backend = new(folder);
        byte[] password = Encoding.UTF8.GetBytes(File.ReadAllText(passwordFile).Trim());
        return new RepositoryReading(backend, Await(Repository.OpenAsync(backend, password, new OpenOptions(), CancellationToken.None)));
    });

    /// <summary>The snapshots, oldest first.</summary>
    /// <exception cref="BrokenPromiseException">One cannot be read.</exception>
    public List<ListedSnapshot> List() => Guarded(() =>
    {
        SnapshotListing listing = Await(_repository.LoadSnapshotsAsync(CancellationToken.None));
        return listing.Damaged.Count > 0
            ? throw new BrokenPromiseException(listing.Damaged[0].Message)
            : listing.Snapshots.Select(static saved => new ListedSnapshot(saved.Id.ToString(), saved.Snapshot.Tags)).ToList();
    });

    /// <summary>Restores a folder of a snapshot; nothing may go wrong.</summary>
    /// <exception cref="BrokenPromiseException">Something did.</exception>
    public void Restore(string id, string subpath, string target) => Guarded(() =>
    {
        RecordedEvents events = new();
        SavedSnapshot saved = Await(_repository.LoadSnapshotAsync(new SnapshotId(ContentId.Parse(id)), CancellationToken.None));
        IndexedRepository indexed = Await(_repository.LoadIndexAsync(CancellationToken.None));
        RestoreOptions options = new() { Target = DiskPath.FromText(target), Subpath = subpath };
        RestoreResult result = Await(RestoreOperation.RunAsync(indexed, saved.Snapshot, options, new OperationCounters(), events, CancellationToken.None));
        return result.Problems == 0 ? result : throw Broken($"snapshot {id} cannot be restored", events);
    });

    /// <summary>Checks; reads every byte where that is wanted.</summary>
    /// <exception cref="BrokenPromiseException">There is an error.</exception>
    public void Check(bool readData) => Guarded(() =>
    {
        RecordedEvents events = new();
        CheckOptions options = new() { ReadData = new ReadDataSubset(readData ? ReadDataMode.All : ReadDataMode.None) };
        Sots.Restic.Maintenance.CheckReport report = Await(CheckOperation.RunAsync(_repository, options, new OperationCounters(), events, CancellationToken.None));
        return report.Errors == 0 ? report : throw Broken("check found errors", events);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _repository.Dispose();
        _backend.Dispose();
    }

    private static T Guarded<T>(Func<T> look)
    {
        try
        {
            return look();
        }
        catch (RepositoryException e)
        {
            throw new BrokenPromiseException($"the repository cannot be read: {e.Message}");
        }
    }

    private static BrokenPromiseException Broken(string what, RecordedEvents events) =>
        new($"{what}: {string.Join("; ", events.Problems.Select(static problem => $"{problem.Item}: {problem.Message}"))}");

    private static T Await<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
