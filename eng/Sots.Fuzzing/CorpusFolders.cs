namespace Sots.Fuzzing;

/// <summary>Where the inputs of targets lie.</summary>
/// <param name="Committed">The folder with a folder for each target, kept with the code.</param>
/// <param name="Work">A folder for what a run finds.</param>
internal sealed record CorpusFolders(string Committed, string Work)
{
    /// <summary>Small, distilled, replayed by the tests.</summary>
    public string CorpusOf(string target) => Path.Combine(Committed, target, "corpus.txt");

    /// <summary>Inputs that broke something once; replayed by the tests, never removed. A comment before each says what.</summary>
    public string RegressionsOf(string target) => Path.Combine(Committed, target, "regressions.txt");

    /// <summary>Everything interesting that runs here came across.</summary>
    public string FoundBy(string target) => Path.Combine(Work, target, "corpus.txt");

    /// <summary>What broke something in runs here, smallest form, with the error as a comment.</summary>
    public string FindingsOf(string target) => Path.Combine(Work, target, "findings.txt");

    /// <summary>What a target starts from: its seeds and all inputs known.</summary>
    public IEnumerable<byte[]> InputsOf(FuzzTarget target) =>
    [
        .. target.Seeds,
        .. CorpusText.Read(CorpusOf(target.Name)),
        .. CorpusText.Read(RegressionsOf(target.Name)),
        .. CorpusText.Read(FoundBy(target.Name)),
    ];
}
