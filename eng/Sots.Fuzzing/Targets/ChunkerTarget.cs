using Sots.Restic.Chunking;
using Sots.Restic.Tests.Chunking;
using Sots.Testing;

namespace Sots.Fuzzing.Targets;

/// <summary>
/// The chunker against its slow twin. The input is a recipe for content: pairs of bytes, what comes next and how much of it. So a few bytes
/// make the megabytes that cuts need, and cuts stand wherever the recipe wants them.
/// </summary>
internal sealed class ChunkerTarget : FuzzTarget
{
    private const int MaxContent = 5 << 18;

    private static readonly ulong[] Polynomials = [0x3DA3358B4DC173, 0x276199fa28ac11, 0x20000000000000, 0x3fffffffffffff];
    private static readonly RollingTwin[] Twins = [.. Polynomials.Select(static polynomial => new RollingTwin(polynomial))];

    /// <inheritdoc/>
    public override string Name => "chunker";

    /// <inheritdoc/>
    public override string About => "the chunker: both ways to scan cut where the slow twin cuts, however the content comes in";

    /// <inheritdoc/>
    public override int MaxLength => 64;

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds => [[0, 0, 200, 3, 0], [1, 1, 255, 0, 128, 3, 0, 0, 200], [2, 0, 129, 3, 1, 0, 127, 3, 2, 1, 130], [3, 2, 250, 4, 9, 3, 0]];

    /// <inheritdoc/>
    public override long AllocationLimit(int inputLength) => 8L * MaxContent;

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 3)
        {
            return false;
        }

        int choice = input[0] % Polynomials.Length;
        byte[] content = Make(input[1..], Twins[choice]);
        int[] expected = [.. Twins[choice].Split(content).Select(static chunk => chunk.Length)];
        ChunkerPolynomial polynomial = new(Polynomials[choice]);
        foreach (bool carryless in CarrylessScan.IsSupported ? (bool[])[false, true] : [false])
        {
            RabinChunker chunker = new(polynomial, carryless);
            Law.Holds(chunker.Split(content).SequenceEqual(expected), "the chunker cuts where its twin does");
            Law.Holds(Piecemeal(chunker, content, 1 + (input[^1] * 997)).SequenceEqual(expected), "how content comes in does not matter");
        }

        return expected.Length > 1;
    }

    private static List<int> Piecemeal(RabinChunker chunker, ReadOnlySpan<byte> content, int step)
    {
        List<int> lengths = [];
        while (!content.IsEmpty)
        {
            int cut = 0, scanned = 0;
            for (int have = Math.Min(step, content.Length); cut == 0; have = Math.Min(have + step, content.Length))
            {
                cut = chunker.FindCut(content[..have], scanned);
                scanned = have;
                cut = cut == 0 && have == content.Length ? have : cut;
            }

            lengths.Add(cut);
            content = content[cut..];
        }

        return lengths;
    }

    private static byte[] Make(ReadOnlySpan<byte> recipe, RollingTwin twin)
    {
        byte[] content = new byte[MaxContent];
        int length = 0;
        for (int i = 0; i + 1 < recipe.Length; i += 2)
        {
            int amount = Math.Min(recipe[i + 1] * recipe[i + 1] * 16, MaxContent - length);
            Span<byte> rest = content.AsSpan(length);
            switch (recipe[i] % 5)
            {
                case 0: // anything, without the highest bit: no cut but those that are planted
                    SplitMix.Bytes((ulong)i + 1, amount, 0x7F).CopyTo(rest);
                    length += amount;
                    break;
                case 1:
                    rest[..amount].Fill(0x55);
                    length += amount;
                    break;
                case 2: // zeros, where every place is a cut
                    rest[..amount].Clear();
                    length += amount;
                    break;
                case 3:
                    PlantCut(content.AsSpan(0, length), twin);
                    break;
                default: // a few bytes, so that what follows lies askew
                    amount = Math.Min((int)recipe[i + 1], MaxContent - length);
                    rest[..amount].Fill((byte)i);
                    length += amount;
                    break;
            }
        }

        return content[..length];
    }

    /// <summary>Changes the last three bytes so that the low bits of the hash of the last 64 are 0.</summary>
    private static void PlantCut(Span<byte> content, RollingTwin twin)
    {
        if (content.Length < RabinChunker.WindowLength)
        {
            return;
        }

        Span<byte> last = content[^3..];
        last.Clear();
        ulong hash = twin.HashOf(content[^RabinChunker.WindowLength..]);
        last[0] = (byte)((hash >> 16) & 0x0F);
        last[1] = (byte)(hash >> 8);
        last[2] = (byte)hash;
    }
}
