using Sots.Backup;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Testing;

/// <summary>What can be restored of a repository, however damaged it is.</summary>
public static class RestorableFiles
{
    /// <summary>
    /// Every file that can be restored in full, the slow and obvious way: its path and the hash of its content. What of a tree cannot be
    /// read is passed over.
    /// </summary>
    public static async Task<HashSet<string>> OfAsync(OpenRepository repository)
    {
        HashSet<string> files = [];
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        foreach (SavedSnapshot saved in (await repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots)
        {
            Stack<(TreeId Tree, string Path)> open = new([(saved.Snapshot.Tree, "")]);
            while (open.TryPop(out (TreeId Tree, string Path) folder))
            {
                foreach (Node node in await ReadAsync(indexed, folder.Tree))
                {
                    string path = folder.Path + "/" + PathText.ToText(node.Name);
                    if (node.Subtree is { } subtree)
                    {
                        open.Push((subtree, path));
                    }
                    else if (node is { Type: NodeType.File, Content: { } content } && await HashAsync(indexed, content, node.Size) is { } hash)
                    {
                        files.Add($"{path} {hash}");
                    }
                }
            }
        }

        return files;
    }

    private static async Task<List<Node>> ReadAsync(IndexedRepository indexed, TreeId tree)
    {
        try
        {
            return await indexed.LoadTreeAsync(tree, CancellationToken.None);
        }
        catch (RepositoryException)
        {
            return [];
        }
    }

    private static async Task<ContentId?> HashAsync(IndexedRepository indexed, IReadOnlyList<BlobId> content, ulong size)
    {
        List<byte> bytes = [];
        try
        {
            foreach (BlobId blob in content)
            {
                bytes.AddRange(await indexed.LoadBlobAsync(new BlobHandle(blob), CancellationToken.None));
            }
        }
        catch (RepositoryException)
        {
            return null;
        }

        return (ulong)bytes.Count == size ? ContentId.Of(bytes.ToArray()) : null;
    }
}
