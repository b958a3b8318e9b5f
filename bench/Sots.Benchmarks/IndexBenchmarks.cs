using BenchmarkDotNet.Attributes;
using Sots.Restic;
using Sots.Restic.Index;
using Sots.Restic.Packs;

namespace Sots.Benchmarks;

/// <summary>The index of a repository of one million blobs, which is 500 GB to 1 TB of content.</summary>
[MemoryDiagnoser]
public class IndexBenchmarks
{
    private const int Blobs = 1_000_000;

    private readonly BlobHandle[] _present = new BlobHandle[1024];
    private readonly BlobHandle[] _absent = new BlobHandle[1024];
    private MasterIndex _index = new();
    private byte[] _json = [];

    /// <summary>Builds the index, and one index file of the usual size.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _index = IndexMemory.Build(Blobs);
        for (int i = 0; i < _present.Length; i++)
        {
            int number = unchecked((int)((uint)i * 2_654_435_761 % Blobs));
            _present[i] = new BlobHandle(number % 50 == 0 ? BlobType.Tree : BlobType.Data, Samples.IdOf(number));
            _absent[i] = new BlobHandle(BlobType.Data, Samples.IdOf(Blobs + i));
        }

        _json = IndexFile.Write([.. Samples.IndexEntries(IndexFile.FullAtBlobs)
            .GroupBy(entry => entry.Pack, (pack, entries) => new IndexedPack(pack, [.. entries.Select(entry => entry.Blob)]))]).ToArray();
    }

    /// <summary>1024 look-ups that find.</summary>
    [Benchmark(OperationsPerInvoke = 1024)]
    public int FindPresent() => CountFound(_present);

    /// <summary>1024 look-ups that do not.</summary>
    [Benchmark(OperationsPerInvoke = 1024)]
    public int FindAbsent() => CountFound(_absent);

    /// <summary>Adding a million blobs, without parsing.</summary>
    [Benchmark]
    public int AddOneMillion() => IndexMemory.Build(Blobs).Count;

    /// <summary>Parsing and adding an index file of 50,000 blobs; twenty of them are a million.</summary>
    [Benchmark]
    public int LoadFileOf50000()
    {
        MasterIndex index = new();
        IndexFile.Read(_json, 2, "index", (pack, blobs) =>
        {
            foreach (PackedBlob blob in blobs)
            {
                index.Add(pack, blob);
            }
        });
        return index.Count;
    }

    private int CountFound(BlobHandle[] blobs)
    {
        int found = 0;
        foreach (BlobHandle blob in blobs)
        {
            found += _index.TryFind(blob, out _) ? 1 : 0;
        }

        return found;
    }
}
