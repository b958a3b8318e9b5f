using System.Text.RegularExpressions;

namespace Sots.Restic.Tests.Backends;

/// <summary>
/// The lines of a trace of several threads (<c>strace -f -o</c>), one for each call. Where calls of two threads overlap strace writes the
/// beginning of one in a line that ends with <c>&lt;unfinished ...&gt;</c>, and its end in a later one that begins with
/// <c>&lt;... name resumed&gt;</c>; together they stand here where the call ended.
/// </summary>
internal static partial class SystemCallTrace
{
    internal static IEnumerable<string> Read(IEnumerable<string> lines)
    {
        Dictionary<string, string> begun = [];
        foreach (string line in lines)
        {
            string thread = line[..line.IndexOf(' ', StringComparison.Ordinal)];
            if (line.EndsWith(Unfinished, StringComparison.Ordinal))
            {
                begun.Add(thread, line[..^Unfinished.Length]);
            }
            else if (Resumed().Match(line) is { Success: true } resumed)
            {
                // A call that had begun before strace came to its thread has no beginning here.
                yield return begun.Remove(thread, out string? beginning) ? beginning + line[resumed.Length..] : line;
            }
            else
            {
                yield return line;
            }
        }

        // What no thread came back from, as the process ended.
        foreach (string line in begun.Values)
        {
            yield return line;
        }
    }

    private const string Unfinished = " <unfinished ...>";

    [GeneratedRegex(@"^\d+\s+<\.\.\. \w+ resumed>")]
    private static partial Regex Resumed();
}
