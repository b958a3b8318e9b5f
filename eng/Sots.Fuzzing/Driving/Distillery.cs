namespace Sots.Fuzzing.Driving;

/// <summary>Makes the committed corpus of a target: the shortest inputs that together take every branch any known input takes.</summary>
internal static class Distillery
{
    /// <summary>Largest corpus that is written, in bytes: the repository is no place for more.</summary>
    private const int MaxBytes = 64 << 10;

    /// <summary>Runs all known inputs, short ones first, and writes those that show a new branch.</summary>
    public static void Distil(FuzzTarget target, CorpusFolders folders, CoverageMap coverage)
    {
        Execution execution = new(target, coverage);
        List<string> kept = [];
        int bytes = 0;

        // Once beforehand: what only the first run of some code does belongs to no input.
        byte[][] inputs = [.. folders.InputsOf(target).Where(input => input.Length <= target.MaxLength).OrderBy(static input => input.Length).ThenBy(static input => CorpusText.Line(input), StringComparer.Ordinal)];
        foreach (byte[] input in inputs.Take(1000))
        {
            execution.Run(input);
        }

        foreach (byte[] input in inputs)
        {
            Outcome outcome = execution.Run(input);
            string line = CorpusText.Line(input);
            if (coverage.Learn() == Novelty.Edge && outcome.Fault is null && bytes + line.Length < MaxBytes)
            {
                kept.Add(line);
                bytes += line.Length + 1;
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(folders.CorpusOf(target.Name))!);
        File.WriteAllText(folders.CorpusOf(target.Name), string.Concat(kept.Select(static line => line + "\n")));
        Console.WriteLine($"{target.Name}: {kept.Count} of {inputs.Length} inputs, {bytes} bytes, {coverage.Edges} edges");
    }
}
