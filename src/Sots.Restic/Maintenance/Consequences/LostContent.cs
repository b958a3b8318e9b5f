using Sots.Restic.Backends;
using Sots.Restic.Index;

namespace Sots.Restic.Maintenance.Consequences;

/// <summary>
/// Which stored content cannot be had, as the steps of a check find it out. About 100 bytes for each blob in a damaged pack, and nothing
/// for a pack that is gone as a whole. Thread safe.
/// </summary>
internal sealed class LostContent
{
    private readonly Lock _gate = new();
    private readonly HashSet<PackId> _packs = [];
    private readonly HashSet<(BlobHandle Blob, BlobLocation Place)> _places = [];
    private readonly HashSet<TreeId> _trees = [];

    /// <summary>Nothing of a pack can be had.</summary>
    public void Add(PackId pack)
    {
        lock (_gate)
        {
            _packs.Add(pack);
        }
    }

    /// <summary>A blob cannot be had from a place.</summary>
    public void Add(BlobHandle blob, BlobLocation place)
    {
        lock (_gate)
        {
            _places.Add((blob, place));
        }
    }

    /// <summary>A tree can be had, but its content is no tree, or lies too deep.</summary>
    public void AddUnusable(TreeId tree)
    {
        lock (_gate)
        {
            _trees.Add(tree);
        }
    }

    /// <summary>What is to blame where a blob cannot be had from any place: a file of the repository, or the blob itself where nothing names it.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="index">Where blobs lie.</param>
    /// <returns>Null where it can be had.</returns>
    public string? Blame(BlobHandle blob, MasterIndex index)
    {
        if (!index.TryFind(blob, out BlobLocation first))
        {
            return NameOf(blob);
        }

        lock (_gate)
        {
            // Nearly every blob ends here; only one whose first place is gone may have others.
            return !IsLost(blob, first) || index.FindAll(blob).Any(place => !IsLost(blob, place)) ? null : FileHandle.Of(first.Pack).ToString();
        }
    }

    /// <summary>The same for a tree, which must also be one.</summary>
    public string? Blame(TreeId tree, MasterIndex index)
    {
        lock (_gate)
        {
            if (_trees.Contains(tree))
            {
                return NameOf(new BlobHandle(tree));
            }
        }

        return Blame(new BlobHandle(tree), index);
    }

    /// <summary>What a blob is called where there is no file to name.</summary>
    public static string NameOf(BlobHandle blob) => blob.Type == BlobType.Tree ? $"tree {blob.Id}" : $"data blob {blob.Id}";

    private bool IsLost(BlobHandle blob, BlobLocation place) => _packs.Contains(place.Pack) || _places.Contains((blob, place));
}
