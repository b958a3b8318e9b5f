using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Sots.Backup.Retention;
using Sots.Restic.Trees;

namespace Sots.Fuzzing.Targets;

/// <summary>Times as text, times as numbers, and the calendar of retention. The input is text, or 14 bytes of numbers.</summary>
internal sealed class NodeTimeTarget : FuzzTarget
{
    private const int NumbersLength = 14;

    /// <inheritdoc/>
    public override string Name => "node-time";

    /// <inheritdoc/>
    public override string About => "times: text and value come back from each other, the runtime reads the same instant, every calendar bucket exists";

    /// <inheritdoc/>
    public override int MaxLength => 64;

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds =>
    [
        .. Utf8("2024-02-29T23:59:59.123456789+01:00", "0001-01-01T00:00:00Z", "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999999-23:59", "1969-12-31T23:59:59.5-00:44"),
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 60, 0],
        [0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0],
    ];

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => Utf8("Z", "+00:00", "-00:01", ".000000001", "0000-02-29", "1900-02-29", "23:59:60", "24:00:00", "T");

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        NodeTime time = input.Length != NumbersLength ? default
            : new(BinaryPrimitives.ReadInt64LittleEndian(input), BinaryPrimitives.ReadInt32LittleEndian(input[8..]), BinaryPrimitives.ReadInt16LittleEndian(input[12..]));
        if (input.Length == NumbersLength ? !time.IsWritable : !NodeTime.TryParse(input, out time))
        {
            Span<byte> nothing = stackalloc byte[NodeTime.MaxFormattedLength];
            Law.Holds(input.Length != NumbersLength || !time.TryFormat(nothing, out _), "what has no written form is not written");
            return false;
        }

        Span<byte> text = stackalloc byte[NodeTime.MaxFormattedLength];
        Law.Holds(time.TryFormat(text, out int written), "a time has a written form");
        text = text[..written];
        Law.Holds(NodeTime.TryParse(text, out NodeTime again), "a written time is read");
        bool inYears = time.UnixSeconds is > -62_167_000_000 and < 253_402_000_000;
        Law.Holds(!inYears || again == time, "a time comes back from its text");
        if (inYears && time.UnixSeconds > -62_135_000_000)
        {
            Law.Holds(
                DateTimeOffset.TryParse(Encoding.ASCII.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset other) ? other.ToUnixTimeSeconds() == time.UnixSeconds : Math.Abs(time.OffsetMinutes) > 14 * 60,
                "the runtime reads the same instant");
        }

        if (inYears)
        {
            Law.Holds(PolicyCalendar.Month(time) % 100 is >= 1 and <= 12 && PolicyCalendar.Day(time) % 100 is >= 1 and <= 31 && PolicyCalendar.Week(time) % 100 is >= 1 and <= 53 && PolicyCalendar.Hour(time) % 100 is >= 0 and <= 23, "every calendar bucket exists");
            NodeTime before = PolicyCalendar.Before(time, new KeepPeriod(1_000_000, 0, 0, 1), TimeZoneInfo.Utc);
            Law.Holds(before.CompareInstant(time) < 0 && PolicyCalendar.Before(time, default, TimeZoneInfo.Utc) == time, "a span before a time lies before it");
        }

        return true;
    }
}
