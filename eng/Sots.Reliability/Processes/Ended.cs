using System.Globalization;
using System.Text.RegularExpressions;

namespace Sots.Reliability.Processes;

/// <summary>How a process ended and what it wrote.</summary>
/// <param name="Line">The command.</param>
/// <param name="Code">Exit code; 128 and the signal's number where one ended it.</param>
/// <param name="Out">What it wrote for its user.</param>
/// <param name="Error">What it wrote about problems.</param>
internal sealed partial record Ended(string Line, int Code, string Out, string Error)
{
    /// <summary>The exit code of a process that was killed.</summary>
    public const int Killed = 128 + 9;

    private static readonly int[] Codes = [0, 1, 3, 10, 11, 12, 130];

    /// <summary>Whether the signal that nothing can catch ended it.</summary>
    public bool WasKilled => Code == Killed;

    /// <summary>First digits of the snapshots that it told its user are saved.</summary>
    public IReadOnlyList<string> Reported => [.. SavedLine().Matches(Out).Select(match => match.Groups[1].Value)];

    /// <summary>A documented exit code and a readable message, or nothing else than the kill.</summary>
    /// <exception cref="BrokenPromiseException">It crashed, or blames itself.</exception>
    public Ended Orderly()
    {
        bool isOrderly = WasKilled || Codes.Contains(Code);
        bool isCrash = Error.Contains("this is a bug in", StringComparison.Ordinal) || Error.Contains("Unhandled exception", StringComparison.Ordinal)
            || StackFrame().IsMatch(Error) || StackFrame().IsMatch(Out);
        return isOrderly && !isCrash ? this : throw Broken("crashed");
    }

    /// <summary>An orderly end with one of the codes.</summary>
    public Ended Expect(params int[] codes) => Orderly() is var ended && codes.Contains(ended.Code) ? ended : throw Broken("ended otherwise");

    /// <summary>A broken promise, with everything that was written.</summary>
    public BrokenPromiseException Broken(string how) => new(string.Create(
        CultureInfo.InvariantCulture, $"{how}: {Line} (exit code {Code})\n{Out.TrimEnd()}\n{Error.TrimEnd()}"));

    [GeneratedRegex(@"^snapshot ([0-9a-f]{8,64}) saved", RegexOptions.Multiline)]
    private static partial Regex SavedLine();

    [GeneratedRegex(@"^   at \S+\(", RegexOptions.Multiline)]
    private static partial Regex StackFrame();
}
