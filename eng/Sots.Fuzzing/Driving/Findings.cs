namespace Sots.Fuzzing.Driving;

/// <summary>The file of what broke something: the input, and before it as comments the kind of fault and everything known of it.</summary>
internal static class Findings
{
    private const string KindMark = "# fault: ";

    /// <summary>Adds one.</summary>
    public static void Add(string path, Fault fault, byte[] input) =>
        File.AppendAllText(path, $"{KindMark}{fault.Kind}\n{string.Concat(fault.Text.Split('\n').Select(static line => "#   " + line.TrimEnd() + "\n"))}{CorpusText.Line(input)}\n");

    /// <summary>The kinds of all; none where there is no file.</summary>
    public static IEnumerable<string> Kinds(string path) => File.Exists(path)
        ? File.ReadLines(path).Where(static line => line.StartsWith(KindMark, StringComparison.Ordinal)).Select(static line => line[KindMark.Length..])
        : [];
}
