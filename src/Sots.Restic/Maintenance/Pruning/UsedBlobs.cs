using Sots.Restic.Index;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>
/// The blobs that snapshots need, marked at the first entry that the index finds for them: a bit for each entry. Marking is thread safe.
/// </summary>
internal sealed class UsedBlobs(MasterIndex index)
{
    private readonly EntryBits _data = new(index.TableOf(BlobType.Data).Count);
    private readonly EntryBits _trees = new(index.TableOf(BlobType.Tree).Count);

    /// <summary>Marks a blob; false where the index does not have it.</summary>
    public bool Mark(BlobType type, in ContentId id)
    {
        int first = index.TableOf(type).Find(id);
        if (first < 0)
        {
            return false;
        }

        Of(type).Set(first);
        return true;
    }

    /// <summary>The marks of a type.</summary>
    public EntryBits Of(BlobType type) => type == BlobType.Tree ? _trees : _data;
}
