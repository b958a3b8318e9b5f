using Sots.Backup.Comparing;
using Sots.Restic;
using Sots.Restic.Packs;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Backup.Operations;

/// <summary>A blob that a snapshot needs.</summary>
/// <param name="Blob">The blob.</param>
/// <param name="Path">The folder it lists, or the file it is part of.</param>
/// <param name="ParentTree">Of a part of a file, the tree that names the file; null for a tree.</param>
public sealed record FoundObject(BlobHandle Blob, string Path, TreeId? ParentTree);

/// <summary>Finds where blobs are used (restic's <c>find --blob</c>, <c>--tree</c> and <c>--pack</c>). Immutable, thread safe.</summary>
public sealed class FindObjects : IEntryFinder<FoundObject>
{
    /// <summary>Digits of an id that are enough to name it.</summary>
    public const int ShortestId = 8;

    private readonly HashSet<BlobHandle> _wanted;

    private FindObjects(HashSet<BlobHandle> wanted) => _wanted = wanted;

    /// <summary>The blobs that are looked for.</summary>
    public IReadOnlyCollection<BlobHandle> Wanted => _wanted;

    /// <summary>Looks for blobs of the index by their ids.</summary>
    /// <param name="index">The repository with its index.</param>
    /// <param name="type">What they hold.</param>
    /// <param name="ids">Ids, or their first digits.</param>
    /// <param name="unknown">Those that the index knows nothing of.</param>
    public static FindObjects OfIds(IndexedRepository index, BlobType type, IReadOnlyList<string> ids, out IReadOnlyList<string> unknown)
    {
        HashSet<BlobHandle> wanted = [];
        List<string> missing = [];
        List<string> starts = [];
        foreach (string id in ids)
        {
            if (ContentId.TryParse(id, out ContentId whole))
            {
                wanted.Add(new BlobHandle(type, whole));
            }
            else if (id.Length >= ShortestId)
            {
                starts.Add(id);
            }
            else
            {
                missing.Add(id);
            }
        }

        if (starts.Count > 0)
        {
            List<BlobHandle> all = [.. index.Index.ByPack().Values.SelectMany(static blobs => blobs).Where(blob => blob.Type == type).Select(static blob => blob.Handle)];
            missing.AddRange(starts.Where(start => !AddStarting(start)));

            bool AddStarting(string start)
            {
                List<BlobHandle> fitting = [.. all.Where(blob => blob.Id.ToString().StartsWith(start, StringComparison.Ordinal))];
                wanted.UnionWith(fitting);
                return fitting.Count > 0;
            }
        }

        unknown = missing;
        return new FindObjects(wanted);
    }

    /// <summary>Looks for everything that packs hold.</summary>
    /// <exception cref="RepositoryException">InvalidRequest: a pack is not there.</exception>
    public static FindObjects OfPacks(IndexedRepository index, IReadOnlyList<string> ids)
    {
        IReadOnlyDictionary<PackId, List<PackedBlob>> packs = index.Index.ByPack();
        HashSet<BlobHandle> wanted = [];
        List<string> missing = [];
        foreach (string id in ids)
        {
            List<PackId> fitting = id.Length < ShortestId ? [] : [.. packs.Keys.Where(pack => pack.ToString().StartsWith(id, StringComparison.Ordinal))];
            wanted.UnionWith(fitting.SelectMany(pack => packs[pack]).Select(static blob => blob.Handle));
            if (fitting.Count == 0)
            {
                missing.Add(id);
            }
        }

        return missing.Count == 0 ? new FindObjects(wanted) : throw new RepositoryException(
            RepositoryErrorKind.InvalidRequest, $"unable to find pack(s): [{string.Join(' ', missing)}]", $"A pack is named by its id, or by at least the first {ShortestId} digits of it.");
    }

    /// <summary>The root of a snapshot, if it is looked for.</summary>
    public FoundObject? FindRoot(Snapshot snapshot) =>
        _wanted.Contains(new BlobHandle(snapshot.Tree)) ? new FoundObject(new BlobHandle(snapshot.Tree), "/", null) : null;

    /// <inheritdoc/>
    public bool MayFindBelow(string folder) => true;

    /// <inheritdoc/>
    public ValueTask FindAsync(ScannedEntry entry, List<FoundObject> found, CancellationToken cancellationToken)
    {
        if (entry.Node.Subtree is { } tree && _wanted.Contains(new BlobHandle(tree)))
        {
            found.Add(new FoundObject(new BlobHandle(tree), entry.Path, null));
        }

        foreach (BlobId blob in entry.Node.Content ?? [])
        {
            BlobHandle handle = new(blob);
            if (_wanted.Contains(handle))
            {
                found.Add(new FoundObject(handle, entry.Path, entry.Folder));
            }
        }

        return ValueTask.CompletedTask;
    }
}
