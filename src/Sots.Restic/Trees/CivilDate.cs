namespace Sots.Restic.Trees;

/// <summary>
/// The proleptic Gregorian calendar as arithmetic on day numbers. The runtime's own calendar ends at the years 1 and 9999 and counts
/// ticks of 100 ns; file systems hold instants outside of both.
/// </summary>
/// <param name="Year">Astronomical year: 0 is 1 BC. Any value.</param>
/// <param name="Month">1 to 12.</param>
/// <param name="Day">1 to 31.</param>
public readonly record struct CivilDate(long Year, int Month, int Day)
{
    /// <summary>The calendar repeats itself after so many days: 400 years.</summary>
    public const int DaysPerEra = 146_097;

    /// <summary>Days from 0000-03-01, where this arithmetic starts its years, to 1970-01-01.</summary>
    private const int EpochShift = 719_468;

    /// <summary>The date that lies <paramref name="days"/> after 1970-01-01.</summary>
    public static CivilDate FromDays(long days)
    {
        // Years are counted from March, so that the leap day is the last day of its year and months have a regular pattern.
        long shifted = days + EpochShift;
        long era = FloorDivide(shifted, DaysPerEra);
        int dayOfEra = (int)(shifted - (era * DaysPerEra));
        int yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        int dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        int monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        int day = dayOfYear - (((153 * monthFromMarch) + 2) / 5) + 1;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        return new CivilDate((era * 400) + yearOfEra + (month <= 2 ? 1 : 0), month, day);
    }

    /// <summary>Days from 1970-01-01 to this date. A day beyond the end of its month runs on into the next one.</summary>
    public long ToDays()
    {
        long year = Month <= 2 ? Year - 1 : Year;
        long era = FloorDivide(year, 400);
        int yearOfEra = (int)(year - (era * 400));
        int dayOfYear = (((153 * (Month > 2 ? Month - 3 : Month + 9)) + 2) / 5) + Day - 1;
        int dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * DaysPerEra) + dayOfEra - EpochShift;
    }

    /// <summary>Days of a month, 28 to 31.</summary>
    public static int DaysInMonth(long year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>Division that rounds down, not towards zero.</summary>
    public static long FloorDivide(long dividend, long divisor)
    {
        long quotient = dividend / divisor;
        return dividend % divisor < 0 ? quotient - 1 : quotient;
    }

    /// <summary>What is left by <see cref="FloorDivide"/>: 0 to <paramref name="divisor"/> - 1.</summary>
    public static long FloorRemainder(long dividend, long divisor)
    {
        long remainder = dividend % divisor;
        return remainder < 0 ? remainder + divisor : remainder;
    }
}
