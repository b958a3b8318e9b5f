using Sots.Restic;
using Sots.Restic.Repofiles;
using Sots.Restic.Writing;

namespace Sots.Fuzzing.Targets;

/// <summary>The encoding of index, snapshot and lock files.</summary>
internal sealed class UnpackedTarget : FuzzTarget
{
    private const int MaxPlain = 64 << 10;

    /// <inheritdoc/>
    public override string Name => "unpacked";

    /// <inheritdoc/>
    public override string About => "the encoding of unpacked files: never more than the limit, and what is decoded comes back from encoding";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            using ZstdFrames zstd = new();
            return ["{\"a\":1}"u8.ToArray(), "[]"u8.ToArray(), [3], UnpackedCodec.Encode(2, "{\"packs\":[]}"u8, zstd), UnpackedCodec.Encode(2, new byte[40000], zstd), UnpackedCodec.Encode(2, Samples.Tree(Samples.Nodes), zstd)];
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => ZstdTarget.Marks;

    /// <inheritdoc/>
    public override long AllocationLimit(int inputLength) => (2 << 20) + (64L * inputLength);

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        byte[] plain;
        try
        {
            plain = UnpackedCodec.Decode(2, input.ToArray(), MaxPlain, "file");
        }
        catch (RepositoryException)
        {
            return false;
        }

        bool isJson = input.Length == 0 || input[0] is (byte)'{' or (byte)'[';
        Law.Holds(isJson ? plain.AsSpan().SequenceEqual(input) : plain.Length <= MaxPlain, "a file is decoded within the limit");
        using ZstdFrames zstd = new();
        Law.Same(plain, UnpackedCodec.Decode(2, UnpackedCodec.Encode(2, plain, zstd), Math.Max(MaxPlain, plain.Length), "file"), "a file comes back from its encoding");
        return true;
    }
}
