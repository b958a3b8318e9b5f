using System.Collections.Concurrent;
using System.Text;
using Sots.Backup;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Reliability.Scenarios;

/// <summary>The project's files as a snapshot gives them back, every byte read and verified.</summary>
/// <param name="project">The tree of the project's folder.</param>
/// <param name="files">Content by path below the project's folder.</param>
internal sealed class SnapshotContent(TreeId project, SortedDictionary<string, byte[]> files)
{
    private static readonly ConcurrentDictionary<TreeId, TreeId> ProjectTrees = [];

    /// <summary>The tree of the project's folder: what lies above it changes with everything else on this machine.</summary>
    public TreeId Project { get; } = project;

    /// <summary>Content by path.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => files;

    /// <summary>Reads all of it.</summary>
    public static async Task<SnapshotContent> LoadAsync(IndexedRepository repository, Snapshot snapshot)
    {
        TreeId project = await ProjectTreeAsync(repository, snapshot);
        SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal);
        Stack<(string Path, TreeId Tree)> waiting = new(project == default ? [] : [("", project)]);
        while (waiting.TryPop(out (string Path, TreeId Tree) at))
        {
            foreach (Node node in await repository.LoadTreeAsync(at.Tree, CancellationToken.None))
            {
                string path = at.Path + (at.Path.Length > 0 ? "/" : "") + Encoding.UTF8.GetString(node.Name);
                if (node.Subtree is { } below)
                {
                    waiting.Push((path, below));
                }
                else
                {
                    List<byte> content = [];
                    foreach (BlobId blob in node.Content ?? [])
                    {
                        content.AddRange(await repository.LoadBlobAsync(new BlobHandle(blob), CancellationToken.None));
                    }

                    files[path] = [.. content];
                }
            }
        }

        return new SnapshotContent(project, files);
    }

    /// <summary>The tree of the project's folder in a snapshot; the zero id where the folder is not in it.</summary>
    public static async Task<TreeId> ProjectTreeAsync(IndexedRepository repository, Snapshot snapshot)
    {
        if (ProjectTrees.TryGetValue(snapshot.Tree, out TreeId known))
        {
            return known;
        }

        TreeId at = snapshot.Tree;
        foreach (string name in snapshot.Paths![0].Split('/', '\\').Where(static name => name.Length > 0))
        {
            byte[] wanted = Encoding.UTF8.GetBytes(name.TrimEnd(':'));
            if ((await repository.LoadTreeAsync(at, CancellationToken.None)).Find(node => node.Name.AsSpan().SequenceEqual(wanted))?.Subtree is not { } below)
            {
                return default;
            }

            at = below;
        }

        ProjectTrees.TryAdd(snapshot.Tree, at);
        return at;
    }

    /// <summary>How it differs from a project, in one line; "nothing but metadata" where no byte does.</summary>
    public string Difference(ProjectFiles project) =>
        project.All.Where(file => !IsExact(file.Path, file.Content)).Select(static file => file.Path).Take(3).DefaultIfEmpty("nothing but metadata").Aggregate((a, b) => $"{a}, {b}");

    /// <summary>Every file of the project is here byte for byte, or it was named as a problem; at least one was.</summary>
    public void PromiseExactOrNamed(World world, IReadOnlyList<ProblemEvent> problems)
    {
        if (problems.Count == 0)
        {
            throw new BrokenPromiseException("reported as incomplete, but nothing was named");
        }

        foreach ((string path, byte[] content) in world.Files.All)
        {
            string full = Path.Combine(world.ProjectFolder, path);
            if (!IsExact(path, content) && !problems.Any(problem => full == problem.Item || full.StartsWith(problem.Item.TrimEnd('/', '\\') + "/", StringComparison.Ordinal)))
            {
                throw new BrokenPromiseException($"{path} is not in the snapshot as it is on the disk, and was not named: {string.Join("; ", problems)}");
            }
        }
    }

    private bool IsExact(string path, byte[] content) => files.TryGetValue(path, out byte[]? found) && found.AsSpan().SequenceEqual(content);
}
