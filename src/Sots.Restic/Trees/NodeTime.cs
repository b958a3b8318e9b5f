namespace Sots.Restic.Trees;

/// <summary>
/// An instant with nanoseconds and the offset from UTC it is written with. The offset is part of the written form, hence of a tree's id,
/// but not of the instant.
/// </summary>
/// <param name="UnixSeconds">Whole seconds since 1970-01-01T00:00:00Z, rounded down; negative before.</param>
/// <param name="Nanoseconds">0 to 999,999,999, always counted forward from <paramref name="UnixSeconds"/>.</param>
/// <param name="OffsetMinutes">Offset from UTC in minutes, east positive.</param>
public readonly partial record struct NodeTime(long UnixSeconds, int Nanoseconds, short OffsetMinutes)
{
    /// <summary>Same instant, whatever the offset.</summary>
    public bool IsSameInstant(NodeTime other) => UnixSeconds == other.UnixSeconds && Nanoseconds == other.Nanoseconds;

    /// <summary>Order of the instants.</summary>
    public int CompareInstant(NodeTime other) =>
        UnixSeconds != other.UnixSeconds ? UnixSeconds.CompareTo(other.UnixSeconds) : Nanoseconds.CompareTo(other.Nanoseconds);
}
