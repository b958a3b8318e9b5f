using System.Buffers.Binary;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Restic.Packs;

namespace Sots.Comparison;

/// <summary>Index files that name blobs of packs which are not there. Only for reading the index: the repository is not whole afterwards.</summary>
internal static class FakeIndex
{
    private const int BlobsOfPack = 40;
    private const uint BlobLength = 300_000;

    /// <summary>Adds files with so many blobs, as large as programs write them.</summary>
    public static void AddTo(string folder, int blobs)
    {
        using LocalBackend backend = new(folder);
        using OpenRepository repository = Repository.OpenAsync(backend, Contender.PasswordBytes, new OpenOptions(), CancellationToken.None).GetAwaiter().GetResult();
        int done = 0;
        while (done < blobs)
        {
            List<IndexedPack> packs = [];
            for (int inFile = 0; inFile < IndexFile.FullAtBlobs && done < blobs; inFile += BlobsOfPack)
            {
                int count = Math.Min(BlobsOfPack, blobs - done);
                packs.Add(PackOf(done, count));
                done += count;
            }

            repository.SaveUnpackedAsync(FileType.Index, IndexFile.Write(packs), CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
    }

    private static IndexedPack PackOf(int first, int count)
    {
        PackedBlob[] blobs = new PackedBlob[count];
        for (int i = 0; i < count; i++)
        {
            blobs[i] = new PackedBlob(BlobType.Data, IdOf(first + i), (uint)i * BlobLength, BlobLength, 2 * BlobLength);
        }

        return new IndexedPack(new PackId(IdOf(-1 - first)), blobs);
    }

    private static ContentId IdOf(int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return ContentId.Of(bytes);
    }
}
