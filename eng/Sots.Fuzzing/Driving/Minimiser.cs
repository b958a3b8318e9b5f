namespace Sots.Fuzzing.Driving;

/// <summary>Makes an input small while it keeps a property.</summary>
internal static class Minimiser
{
    /// <summary>The smallest input that was found.</summary>
    /// <param name="input">Has the property.</param>
    /// <param name="keeps">Whether an input has it.</param>
    /// <param name="attempts">Inputs that are tried at most.</param>
    public static byte[] Minimise(byte[] input, Func<byte[], bool> keeps, int attempts = 5000)
    {
        for (int block = Math.Max(1, input.Length / 2); block > 0; block /= 2)
        {
            for (int at = 0; at < input.Length && attempts > 0;)
            {
                byte[] shorter = [.. input.AsSpan(0, at), .. input.AsSpan(Math.Min(input.Length, at + block))];
                attempts--;
                if (keeps(shorter))
                {
                    input = shorter;
                }
                else
                {
                    at += block;
                }
            }
        }

        // What is left is made plain: a reader sees at once which bytes matter.
        for (int at = 0; at < input.Length && attempts > 0; at++)
        {
            byte[] plainer = [.. input];
            plainer[at] = (byte)'0';
            attempts--;
            input = input[at] != plainer[at] && keeps(plainer) ? plainer : input;
        }

        return input;
    }
}
