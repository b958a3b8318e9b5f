namespace Sots.Cli.Output;

/// <summary>How talkative text output is. What restic has speaks as restic does; our own commands may do better.</summary>
/// <param name="Milestones">Where there is no terminal: a line now and then, so that a log of somebody else's shows that it goes on.</param>
/// <param name="MaxProblems">Problems that are shown one by one; the rest is in the log.</param>
internal sealed record TextStyle(bool Milestones, long MaxProblems)
{
    /// <summary>For commands that restic has.</summary>
    public static TextStyle OfRestic { get; } = new(Milestones: false, long.MaxValue);

    /// <summary>For commands of our own.</summary>
    public static TextStyle Own { get; } = new(Milestones: true, 100);
}
