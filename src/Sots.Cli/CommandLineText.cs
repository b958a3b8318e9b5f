namespace Sots.Cli;

/// <summary>Rewrites what restic's users write and the parser does not know, before it is parsed.</summary>
internal static class CommandLineText
{
    /// <summary><c>--verbose=2</c> becomes <c>-v -v</c>. What stands behind <c>--</c> is left alone.</summary>
    public static IReadOnlyList<string> Normalise(IReadOnlyList<string> arguments)
    {
        List<string> result = [];
        bool literal = false;
        foreach (string argument in arguments)
        {
            literal |= argument == "--";
            string? level = literal ? null
                : argument.StartsWith("--verbose=", StringComparison.Ordinal) ? argument["--verbose=".Length..]
                : argument.StartsWith("-v=", StringComparison.Ordinal) ? argument["-v=".Length..]
                : null;
            if (int.TryParse(level, out int times))
            {
                result.AddRange(Enumerable.Repeat("-v", Math.Clamp(times, 0, 2)));
            }
            else
            {
                result.Add(argument);
            }
        }

        return result;
    }
}
