using Sots.Fuzzing.Driving;

namespace Sots.Fuzzing.Tests;

/// <summary>Everything that fuzzing found worth keeping, run again in the code as it is built.</summary>
public sealed class ReplayTests
{
    private static readonly CorpusFolders Folders = new(Path.Combine(AppContext.BaseDirectory, "Corpus"), Path.Combine(AppContext.BaseDirectory, "none"));

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(static target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void No_input_that_is_known_breaks_its_decoder(string name)
    {
        FuzzTarget target = FuzzTargets.All.Single(target => target.Name == name);
        Assert.NotEmpty(CorpusText.Read(Folders.CorpusOf(name)));
        byte[][] inputs = [.. Folders.InputsOf(target)];
        Execution execution = new(target, coverage: null);
        Assert.Empty(inputs.Select(input => (Line: CorpusText.Line(input), execution.Run(input).Fault)).Where(static run => run.Fault is not null).Select(static run => $"{run.Line}\n{run.Fault!.Text}"));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_target_reaches_both_ends_of_its_decoder(string name)
    {
        FuzzTarget target = FuzzTargets.All.Single(target => target.Name == name);
        bool[] taken = [.. Folders.InputsOf(target).Select(input => target.Run(input))];
        Assert.Contains(true, taken);
        Assert.Contains(false, taken);
    }

    [Fact]
    public void Every_corpus_belongs_to_a_target() => Assert.Equal(
        FuzzTargets.All.Select(static target => target.Name).Order(StringComparer.Ordinal),
        Directory.EnumerateDirectories(Folders.Committed).Select(static folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal));

    [Fact]
    public void The_corpora_stay_small() => Assert.InRange(Directory.EnumerateFiles(Folders.Committed, "*", SearchOption.AllDirectories).Sum(static file => new FileInfo(file).Length), 1, 1536 << 10);
}
