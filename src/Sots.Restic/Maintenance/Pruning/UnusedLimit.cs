using System.Globalization;

namespace Sots.Restic.Maintenance.Pruning;

/// <summary>How much unused data a prune may leave: a share of the repository, a number of bytes, or any amount.</summary>
public readonly record struct UnusedLimit
{
    private readonly double _percent;
    private readonly long _bytes;
    private readonly Kind _kind;

    private UnusedLimit(Kind kind, double percent, long bytes) => (_kind, _percent, _bytes) = (kind, percent, bytes);

    private enum Kind
    {
        Bytes,
        Percentage,
        Unlimited,
    }

    /// <summary>5 percent.</summary>
    public static UnusedLimit Default { get; } = Percent(5);

    /// <summary>Any amount: nothing is repacked to save space.</summary>
    public static UnusedLimit Unlimited { get; } = new(Kind.Unlimited, 0, 0);

    /// <summary>A share of the whole repository after the prune, 0 up to but not including 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is none.</exception>
    public static UnusedLimit Percent(double percent) => percent is >= 0 and < 100
        ? new UnusedLimit(Kind.Percentage, percent, 0)
        : throw new ArgumentOutOfRangeException(nameof(percent), percent, "A share is 0 up to, but not including, 100 percent.");

    /// <summary>A number of bytes, 0 or more.</summary>
    public static UnusedLimit Bytes(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return new UnusedLimit(Kind.Bytes, 0, bytes);
    }

    /// <summary>Bytes that may stay unused where so many are used.</summary>
    public long BytesFor(long usedBytes)
    {
        double share = _percent / (100 - _percent) * usedBytes;
        return _kind switch
        {
            Kind.Bytes => _bytes,
            Kind.Unlimited => long.MaxValue,
            _ => share < long.MaxValue ? (long)share : long.MaxValue,
        };
    }

    /// <summary>As it is written on a command line: <c>5%</c>, <c>1000</c>, <c>unlimited</c>.</summary>
    public override string ToString() => _kind switch
    {
        Kind.Bytes => _bytes.ToString(CultureInfo.InvariantCulture),
        Kind.Percentage => _percent.ToString("0.##", CultureInfo.InvariantCulture) + "%",
        _ => "unlimited",
    };
}
