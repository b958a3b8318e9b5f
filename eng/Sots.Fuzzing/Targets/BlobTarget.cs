using System.Buffers.Binary;
using Sots.Restic;
using Sots.Restic.Crypto;
using Sots.Restic.Packs;

namespace Sots.Fuzzing.Targets;

/// <summary>
/// Blobs in packs, sealed here so that everything behind the authenticator is reached. The input: a byte with the type and what the id is, the
/// length that the header claims (4 bytes), and what is sealed.
/// </summary>
internal sealed class BlobTarget : FuzzTarget
{
    private const uint LargestClaim = 1 << 20;

    private readonly MasterKey _key = Samples.Key();
    private readonly BlobDecoder _decoder = new();

    /// <inheritdoc/>
    public override string Name => "blob";

    /// <inheritdoc/>
    public override string About => "blobs: what is handed out has the hash that is its id and the length that was promised";

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds =>
    [
        [0, 0, 0, 0, 0, .. "content"u8],
        .. new ZstdTarget().Seeds.Select(static frame => (byte[])[1, 0x70, 0x11, 1, 0, .. frame]),
        [3, 5, 0, 0, 0, 0x28, 0xB5, 0x2F, 0xFD, 0xA0, 5, 0, 0, 0, 41, 0, 0, .. "hello"u8],
    ];

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => ZstdTarget.Marks;

    /// <inheritdoc/>
    public override long AllocationLimit(int inputLength) => (4 << 20) + (64L * inputLength);

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 5)
        {
            return false;
        }

        BlobType type = (BlobType)(input[0] & 1);
        uint claim = BinaryPrimitives.ReadUInt32LittleEndian(input[1..]) is var claimed && claimed > LargestClaim && claimed < Limits.TreeLength ? LargestClaim : claimed;
        ReadOnlySpan<byte> content = input[5..];
        byte[] box = new byte[content.Length + SealedBox.Overhead];
        SealedBox.Seal(_key, content, box);
        ContentId id = claim == 0 || (input[0] & 2) == 0 ? ContentId.Of(content) : ContentId.Of(new byte[claim % LargestClaim]);
        PackedBlob blob = new(type, id, 0, (uint)box.Length, claim);
        RepositoryException? damage = _decoder.TryDecode(_key, blob, box, new PackId(Samples.Id), out ReadOnlyMemory<byte> plain);
        if (damage is not null)
        {
            Law.Holds(plain.IsEmpty && claim != 0, "a blob that is stored as it is opens");
            return false;
        }

        Law.Holds((claim == 0 || plain.Length == claim) && ContentId.Of(plain.Span) == id, "a blob that is handed out has its hash and length");
        return true;
    }
}
