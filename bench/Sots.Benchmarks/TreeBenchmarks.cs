using System.Buffers;
using BenchmarkDotNet.Attributes;
using Sots.Restic.Trees;

namespace Sots.Benchmarks;

/// <summary>A tree of 100,000 nodes, and nodes compared.</summary>
[MemoryDiagnoser]
public class TreeBenchmarks
{
    private const int Count = 100_000;

    private readonly List<Node> _nodes = Samples.Nodes(Count);
    private readonly ArrayBufferWriter<byte> _json = new(64 << 20);
    private byte[] _written = [];

    /// <summary>Makes what is read.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        Encode();
        _written = _json.WrittenSpan.ToArray();
    }

    /// <summary>Nodes to JSON.</summary>
    [Benchmark]
    public int Encode()
    {
        _json.ResetWrittenCount();
        TreeCodec.Write(_nodes, _json);
        return _json.WrittenCount;
    }

    /// <summary>JSON to nodes.</summary>
    [Benchmark]
    public int Decode() => TreeCodec.Read(_written, "tree").Count;
}
