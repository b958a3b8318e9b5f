using Sots.Restic.Index;
using Sots.Restic.Packs;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>
/// Counts what is used of every pack. Of a blob that lies in several places one copy counts as used and the others as unused. Source of
/// the rules: docs/FORMAT.md, "Prune".
/// </summary>
/// <remarks>Memory beside the index: a byte and a bit for each entry, 48 bytes a pack.</remarks>
internal sealed class UsageCount
{
    /// <summary>Of this blob only one copy is left to look at, and no other was chosen: it is the one.</summary>
    private const byte LastCopy = 0;

    private readonly MasterIndex _index;
    private readonly UsedBlobs _used;
    private readonly PackUse[] _packs;
    private readonly PruneStatistics _sums;

    private UsageCount(MasterIndex index, UsedBlobs used, PruneStatistics sums)
    {
        _index = index;
        _used = used;
        _packs = new PackUse[index.PackCount];
        _sums = sums;
    }

    /// <summary>Counts; the totals are added to the sums.</summary>
    /// <returns>What is used of each pack, by its number.</returns>
    public static PackUse[] Of(MasterIndex index, UsedBlobs used, PruneStatistics sums)
    {
        UsageCount count = new(index, used, sums);
        byte[] data = count.CopiesOf(BlobType.Data), trees = count.CopiesOf(BlobType.Tree);
        count.Add(BlobType.Data, data);
        count.Add(BlobType.Tree, trees);
        if (sums.Blobs.Duplicate > 0)
        {
            // All packs must be known before copies are chosen.
            count.ChooseCopies(BlobType.Data, data);
            count.ChooseCopies(BlobType.Tree, trees);
        }

        return count._packs;
    }

    /// <summary>Number of copies of each used blob, at its first entry; 255 stands for more.</summary>
    private byte[] CopiesOf(BlobType type)
    {
        CompactBlobTable table = _index.TableOf(type);
        EntryBits used = _used.Of(type);
        byte[] copies = new byte[table.Count];
        for (int entry = 0; entry < table.Count; entry++)
        {
            int first = table.Find(table[entry].Id);
            if (used[first] && copies[first] < byte.MaxValue)
            {
                copies[first]++;
            }
        }

        return copies;
    }

    private void Add(BlobType type, byte[] copies)
    {
        CompactBlobTable table = _index.TableOf(type);
        EntryBits used = _used.Of(type);
        for (int entry = 0; entry < table.Count; entry++)
        {
            PackedBlob blob = EntriesByPack.BlobAt(table, type, entry);
            ref PackUse pack = ref _packs[table[entry].Pack];
            pack.CountHeader(blob);
            pack.HasData |= type == BlobType.Data;
            pack.HasTrees |= type == BlobType.Tree;
            pack.HasUncompressed |= blob.UncompressedLength == 0;
            int first = table.Find(blob.Id);
            if (used[first] && copies[first] == 1)
            {
                pack.UsedBlobs++;
                pack.UsedBytes += blob.Length;
                _sums.Blobs.Used++;
                _sums.Bytes.Used += blob.Length;
                continue;
            }

            pack.UnusedBlobs++;
            pack.UnusedBytes += blob.Length;
            if (used[first])
            {
                // One of the copies will be chosen when all packs are known.
                pack.DuplicateBlobs++;
                _sums.Blobs.Duplicate++;
                _sums.Bytes.Duplicate += blob.Length;
            }
            else
            {
                _sums.Blobs.Unused++;
                _sums.Bytes.Unused += blob.Length;
            }
        }
    }

    /// <summary>
    /// Chooses a copy of each blob that has several: in a pack that is used anyway, in one that holds nothing but duplicates (an interrupted
    /// prune wrote it, and its work is not to be lost), else the last.
    /// </summary>
    private void ChooseCopies(BlobType type, byte[] copies)
    {
        CompactBlobTable table = _index.TableOf(type);
        EntryBits used = _used.Of(type);
        for (int entry = 0; entry < table.Count; entry++)
        {
            int first = table.Find(table[entry].Id);
            if (!used[first] || copies[first] == 1)
            {
                continue;
            }

            ref PackUse pack = ref _packs[table[entry].Pack];
            if (pack.UsedBlobs > 0 || pack.DuplicateBlobs == pack.UnusedBlobs || copies[first] == LastCopy)
            {
                long length = table[entry].Length;
                pack.UsedBlobs++;
                pack.UsedBytes += length;
                pack.UnusedBlobs--;
                pack.UnusedBytes -= length;
                _sums.Blobs.Used++;
                _sums.Bytes.Used += length;
                _sums.Blobs.Duplicate--;
                _sums.Bytes.Duplicate -= length;
                copies[first] = 1;
            }
            else if (--copies[first] == 1)
            {
                copies[first] = LastCopy;
            }
        }
    }
}
