using System.Globalization;
using System.Text.RegularExpressions;

namespace Sots.Cli.Runs;

/// <summary>Names of runs and of their logs: <c>20260102-050405-push-4711</c>, and the same with <c>.log</c>.</summary>
internal static partial class RunName
{
    /// <summary>The name.</summary>
    /// <param name="start">When the run started, in local time.</param>
    /// <param name="verb">Its command.</param>
    /// <param name="pid">Its process.</param>
    /// <param name="attempt">1, or more where a run of that name is there already.</param>
    public static string Of(DateTimeOffset start, string verb, int pid, int attempt) => string.Create(
        CultureInfo.InvariantCulture, $"{start:yyyyMMdd-HHmmss}-{verb}-{pid}{(attempt > 1 ? $"-{attempt}" : "")}");

    /// <summary>Whether a file is a log of a run: nothing else is ever removed.</summary>
    public static bool IsLog(string fileName) => Form().IsMatch(fileName);

    [GeneratedRegex(@"^[0-9]{8}-[0-9]{6}-[a-z-]{1,40}-[0-9]{1,10}(-[0-9]{1,4})?\.log\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
