using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Reliability.Damage;

/// <summary>Restores every snapshot that can be read into a folder and compares: each file is right or not there, and whatever is not there was said.</summary>
internal static class DiskRestore
{
    /// <summary>Restores and compares; the folder is removed.</summary>
    /// <returns>How many files were compared.</returns>
    public static async Task<long> CompareAsync(DamageScene scene, IBackend backend, string folder, string what)
    {
        long compared = 0;
        try
        {
            using OpenRepository repository = await DamageScene.OpenAsync(backend);
            SnapshotListing listing = await repository.LoadSnapshotsAsync(CancellationToken.None);
            IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
            foreach (SavedSnapshot saved in listing.Snapshots.Where(saved => scene.Contents.ContainsKey(saved.Id)))
            {
                string target = Path.Combine(folder, saved.Id.Value.ToShortString());
                RecordedEvents events = new();
                RestoreOptions options = new() { Target = DiskPath.FromText(target), Snapshots = listing.Snapshots };
                long problems;
                try
                {
                    problems = (await RestoreOperation.RunAsync(indexed, saved.Snapshot, options, new OperationCounters(), events, CancellationToken.None)).Problems;
                }
                catch (RepositoryException)
                {
                    problems = 1;
                }

                compared += Compare(target, scene.Contents[saved.Id], problems, what);
            }
        }
        catch (RepositoryException)
        {
            // It does not open, and says so.
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return compared;
    }

    /// <summary>Compares a folder with what it should hold.</summary>
    /// <param name="target">The folder.</param>
    /// <param name="expected">The files by their paths.</param>
    /// <param name="problems">How many problems the restore told of.</param>
    /// <param name="what">For the message.</param>
    public static long Compare(string target, Dictionary<string, byte[]> expected, long problems, string what)
    {
        long right = 0;
        foreach (string path in Directory.Exists(target) ? Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories) : [])
        {
            string name = "/" + Path.GetRelativePath(target, path).Replace(Path.DirectorySeparatorChar, '/');
            DamageLaws.Require(expected.TryGetValue(name, out byte[]? content), $"{what}: the restore leaves {name}, which nobody saved");
            DamageLaws.Require(File.ReadAllBytes(path).AsSpan().SequenceEqual(content), $"{what}: {name} is restored with wrong content");
            right++;
        }

        DamageLaws.Require(right == expected.Count || problems > 0, $"{what}: {expected.Count - right} files are not restored, and nobody says so");
        DamageLaws.Require(right < expected.Count || problems == 0, $"{what}: everything is restored, and {problems} problems are told of");
        return right;
    }
}
