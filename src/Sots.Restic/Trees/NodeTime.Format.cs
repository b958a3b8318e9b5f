using System.Text;

namespace Sots.Restic.Trees;

/// <content>
/// The written form, <c>2024-02-29T23:59:59.123+01:00</c>: RFC 3339 with the fraction's trailing zeros left out. It is part of what a
/// tree's id is made of, so it has to be exact. Source: docs/FORMAT.md, "Times".
/// </content>
public readonly partial record struct NodeTime
{
    /// <summary>The longest written form in bytes: nine fraction digits and an offset.</summary>
    public const int MaxFormattedLength = 35;

    private const int SecondsPerDay = 86_400;

    /// <summary>After so many seconds (400 years) dates and weekdays repeat.</summary>
    internal const long SecondsPerEra = (long)CivilDate.DaysPerEra * SecondsPerDay;

    /// <summary>What the format's reference program takes for "no time": 0001-01-01T00:00:00Z.</summary>
    public static NodeTime None => new(-62_135_596_800, 0, 0);

    /// <summary>False for values that are no time: nanoseconds beyond 0 to 999,999,999, an offset of 24 hours or more.</summary>
    public bool IsWritable => Nanoseconds is >= 0 and <= 999_999_999 && OffsetMinutes is > -1440 and < 1440;

    /// <summary>
    /// Writes the time as ASCII. A year below 0 or above 9999 (by the offset's calendar) becomes 0 or 9999, the rest of the date is
    /// kept; 29 February becomes 1 March where that year has none.
    /// </summary>
    /// <param name="utf8">Where to; <see cref="MaxFormattedLength"/> bytes are always enough.</param>
    /// <param name="written">Bytes written, 0 on failure.</param>
    /// <returns>False if the destination is too short, or the time not <see cref="IsWritable"/>.</returns>
    public bool TryFormat(Span<byte> utf8, out int written)
    {
        written = 0;
        if (utf8.Length < MaxFormattedLength)
        {
            Span<byte> enough = stackalloc byte[MaxFormattedLength];
            if (!TryFormat(enough, out int length) || length > utf8.Length)
            {
                return false;
            }

            enough[..length].CopyTo(utf8);
            written = length;
            return true;
        }

        if (!IsWritable)
        {
            return false;
        }

        // Taken apart by eras first: the offset can then be added without overflow whatever the seconds are.
        long era = CivilDate.FloorDivide(UnixSeconds, SecondsPerEra);
        long local = CivilDate.FloorRemainder(UnixSeconds, SecondsPerEra) + (OffsetMinutes * 60);
        int second = (int)CivilDate.FloorRemainder(local, SecondsPerDay);
        CivilDate date = CivilDate.FromDays(CivilDate.FloorDivide(local, SecondsPerDay));
        date = Clamp(date with { Year = date.Year + (era * 400) });

        Write4(utf8, (int)date.Year);
        utf8[4] = (byte)'-';
        Write2(utf8[5..], date.Month);
        utf8[7] = (byte)'-';
        Write2(utf8[8..], date.Day);
        utf8[10] = (byte)'T';
        Write2(utf8[11..], second / 3600);
        utf8[13] = (byte)':';
        Write2(utf8[14..], second / 60 % 60);
        utf8[16] = (byte)':';
        Write2(utf8[17..], second % 60);
        written = 19 + WriteFraction(utf8[19..], Nanoseconds);
        written += WriteZone(utf8[written..], OffsetMinutes);
        return true;
    }

    /// <summary>
    /// Reads RFC 3339: a year of four digits, one to nine fraction digits or none, <c>Z</c> or an offset below 24 hours. Nothing else:
    /// no small letters, no leap seconds, no comma, no white space.
    /// </summary>
    /// <returns>False if the text is anything else.</returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out NodeTime time)
    {
        time = default;
        if (utf8.Length < 20 || utf8[4] != '-' || utf8[7] != '-' || utf8[10] != 'T' || utf8[13] != ':' || utf8[16] != ':'
            || !TryDigits(utf8[..4], out int year) || !TryDigits(utf8[5..7], out int month) || !TryDigits(utf8[8..10], out int day)
            || !TryDigits(utf8[11..13], out int hour) || !TryDigits(utf8[14..16], out int minute)
            || !TryDigits(utf8[17..19], out int second)
            || month is < 1 or > 12 || day < 1 || day > CivilDate.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59
            || !TryFraction(utf8[19..], out int nanoseconds, out int fractionLength)
            || !TryZone(utf8[(19 + fractionLength)..], out int offset))
        {
            return false;
        }

        long local = (new CivilDate(year, month, day).ToDays() * SecondsPerDay) + (hour * 3600) + (minute * 60) + second;
        time = new NodeTime(local - (offset * 60), nanoseconds, (short)offset);
        return true;
    }

    /// <summary>The written form; a value that has none prints its numbers.</summary>
    public override string ToString()
    {
        Span<byte> utf8 = stackalloc byte[MaxFormattedLength];
        return TryFormat(utf8, out int written)
            ? Encoding.ASCII.GetString(utf8[..written])
            : $"{UnixSeconds} s {Nanoseconds} ns {OffsetMinutes} min";
    }

    private static CivilDate Clamp(CivilDate date)
    {
        if (date.Year is >= 0 and <= 9999)
        {
            return date;
        }

        // By way of the day number, so that 29 February of a year without one becomes 1 March. Year 0 is a leap year itself.
        return CivilDate.FromDays((date with { Year = date.Year < 0 ? 0 : 9999 }).ToDays());
    }

    private static void Write2(Span<byte> utf8, int value)
    {
        utf8[0] = (byte)('0' + (value / 10));
        utf8[1] = (byte)('0' + (value % 10));
    }

    private static void Write4(Span<byte> utf8, int value)
    {
        Write2(utf8, value / 100);
        Write2(utf8[2..], value % 100);
    }

    private static int WriteFraction(Span<byte> utf8, int nanoseconds)
    {
        if (nanoseconds == 0)
        {
            return 0;
        }

        utf8[0] = (byte)'.';
        int length = 1;
        for (int rest = nanoseconds, unit = 100_000_000; rest != 0; unit /= 10)
        {
            utf8[length++] = (byte)('0' + (rest / unit));
            rest %= unit;
        }

        return length;
    }

    private static int WriteZone(Span<byte> utf8, int offset)
    {
        if (offset == 0)
        {
            utf8[0] = (byte)'Z';
            return 1;
        }

        utf8[0] = offset < 0 ? (byte)'-' : (byte)'+';
        int minutes = Math.Abs(offset);
        Write2(utf8[1..], minutes / 60);
        utf8[3] = (byte)':';
        Write2(utf8[4..], minutes % 60);
        return 6;
    }

    private static bool TryDigits(ReadOnlySpan<byte> utf8, out int value)
    {
        value = 0;
        foreach (byte digit in utf8)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + (digit - '0');
        }

        return true;
    }

    private static bool TryFraction(ReadOnlySpan<byte> utf8, out int nanoseconds, out int length)
    {
        nanoseconds = 0;
        length = 0;
        if (utf8.IsEmpty || utf8[0] != '.')
        {
            return true;
        }

        int digits = utf8[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits is < 1 or > 9 || !TryDigits(utf8.Slice(1, digits), out nanoseconds))
        {
            return false;
        }

        for (int i = digits; i < 9; i++)
        {
            nanoseconds *= 10;
        }

        length = 1 + digits;
        return true;
    }

    private static bool TryZone(ReadOnlySpan<byte> utf8, out int offset)
    {
        offset = 0;
        if (utf8.Length == 1)
        {
            return utf8[0] == 'Z';
        }

        if (utf8.Length != 6 || utf8[0] is not ((byte)'+' or (byte)'-') || utf8[3] != ':'
            || !TryDigits(utf8[1..3], out int hours) || !TryDigits(utf8[4..6], out int minutes) || hours > 23 || minutes > 59)
        {
            return false;
        }

        offset = (utf8[0] == '-' ? -1 : 1) * ((hours * 60) + minutes);
        return true;
    }
}
