using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Unreal.Assets;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Health;

/// <summary>Examines the packages of a snapshot, in parallel; what is there under several names is read once. Used once.</summary>
/// <param name="repository">The repository.</param>
/// <param name="counters">Live totals.</param>
/// <param name="events">Told of what cannot be read.</param>
public sealed class SnapshotHealth(IndexedRepository repository, OperationCounters counters, IOperationEvents events)
{
    private long _problems;
    private int _newestVersion;

    /// <summary>Packages that could not be read.</summary>
    public long Problems => Interlocked.Read(ref _problems);

    /// <summary>The newest version of the format that any of them has; 0 where none could be read.</summary>
    public int NewestVersion => Volatile.Read(ref _newestVersion);

    /// <summary>Examines a folder of a snapshot, or a single package.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="path">Path in it; empty for all.</param>
    /// <param name="tally">Takes what is found, with full paths in the snapshot.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">InvalidRequest: there is no such path; what loading trees throws.</exception>
    public async Task ExamineAsync(Snapshot snapshot, string path, HealthTally tally, CancellationToken cancellationToken)
    {
        List<(string Path, Node Node)> packages = [];
        if (AssetFacts.IsPackage(path) && await new TreeLookup(repository).FindAsync(snapshot.Tree, path, cancellationToken).ConfigureAwait(false) is { Type: NodeType.File } single)
        {
            packages.Add((path, single));
        }
        else
        {
            string above = path.TrimEnd('/');
            await ListOperation.RunAsync(
                repository, snapshot, new ListOptions { Subpath = above },
                (below, node) =>
                {
                    if (node.Type == NodeType.File && AssetFacts.IsPackage(node.Name))
                    {
                        packages.Add((above + below, node));
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }

        IGrouping<ContentId, (string Path, Node Node)>[] contents = [.. packages.GroupBy(static package => SnapshotPackages.ContentOf(package.Node))];
        Volatile.Write(ref counters.TotalFiles, packages.Count);
        Volatile.Write(ref counters.TotalBytes, contents.Sum(static content => (long)content.First().Node.Size));
        Volatile.Write(ref counters.TotalsKnown, 1);
        await Parallel.ForEachAsync(contents, cancellationToken, async (content, token) => await ExamineAsync(content.Key, [.. content], tally, token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Reads all of a file and examines it.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="file">The file's node.</param>
    /// <param name="read">Told how many bytes were read, as they come; null for nobody.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">Its content cannot be read.</exception>
    public static async ValueTask<PackageHealth> ExamineAsync(IndexedRepository repository, Node file, Action<int>? read, CancellationToken cancellationToken)
    {
        long length = checked((long)file.Size), rest = length;
        PackageExamination examination = new(length);
        foreach (BlobId blob in file.Content ?? [])
        {
            byte[] bytes = await repository.LoadBlobAsync(new BlobHandle(blob), cancellationToken).ConfigureAwait(false);
            int taken = (int)Math.Min(bytes.Length, rest);
            rest -= taken;
            examination.Append(bytes.AsSpan(0, taken));
            read?.Invoke(bytes.Length);
        }

        return examination.Finish();
    }

    private async ValueTask ExamineAsync(ContentId content, (string Path, Node Node)[] packages, HealthTally tally, CancellationToken cancellationToken)
    {
        (string path, Node node) = packages[0];
        counters.Begin(path);
        try
        {
            PackageHealth health = await ExamineAsync(repository, node, bytes => Interlocked.Add(ref counters.BytesDone, bytes), cancellationToken).ConfigureAwait(false);
            Raise(health.Header?.Summary);
            foreach ((string also, Node same) in packages)
            {
                tally.Add(also, content, checked((long)same.Size), health);
            }
        }
        catch (RepositoryException e)
        {
            Interlocked.Add(ref _problems, packages.Length);
            Interlocked.Add(ref counters.Errors, packages.Length);
            foreach ((string also, _) in packages)
            {
                events.Problem(new ProblemEvent("assets", also, e.Message));
            }
        }
        finally
        {
            counters.End(path);
            Interlocked.Add(ref counters.FilesDone, packages.Length);
        }
    }

    private void Raise(PackageSummary? summary)
    {
        int version = summary is null ? 0 : summary.FileVersionUE4 + summary.FileVersionUE5;
        for (int seen; (seen = NewestVersion) < version;)
        {
            Interlocked.CompareExchange(ref _newestVersion, version, seen);
        }
    }
}
