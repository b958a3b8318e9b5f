using Sots.Restic;
using Sots.Restic.Index;
using Sots.Restic.Packs;

namespace Sots.Fuzzing.Targets;

/// <summary>Index files.</summary>
internal sealed class IndexTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "index";

    /// <inheritdoc/>
    public override string About => "index files: what they say is the same after writing and reading, and in the master index";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds =>
    [
        IndexFile.Write([new IndexedPack(new PackId(Samples.Id), Samples.Blobs)]).ToArray(),
        IndexFile.Write([]).ToArray(),
        """{"supersedes":["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],"packs":[{"id":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","blobs":null}],"x":{}}"""u8.ToArray(),
        """[{"id":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","blobs":[]}]"""u8.ToArray(),
    ];

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => Utf8("packs", "supersedes", "id", "blobs", "type", "data", "tree", "offset", "length", "uncompressed_length", "4294967295", "4294967296", "32", "31");

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        List<IndexedPack>? packs = Read(input, 2);
        List<IndexedPack>? slowly = Read(input, 2, usual: false);
        Law.Holds(packs is null == slowly is null, "an index in the usual form is one in any form");
        if (packs is null)
        {
            return false;
        }

        Law.Same(IndexFile.Write(slowly!).Span, IndexFile.Write(packs).Span, "an index says the same whichever way it is read");

        Law.Holds(Read(input, 1) is not null || packs.Any(static pack => pack.Blobs.Any(static blob => blob.UncompressedLength != 0)), "an index without compressed blobs is one of version 1 too");
        byte[] written = IndexFile.Write(packs).ToArray();
        List<IndexedPack>? again = Read(written, 2);
        Law.Holds(again is not null && again.Count == packs.Count, "an index is the same after writing and reading");
        Law.Same(written, IndexFile.Write(again!).Span, "an index is written alike the second time");

        MasterIndex master = new();
        foreach (IndexedPack pack in packs)
        {
            foreach (PackedBlob blob in pack.Blobs)
            {
                master.Add(pack.Id, blob);
                Law.Holds(master.FindAll(blob.Handle).Contains(blob.In(pack.Id)), "what an index says is found in the master index");
            }
        }

        return true;
    }

    private static List<IndexedPack>? Read(ReadOnlySpan<byte> json, int version, bool usual = true)
    {
        List<IndexedPack> packs = [];
        try
        {
            if (usual)
            {
                IndexFile.Read(json, version, "index", Add);
            }
            else
            {
                IndexFile.ReadAny(json, version, "index", Add);
            }

            return packs;
        }
        catch (RepositoryException)
        {
            return null;
        }

        void Add(PackId id, List<PackedBlob> blobs) => packs.Add(new IndexedPack(id, [.. blobs]));
    }
}
