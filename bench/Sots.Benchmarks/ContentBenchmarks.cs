using BenchmarkDotNet.Attributes;
using Sots.Restic;
using Sots.Restic.Chunking;
using Sots.Restic.Crypto;
using Sots.Restic.Writing;

namespace Sots.Benchmarks;

/// <summary>What is done to every byte of content, on one chunk of 1 MiB: divide 1 MiB by the time for the throughput of one core.</summary>
public class ContentBenchmarks
{
    private const int Length = 1 << 20;

    private readonly byte[] _plain = Samples.AssetBytes(Length);
    private readonly byte[] _box = new byte[Length + SealedBox.Overhead];
    private readonly byte[] _opened = new byte[Length];
    private readonly byte[] _frame = new byte[ZstdFrames.BoundOf(Length)];
    private readonly byte[] _scratch = new byte[ZstdFrames.BoundOf(Length)];
    private readonly MasterKey _key = Samples.Key();
    private readonly ZstdFrames _zstd = new();
    private readonly RabinChunker _chunker = new(new ChunkerPolynomial(Samples.Polynomial));
    private readonly byte[] _file = new byte[16 * Length];
    private int _frameLength;

    /// <summary>Makes what the reading directions read.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        SealedBox.Seal(_key, _plain, _box);
        _frameLength = _zstd.Compress(_plain, _frame, ZstdFrames.DataLevel);
        new Random(2).NextBytes(_file);
    }

    /// <summary>Frees the key.</summary>
    [GlobalCleanup]
    public void CleanUp()
    {
        _key.Dispose();
        _zstd.Dispose();
    }

    /// <summary>A file of 16 MiB, per MiB. The first 512 KiB of each chunk are not looked at.</summary>
    [Benchmark(OperationsPerInvoke = 16)]
    public int FindCut() => _chunker.Split(_file).Count;

    /// <summary>The id of a blob.</summary>
    [Benchmark]
    public bool Sha256() => ContentId.Of(_plain).IsZero;

    /// <summary>Encrypt and authenticate.</summary>
    [Benchmark]
    public void Seal() => SealedBox.Seal(_key, _plain, _box);

    /// <summary>Authenticate and decrypt.</summary>
    [Benchmark]
    public bool Open() => SealedBox.TryOpen(_key, _box, _opened);

    /// <summary>The read-back before storing.</summary>
    [Benchmark]
    public bool Verify() => SealedBox.Verify(_key, _box, _plain);

    /// <summary>The setting of data by default.</summary>
    [Benchmark]
    public int Compress() => _zstd.Compress(_plain, _scratch, ZstdFrames.DataLevel);

    /// <summary>The way back.</summary>
    [Benchmark]
    public bool Decompress() => _zstd.TryDecompress(_frame.AsSpan(0, _frameLength), _opened);
}
