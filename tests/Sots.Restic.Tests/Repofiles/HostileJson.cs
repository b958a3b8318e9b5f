using Sots.Testing;

namespace Sots.Restic.Tests.Repofiles;

/// <summary>Damages a valid JSON text in every simple way. A reader may refuse the result, with one type of exception only.</summary>
internal static class HostileJson
{
    /// <summary>Every prefix of a text is refused. A final newline is not part of the text.</summary>
    public static void Every_truncation_is_refused(ReadOnlySpan<byte> json, Action<byte[]> read)
    {
        byte[] text = json.TrimEnd((byte)'\n').ToArray();
        read(text);
        for (int length = 0; length < text.Length; length++)
        {
            RepositoryException refusal = Assert.Throws<RepositoryException>(() => read(text[..length]));
            Assert.Equal(RepositoryErrorKind.Damaged, refusal.Kind);
        }
    }

    /// <summary>Texts with bytes changed, removed, doubled or put elsewhere are read, or refused with a RepositoryException.</summary>
    /// <returns>How many were refused.</returns>
    public static int Mutations_give_no_other_exception(byte[] json, ulong seed, int rounds, Action<byte[]> read)
    {
        byte[] random = SplitMix.Bytes(seed, rounds * 16);
        int refused = 0;
        for (int round = 0; round < rounds; round++)
        {
            ReadOnlySpan<byte> dice = random.AsSpan(round * 16, 16);
            byte[] mutant = Mutate(json, dice);
            try
            {
                read(mutant);
            }
            catch (RepositoryException)
            {
                refused++;
            }
        }

        return refused;
    }

    private static byte[] Mutate(byte[] json, ReadOnlySpan<byte> dice)
    {
        List<byte> mutant = [.. json];
        for (int i = 0; i <= dice[0] % 3; i++)
        {
            int at = (dice[1 + (i * 5)] | (dice[2 + (i * 5)] << 8)) % mutant.Count;
            byte value = dice[3 + (i * 5)];
            switch (dice[4 + (i * 5)] % 6)
            {
                case 0:
                    mutant[at] = value;
                    break;
                case 1:
                    mutant[at] ^= (byte)(1 << (value & 7));
                    break;
                case 2:
                    mutant.RemoveAt(at);
                    break;
                case 3:
                    mutant.InsertRange(at, mutant.GetRange(at, Math.Min(value, mutant.Count - at)));
                    break;
                case 4:
                    mutant[at] = "{}[]\",:\\u0-9eEn\n"u8[value % 16];
                    break;
                default:
                    mutant.InsertRange(at, @"\ud800"u8);
                    break;
            }
        }

        return [.. mutant];
    }
}
