using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Maintenance;
using Sots.Restic.Trees;

namespace Sots.Reliability.Damage;

/// <summary>What a damaged repository still gives, and what a full check says of it.</summary>
internal sealed class Outcome : ICheckEvents
{
    private readonly List<Finding> _findings = [];

    /// <summary>Why it did not open; null where it did.</summary>
    public RepositoryException? Refusal { get; private set; }

    /// <summary>What the check says.</summary>
    public CheckReport? Report { get; private set; }

    /// <summary>Everything that was found, errors and hints.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Snapshots that can be read.</summary>
    public HashSet<SnapshotId> Snapshots { get; } = [];

    /// <summary>Of the snapshots that can be read: paths of files that cannot.</summary>
    public HashSet<string> LostFiles { get; } = [];

    /// <summary>Of the snapshots that can be read: paths of folders whose list cannot.</summary>
    public HashSet<string> LostFolders { get; } = [];

    /// <summary>Whether everything of every snapshot can be read.</summary>
    public bool IsComplete => Refusal is null && LostFiles.Count == 0 && LostFolders.Count == 0;

    /// <summary>Checks and reads. A content that is wrong, an entry that should not be there, an exception that is not declared: a broken promise.</summary>
    public static async Task<Outcome> OfAsync(DamageScene scene, IBackend backend, string what)
    {
        Outcome outcome = new();
        try
        {
            using OpenRepository repository = await DamageScene.OpenAsync(backend);
            outcome.Report = await new RepositoryChecker(repository, PackSubset.All, outcome).RunAsync(CancellationToken.None);
            SnapshotListing listing = await repository.LoadSnapshotsAsync(CancellationToken.None);
            IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
            if (listing.Snapshots.Any(saved => !indexed.Index.Contains(new BlobHandle(saved.Snapshot.Tree))) || outcome.Report.Damage is { PacksWithoutIndex: > 0 })
            {
                // As a restore does.
                indexed = await repository.LoadIndexFromPacksAsync(CancellationToken.None);
            }

            foreach (SavedSnapshot saved in listing.Snapshots)
            {
                outcome.Snapshots.Add(saved.Id);
                if (!scene.Contents.TryGetValue(saved.Id, out Dictionary<string, byte[]>? expected))
                {
                    throw new BrokenPromiseException($"{what}: a snapshot {saved.Id} appears that nobody made");
                }

                await outcome.ReadAsync(indexed, saved, expected, what);
            }
        }
        catch (RepositoryException e)
        {
            outcome.Refusal = e;
        }
        catch (Exception e) when (e is not BrokenPromiseException)
        {
            throw new BrokenPromiseException($"{what}: {e.GetType().FullName}: {e.Message}\n{e.StackTrace}");
        }

        return outcome;
    }

    public void Step(string text)
    {
    }

    public void Found(Finding finding) => _findings.Add(finding);

    public void PacksChosen(int count, long bytes)
    {
    }

    public void PackDone(PackId pack, long bytes)
    {
    }

    private async Task ReadAsync(IndexedRepository repository, SavedSnapshot saved, Dictionary<string, byte[]> expected, string what)
    {
        HashSet<string> seen = [];
        Stack<(TreeId Tree, string Path)> open = new([(saved.Snapshot.Tree, "")]);
        while (open.TryPop(out (TreeId Tree, string Path) folder))
        {
            List<Node> nodes;
            try
            {
                nodes = await repository.LoadTreeAsync(folder.Tree, CancellationToken.None);
            }
            catch (RepositoryException)
            {
                LostFolders.Add(folder.Path);
                continue;
            }

            foreach (Node node in nodes)
            {
                string path = $"{folder.Path}/{System.Text.Encoding.UTF8.GetString(node.Name)}";
                if (node.Subtree is { } subtree)
                {
                    open.Push((subtree, path));
                    continue;
                }

                seen.Add(path);
                if (!expected.TryGetValue(path, out byte[]? content))
                {
                    throw new BrokenPromiseException($"{what}: {path} appears in snapshot {saved.Id}");
                }

                await ReadFileAsync(repository, node, path, content, what);
            }
        }

        if (LostFolders.Count == 0 && seen.Count != expected.Count)
        {
            throw new BrokenPromiseException($"{what}: snapshot {saved.Id} has {seen.Count} files in place of {expected.Count}, and nothing is said to be lost");
        }
    }

    private async Task ReadFileAsync(IndexedRepository repository, Node node, string path, byte[] expected, string what)
    {
        using MemoryStream content = new();
        try
        {
            foreach (BlobId blob in node.Content!)
            {
                content.Write(await repository.LoadBlobAsync(new BlobHandle(blob), CancellationToken.None));
            }
        }
        catch (RepositoryException)
        {
            LostFiles.Add(path);
            return;
        }

        if (!content.ToArray().AsSpan().SequenceEqual(expected))
        {
            throw new BrokenPromiseException($"{what}: {path} is read with wrong content, and nobody says so");
        }
    }
}
