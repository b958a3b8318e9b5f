namespace Sots.Testing;

/// <summary>
/// A decoder with a fault behind eight bytes that are compared one after the other. Blind changes do not find it in any time; who follows new
/// branches does. It lies here because it is instrumented like what it stands for.
/// </summary>
public static class PlantedFault
{
    /// <summary>Takes everything that is long enough.</summary>
    /// <exception cref="InvalidOperationException">The planted fault.</exception>
    public static bool Decode(ReadOnlySpan<byte> input)
    {
        ReadOnlySpan<byte> magic = "PK\u0003\u0004sots"u8;
        if (input.Length < magic.Length)
        {
            return false;
        }

        // Written out, because a loop would be one branch taken more often.
        if (input[0] == magic[0])
        {
            if (input[1] == magic[1])
            {
                if (input[2] == magic[2])
                {
                    if (input[3] == magic[3])
                    {
                        if (input[4] == magic[4])
                        {
                            if (input[5] == magic[5])
                            {
                                if (input[6] == magic[6] && input[7] == magic[7])
                                {
                                    throw new InvalidOperationException("the planted fault");
                                }
                            }
                        }
                    }
                }
            }
        }

        return true;
    }
}
