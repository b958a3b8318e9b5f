using Sots.Restic.Snapshots;

namespace Sots.Backup.Operations;

/// <summary>How much pack data a check reads.</summary>
public enum ReadDataMode
{
    /// <summary>None: structure only.</summary>
    None,

    /// <summary>All packs.</summary>
    All,

    /// <summary>Packs whose first id byte modulo <see cref="ReadDataSubset.Of"/> is <see cref="ReadDataSubset.Part"/> minus 1.</summary>
    Bucket,

    /// <summary>A random share of the packs.</summary>
    Percentage,

    /// <summary>Random packs up to a number of bytes.</summary>
    Size,
}

/// <summary>Which packs a check reads.</summary>
/// <param name="Mode">How they are chosen.</param>
/// <param name="Part">n of n/t, from 1.</param>
/// <param name="Of">t of n/t, 1 to 256.</param>
/// <param name="Percentage">Above 0 to 100.</param>
/// <param name="SizeBytes">Above 0.</param>
public readonly record struct ReadDataSubset(ReadDataMode Mode, int Part = 0, int Of = 0, double Percentage = 0, long SizeBytes = 0);

/// <summary>What a check is asked to do.</summary>
public sealed record CheckOptions
{
    /// <summary>Which pack data to read; default none.</summary>
    public ReadDataSubset ReadData { get; init; }

    /// <summary>Which snapshots to follow, and whose packs to read; default all.</summary>
    public SnapshotFilter Filter { get; init; } = new();
}
