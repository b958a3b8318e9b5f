namespace Sots.Unreal.Changes;

/// <summary>Sums of lengths that anybody may have written into a snapshot: what is too large for a number stays at the largest.</summary>
internal static class BytesSum
{
    /// <summary>How much longer one length is than another.</summary>
    public static long Difference(ulong after, ulong before) => Bounded((Int128)after - before);

    /// <summary>A sum.</summary>
    public static long Add(long one, long other) => Bounded((Int128)one + other);

    // Not the smallest number of all: it has no opposite.
    private static long Bounded(Int128 value) => (long)Int128.Clamp(value, -long.MaxValue, long.MaxValue);
}
