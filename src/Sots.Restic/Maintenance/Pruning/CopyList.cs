using Sots.Restic.Index;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>Which entries of the packs to be repacked are copied: one of each used blob that no kept pack has. A bit an entry.</summary>
internal sealed class CopyList
{
    private readonly EntryBits _data;
    private readonly EntryBits _trees;

    private CopyList(EntryBits data, EntryBits trees)
    {
        _data = data;
        _trees = trees;
        Count = data.CountSet() + trees.CountSet();
    }

    /// <summary>Blobs to copy.</summary>
    public long Count { get; }

    /// <summary>The marks of a type.</summary>
    public EntryBits Of(BlobType type) => type == BlobType.Tree ? _trees : _data;

    /// <summary>Chooses, and makes sure that every used blob stays or is copied.</summary>
    /// <param name="index">Where blobs lie.</param>
    /// <param name="used">Which are used.</param>
    /// <param name="actions">What becomes of each pack, by its number.</param>
    /// <exception cref="RepositoryException">A used blob would be lost; a last look that never fails unless there is a mistake before it.</exception>
    public static CopyList Choose(MasterIndex index, UsedBlobs used, PackAction[] actions) =>
        new(Choose(index.TableOf(BlobType.Data), used.Of(BlobType.Data), actions), Choose(index.TableOf(BlobType.Tree), used.Of(BlobType.Tree), actions));

    private static EntryBits Choose(CompactBlobTable table, EntryBits used, PackAction[] actions)
    {
        EntryBits safe = new(table.Count);
        for (int entry = 0; entry < table.Count; entry++)
        {
            int first = table.Find(table[entry].Id);
            if (used[first] && actions[table[entry].Pack] == PackAction.Keep)
            {
                safe.Set(first);
            }
        }

        EntryBits copied = new(table.Count);
        for (int entry = 0; entry < table.Count; entry++)
        {
            int first = table.Find(table[entry].Id);
            if (used[first] && !safe[first] && actions[table[entry].Pack] == PackAction.Repack)
            {
                copied.Set(entry);
                safe.Set(first);
            }
        }

        return safe.CountSet() == used.CountSet()
            ? copied
            : throw new RepositoryException(
                RepositoryErrorKind.Damaged, "The plan would lose data that snapshots need. Nothing was removed.", "Please report this; it is a mistake of the program.");
    }
}
