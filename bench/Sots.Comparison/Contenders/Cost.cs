namespace Sots.Comparison;

/// <summary>What a run cost. Memory is the peak of the resident set.</summary>
internal readonly record struct Cost(double WallSeconds, double CpuSeconds, double MemoryMiB)
{
    /// <summary>The cost of one after the other.</summary>
    public static Cost operator +(Cost a, Cost b) => new(a.WallSeconds + b.WallSeconds, a.CpuSeconds + b.CpuSeconds, Math.Max(a.MemoryMiB, b.MemoryMiB));

    public override string ToString() => $"{WallSeconds:0.00} s, CPU {CpuSeconds:0.00} s, peak {MemoryMiB:0} MiB";
}
