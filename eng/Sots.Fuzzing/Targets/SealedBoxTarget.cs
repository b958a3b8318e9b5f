using System.Buffers.Binary;
using Sots.Restic.Crypto;

namespace Sots.Fuzzing.Targets;

/// <summary>Sealed boxes from outside: bytes that nobody sealed, and sealed ones with a flipped bit. The first four bytes choose which bit.</summary>
internal sealed class SealedBoxTarget : FuzzTarget
{
    private readonly MasterKey _key = Samples.Key();

    /// <inheritdoc/>
    public override string Name => "sealed-box";

    /// <inheritdoc/>
    public override string About => "sealed boxes: what was not sealed does not open, nor what was changed by a bit; what was sealed does";

    /// <inheritdoc/>
    public override int MaxLength => 5000;

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds => [[1], new byte[36], [0, 0, 0, 1, .. "content"u8], new byte[4200]];

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 4)
        {
            return false;
        }

        uint bit = BinaryPrimitives.ReadUInt32LittleEndian(input);
        input = input[4..];
        Law.Holds(!SealedBox.TryOpen(_key, input, new byte[Math.Max(0, input.Length - SealedBox.Overhead)]), "what nobody sealed does not open");
        byte[] box = new byte[input.Length + SealedBox.Overhead];
        SealedBox.Seal(_key, input, box);
        byte[] opened = new byte[input.Length];
        Law.Holds(SealedBox.TryOpen(_key, box, opened) && SealedBox.Verify(_key, box, input), "what was sealed opens");
        Law.Same(input, opened, "what was sealed is what is opened");
        bit %= (uint)box.Length * 8;
        box[bit / 8] ^= (byte)(1 << (int)(bit % 8));
        Law.Holds(!SealedBox.TryOpen(_key, box, opened) && !SealedBox.Verify(_key, box, input), "what was changed by a bit does not open");
        return true;
    }
}
