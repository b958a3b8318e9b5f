namespace Sots.Cli.Runs;

/// <summary>How long logs are kept and how long they may grow. A log of a run that is still going is never removed.</summary>
internal sealed record RunLogOptions
{
    /// <summary>The defaults.</summary>
    public static RunLogOptions Default { get; } = new();

    /// <summary>Logs kept at most, newest first; at least 1; default 200.</summary>
    public int KeepRuns { get; init; } = 200;

    /// <summary>Days that logs are kept at most; default 180.</summary>
    public double KeepDays { get; init; } = 180;

    /// <summary>Bytes that all logs take at most together; default 500 MiB. The newest is kept whatever it takes.</summary>
    public long KeepBytes { get; init; } = 500L << 20;

    /// <summary>
    /// Bytes of one log at most; default 32 MiB. From half of it on single files are no longer listed, at the whole nothing more but
    /// how the run ends.
    /// </summary>
    public long LongestLogBytes { get; init; } = 32L << 20;

    /// <summary>Runs that the record keeps at most, with or without their logs; default 2,000.</summary>
    public int KeepRecords { get; init; } = 2_000;
}
