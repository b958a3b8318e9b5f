namespace Sots.Testing.Hostile;

/// <summary>What a check says of a case.</summary>
public enum CheckVerdict
{
    /// <summary>It finds errors.</summary>
    Fails,

    /// <summary>It finds errors when it reads all data, and none otherwise.</summary>
    FailsReadingData,

    /// <summary>There is nothing to find: the repository is as the format wants it, or what is odd is not its business.</summary>
    Clean,

    /// <summary>Other tests say what is right, as of locks that make no sense; here it only has to end.</summary>
    Any,
}

/// <summary>One thing that an attacker may have done to a repository, and what has to come of it.</summary>
/// <param name="Name">Short and unique.</param>
/// <param name="Make">Does it. There is an honest snapshot already.</param>
public sealed record HostileCase(string Name, Func<HostileForge, Task> Make)
{
    /// <summary>What checks say.</summary>
    public CheckVerdict Check { get; init; } = CheckVerdict.Fails;

    /// <summary>
    /// Whether a restore of the newest snapshot ends with code 0. Otherwise it ends with 1 and restores what can be had. Null where other tests
    /// say what is right, as of damaged index files.
    /// </summary>
    public bool? Restores { get; init; } = false;

    /// <summary>Whether the repository can be written to. Without its config, or with one that makes no sense, it cannot.</summary>
    public bool Opens { get; init; } = true;

    /// <summary>What a check has to name: an entry or a file; null where any words will do.</summary>
    public string? Named { get; init; }

    /// <summary>Needs to be root: makes devices.</summary>
    public bool NeedsRoot { get; init; }

    /// <summary>MiB that it may take beyond what every case may: only for what is at the limits of the format on purpose.</summary>
    public int ExtraMiB { get; init; }

    /// <summary>Takes seconds to make or to read: left out of the smallest programme.</summary>
    public bool IsLarge { get; init; }

    /// <summary>Whether a lock is in it that commands wait for.</summary>
    public bool IsWaitedFor { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>All cases.</summary>
public static class HostileCases
{
    /// <summary>In the order of their families.</summary>
    public static IReadOnlyList<HostileCase> All { get; } = [.. HostileTrees.All, .. HostileSizes.All, .. HostileJsonFiles.All, .. HostileStorage.All];
}
