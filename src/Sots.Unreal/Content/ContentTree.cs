using System.Security.Cryptography;
using Sots.Backup;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Assets;
using Sots.Unreal.Health;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Content;

/// <summary>A project or plugin, or a folder with several, as a snapshot has it or as it is on the disk: its packages and what is in them.</summary>
public abstract class ContentTree
{
    private protected ContentTree(ProjectContent content) => Content = content;

    /// <summary>What is there.</summary>
    public ProjectContent Content { get; }

    /// <summary>A file by its path, also one in a folder that is not looked into for packages.</summary>
    public virtual TreeFile? FindFile(string path) => Content.FindFile(path);

    /// <summary>The facts of a package. What cannot be read has a fault and no facts.</summary>
    public abstract ValueTask<AssetFacts> FactsOfAsync(TreeFile file, CancellationToken cancellationToken);

    /// <summary>The MD5 of a file in small hexadecimal digits, as import data have it; null where it cannot be read.</summary>
    public abstract ValueTask<string?> Md5OfAsync(TreeFile file, CancellationToken cancellationToken);

    private protected static AssetFacts Unreadable(string message) => new() { Fault = PackageFault.Damaged, FaultMessage = message };

    private protected static string Hex(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());

#pragma warning disable CA5351 // MD5 is what the editor wrote down; nothing is protected by it.
    private protected static IncrementalHash NewMd5() => IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
}

/// <summary>A tree of a snapshot.</summary>
public sealed class SnapshotTree : ContentTree
{
    private readonly IndexedRepository _repository;
    private readonly SnapshotPackages _packages;

    private SnapshotTree(IndexedRepository repository, SnapshotPackages packages, ProjectContent content)
        : base(content)
    {
        _repository = repository;
        _packages = packages;
    }

    /// <summary>Lists the files of a tree. Trees that were loaded before are taken from the memory given.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="packages">Reads packages.</param>
    /// <param name="tree">The tree; null for an empty one.</param>
    /// <param name="memory">Trees that are known.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">A tree cannot be read.</exception>
    public static async Task<SnapshotTree> LoadAsync(
        IndexedRepository repository, SnapshotPackages packages, TreeId? tree, TreeMemory memory, CancellationToken cancellationToken)
    {
        List<TreeFile> files = [];
        PathBudget budget = new();
        Stack<(TreeId Tree, string Path, int Depth)> open = new();
        if (tree is { } root)
        {
            open.Push((root, "", 0));
        }

        while (open.TryPop(out (TreeId Tree, string Path, int Depth) folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<Node> nodes = await memory.LoadAsync(folder.Tree, cancellationToken).ConfigureAwait(false);
            budget.Enter(folder.Tree, nodes.Count);
            foreach (Node node in nodes)
            {
                string path = TreePath.Join(folder.Path, PathText.ToText(node.Name));
                if (node.Subtree is { } below)
                {
                    if (folder.Depth >= Limits.TreeDepth || PathBudget.IsTooLong(path.Length))
                    {
                        throw new RepositoryException(RepositoryErrorKind.LimitExceeded, $"{PathBudget.Shorten(path)} lies deeper than {Limits.TreeDepth} folders, or has a longer path than any system can follow.");
                    }

                    open.Push((below, path, folder.Depth + 1));
                }
                else if (node.Type == NodeType.File)
                {
                    files.Add(new TreeFile(path, (long)Math.Min(node.Size, long.MaxValue), node));
                }
            }
        }

        return new SnapshotTree(repository, packages, ProjectContent.Of(files));
    }

    /// <inheritdoc/>
    public override async ValueTask<AssetFacts> FactsOfAsync(TreeFile file, CancellationToken cancellationToken)
    {
        try
        {
            return await _packages.FactsOfAsync(file.Node!, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e)
        {
            return Unreadable(e.Message);
        }
    }

    /// <summary>Reads a package from its first byte to its last and says how it is.</summary>
    /// <exception cref="RepositoryException">Its content cannot be read.</exception>
    public async Task<PackageHealth> ExamineAsync(TreeFile file, CancellationToken cancellationToken)
    {
        PackageExamination examination = new(file.SizeBytes);
        foreach (BlobId blob in file.Node!.Content ?? [])
        {
            examination.Append(await _repository.LoadBlobAsync(new BlobHandle(blob), cancellationToken).ConfigureAwait(false));
        }

        return examination.Finish();
    }

    /// <inheritdoc/>
    public override async ValueTask<string?> Md5OfAsync(TreeFile file, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = NewMd5();
        try
        {
            foreach (BlobId blob in file.Node!.Content ?? [])
            {
                hash.AppendData(await _repository.LoadBlobAsync(new BlobHandle(blob), cancellationToken).ConfigureAwait(false));
            }
        }
        catch (RepositoryException)
        {
            return null;
        }

        return Hex(hash);
    }
}

/// <summary>Trees of a repository that were loaded; from snapshot to snapshot most are the same. Not thread safe.</summary>
/// <param name="repository">The repository.</param>
public sealed class TreeMemory(IndexedRepository repository)
{
    /// <summary>Entries that are kept at most: about 500 bytes each.</summary>
    private const int MaxEntries = 1_000_000;

    private readonly Dictionary<TreeId, List<Node>> _trees = [];
    private int _entries;

    /// <summary>A tree.</summary>
    /// <exception cref="RepositoryException">It cannot be read.</exception>
    public async ValueTask<List<Node>> LoadAsync(TreeId tree, CancellationToken cancellationToken)
    {
        if (!_trees.TryGetValue(tree, out List<Node>? nodes))
        {
            nodes = await repository.LoadTreeAsync(tree, cancellationToken).ConfigureAwait(false);
            if ((_entries += nodes.Count) > MaxEntries)
            {
                _trees.Clear();
                _entries = nodes.Count;
            }

            _trees.Add(tree, nodes);
        }

        return nodes;
    }

    /// <summary>An entry by its path, whatever the case of the letters; null where there is none. Where several differ only in case, one spelled as asked for counts.</summary>
    public async ValueTask<Node?> FindAsync(TreeId root, string path, CancellationToken cancellationToken)
    {
        Node? found = null;
        TreeId? at = root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (at is null)
            {
                return null;
            }

            List<Node> nodes = await LoadAsync(at.Value, cancellationToken).ConfigureAwait(false);
            byte[] wanted = PathText.ToBytes(name);
            found = nodes.Find(node => node.Name.AsSpan().SequenceEqual(wanted))
                ?? nodes.Find(node => PathText.ToText(node.Name).Equals(name, StringComparison.OrdinalIgnoreCase));
            at = found?.Subtree;
            if (found is null)
            {
                return null;
            }
        }

        return found;
    }

    /// <summary>The folder of a path, "/"-separated, in a tree; null where there is none.</summary>
    public async ValueTask<TreeId?> FindFolderAsync(TreeId root, string path, CancellationToken cancellationToken)
    {
        TreeId? at = root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] wanted = PathText.ToBytes(name);
            at = (await LoadAsync(at.Value, cancellationToken).ConfigureAwait(false)).Find(node => node.Name.AsSpan().SequenceEqual(wanted))?.Subtree;
            if (at is null)
            {
                return null;
            }
        }

        return at;
    }
}
