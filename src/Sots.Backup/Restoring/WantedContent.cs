using System.Runtime.InteropServices;
using Sots.Restic;
using Sots.Restic.Index;
using Sots.Restic.Packs;

namespace Sots.Backup.Restoring;

/// <summary>
/// Which blobs files wait for, and in which order they are fetched: pack by pack in the order of first use, in a pack by offset. 32 bytes
/// for each place a blob goes to; after sorting, the places of one blob are neighbours, so nothing else has to be kept. Not thread safe.
/// </summary>
internal sealed class WantedContent(MasterIndex index)
{
    /// <summary>A worker fetches about this many bytes at a time: few requests, and work for every core even out of one pack.</summary>
    private const int PieceLength = 8 << 20;

    private readonly List<FileRestore> _files = [];
    private readonly List<PackId> _packs = [];
    private readonly Dictionary<PackId, int> _packNumbers = [];
    private readonly List<Use> _uses = [];

    /// <summary>A file waits for blobs: for all of them, or for those whose numbers are given.</summary>
    public void Add(FileRestore file, IReadOnlyList<int>? numbers)
    {
        int fileNumber = _files.Count;
        _files.Add(file);
        int number = 0;
        int given = 0;
        foreach (FileBlob blob in file.Planned.Blobs(index))
        {
            if (numbers is null || (given < numbers.Count && numbers[given] == number))
            {
                given++;
                _uses.Add(new Use
                {
                    Pack = NumberOf(blob.Location.Pack),
                    PackOffset = blob.Location.Offset,
                    Length = blob.Location.Length,
                    UncompressedLength = blob.Location.UncompressedLength,
                    File = fileNumber,
                    Blob = number,
                    FileOffset = blob.Offset,
                });
            }

            number++;
        }
    }

    /// <summary>Sorts, and cuts into pieces of work. Nothing can be added after that.</summary>
    public IEnumerable<ContentPiece> Pieces()
    {
        CollectionsMarshal.AsSpan(_uses).Sort(Compare);
        List<PackedBlob> blobs = [];
        List<int> starts = [];
        long length = 0;
        for (int i = 0; i < _uses.Count; i++)
        {
            bool isNewBlob = i == 0 || Compare(_uses[i - 1], _uses[i]) != 0;
            if (isNewBlob)
            {
                bool isNewPack = i > 0 && _uses[i - 1].Pack != _uses[i].Pack;
                if (blobs.Count > 0 && (isNewPack || length + _uses[i].Length > PieceLength))
                {
                    starts.Add(i);
                    yield return new ContentPiece(_packs[_uses[i - 1].Pack], [.. blobs], [.. starts]);
                    blobs.Clear();
                    starts.Clear();
                    length = 0;
                }

                blobs.Add(BlobOf(_uses[i]));
                starts.Add(i);
                length += _uses[i].Length;
            }
        }

        if (blobs.Count > 0)
        {
            starts.Add(_uses.Count);
            yield return new ContentPiece(_packs[_uses[^1].Pack], [.. blobs], [.. starts]);
        }
    }

    /// <summary>A place that a blob goes to, by its number in the sorted order.</summary>
    public (FileRestore File, long Offset) PlaceAt(int use) => (_files[_uses[use].File], _uses[use].FileOffset);

    /// <summary>
    /// Order of blobs. A hostile index may give one place in a pack to several ids, so ids decide in the end; they are looked at only then.
    /// </summary>
    private int Compare(Use a, Use b)
    {
        int order = a.Pack.CompareTo(b.Pack);
        order = order != 0 ? order : a.PackOffset.CompareTo(b.PackOffset);
        order = order != 0 ? order : a.Length.CompareTo(b.Length);
        order = order != 0 ? order : a.UncompressedLength.CompareTo(b.UncompressedLength);
        return order != 0 ? order : IdOf(a).CompareTo(IdOf(b));
    }

    private ContentId IdOf(in Use use) => _files[use.File].Planned.Node.Content![use.Blob].Value;

    private PackedBlob BlobOf(in Use use) => new(BlobType.Data, IdOf(use), use.PackOffset, use.Length, use.UncompressedLength);

    private int NumberOf(PackId pack)
    {
        if (!_packNumbers.TryGetValue(pack, out int number))
        {
            number = _packs.Count;
            _packs.Add(pack);
            _packNumbers.Add(pack, number);
        }

        return number;
    }

    private struct Use
    {
        public int Pack;
        public uint PackOffset;
        public uint Length;
        public uint UncompressedLength;
        public int File;
        public int Blob;
        public long FileOffset;
    }
}

/// <summary>Blobs of one pack that a worker fetches together.</summary>
/// <param name="Pack">The pack.</param>
/// <param name="Blobs">The blobs, ordered by offset, lengths and id.</param>
/// <param name="Starts">For each blob the number of its first place, and at the end that after the last place of the last one.</param>
internal sealed record ContentPiece(PackId Pack, PackedBlob[] Blobs, int[] Starts)
{
    /// <summary>The places of a blob: from the first up to, not including, the second number.</summary>
    public (int From, int To) PlacesOf(in PackedBlob blob)
    {
        int index = Array.BinarySearch(Blobs, blob, Order.Instance);
        return (Starts[index], Starts[index + 1]);
    }

    private sealed class Order : IComparer<PackedBlob>
    {
        public static Order Instance { get; } = new();

        public int Compare(PackedBlob a, PackedBlob b)
        {
            int order = a.Offset.CompareTo(b.Offset);
            order = order != 0 ? order : a.Length.CompareTo(b.Length);
            order = order != 0 ? order : a.UncompressedLength.CompareTo(b.UncompressedLength);
            return order != 0 ? order : a.Id.CompareTo(b.Id);
        }
    }
}
