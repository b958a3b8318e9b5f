namespace Sots.Interop.Tests.DropIn;

/// <summary>What a program wrote and how it ended.</summary>
/// <param name="Code">Exit code.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Outcome(int Code, string Out, string Error)
{
    /// <summary>Lines of standard output that say something.</summary>
    public string[] OutLines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Lines of standard error that say something.</summary>
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>What restic and this program did with the same command.</summary>
internal sealed record Pair(Outcome Theirs, Outcome Ours)
{
    /// <summary>The same words on both streams but for what differs from run to run, and the same exit code.</summary>
    public Pair AssertSame(int code = 0)
    {
        Assert.Equal(Masking.Of(Theirs.Out), Masking.Of(Ours.Out));
        Assert.Equal(Masking.Of(Theirs.Error), Masking.Of(Ours.Error));
        return AssertCodes(code);
    }

    /// <summary>The same lines in any order: of what several threads say, the order is chance in both programs.</summary>
    public Pair AssertSameLines()
    {
        Assert.Equal(Sorted(Theirs), Sorted(Ours));
        Assert.Equal(Theirs.Error, Ours.Error);
        return AssertCodes(0);

        static string[] Sorted(Outcome outcome) => [.. Masking.Of(outcome.Out).Split('\n').Order(StringComparer.Ordinal)];
    }

    /// <summary>The same results, and the same first line of the reason; ours has advice below it.</summary>
    public Pair AssertRefused(int code)
    {
        Assert.Equal(Masking.Of(Theirs.Out), Masking.Of(Ours.Out));
        Assert.Equal(Masking.Of(Theirs.ErrorLines[0]), Masking.Of(Ours.ErrorLines[0]));
        return AssertCodes(code);
    }

    /// <summary>Both ended with this code.</summary>
    public Pair AssertCodes(int code)
    {
        Assert.True((code, code) == (Theirs.Code, Ours.Code), $"{Theirs.Code} and {Ours.Code} in place of {code}: {Theirs.Error} and {Ours.Error}");
        return this;
    }
}
