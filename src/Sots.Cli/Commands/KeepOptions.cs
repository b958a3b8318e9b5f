using System.CommandLine;
using System.Globalization;
using Sots.Backup.Retention;

namespace Sots.Cli.Commands;

/// <summary>The flags that say which snapshots a policy keeps.</summary>
internal sealed class KeepOptions
{
    private readonly Option<string?> _last = Count("--keep-last", "-l", "the last n snapshots");
    private readonly Option<string?> _hourly = Count("--keep-hourly", "-H", "the last snapshot of each of n hours");
    private readonly Option<string?> _daily = Count("--keep-daily", "-d", "the last of each of n days");
    private readonly Option<string?> _weekly = Count("--keep-weekly", "-w", "the last of each of n weeks");
    private readonly Option<string?> _monthly = Count("--keep-monthly", "-m", "the last of each of n months");
    private readonly Option<string?> _yearly = Count("--keep-yearly", "-y", "the last of each of n years");
    private readonly Option<string?> _within = Period("--keep-within", "all");
    private readonly Option<string?> _withinHourly = Period("--keep-within-hourly", "the last of each hour");
    private readonly Option<string?> _withinDaily = Period("--keep-within-daily", "the last of each day");
    private readonly Option<string?> _withinWeekly = Period("--keep-within-weekly", "the last of each week");
    private readonly Option<string?> _withinMonthly = Period("--keep-within-monthly", "the last of each month");
    private readonly Option<string?> _withinYearly = Period("--keep-within-yearly", "the last of each year");
    private readonly Option<string[]> _tags = Symbols.List("--keep-tag", null, "tag[,tag]", "Keep snapshots with all of these tags; '' for those without tags");

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all =
        [
            _last, _hourly, _daily, _weekly, _monthly, _yearly, _within, _withinHourly, _withinDaily, _withinWeekly, _withinMonthly, _withinYearly, _tags,
        ];
        Array.ForEach(all, command.Add);
    }

    /// <summary>Reads the flags.</summary>
    /// <exception cref="UsageException">A value makes no sense.</exception>
    public KeepPolicy Read(ParseResult parse) => new()
    {
        Last = CountOf(parse, _last),
        Hourly = CountOf(parse, _hourly),
        Daily = CountOf(parse, _daily),
        Weekly = CountOf(parse, _weekly),
        Monthly = CountOf(parse, _monthly),
        Yearly = CountOf(parse, _yearly),
        Within = PeriodOf(parse, _within),
        WithinHourly = PeriodOf(parse, _withinHourly),
        WithinDaily = PeriodOf(parse, _withinDaily),
        WithinWeekly = PeriodOf(parse, _withinWeekly),
        WithinMonthly = PeriodOf(parse, _withinMonthly),
        WithinYearly = PeriodOf(parse, _withinYearly),
        Tags = [.. (parse.GetValue(_tags) ?? []).Select(list => list.Split(',', StringSplitOptions.TrimEntries))],
    };

    private static Option<string?> Count(string name, string alias, string what) => Symbols.Text(name, alias, "n", $"Keep {what}, or 'unlimited'");

    private static Option<string?> Period(string name, string what) =>
        Symbols.Text(name, null, "duration", $"Keep {what} up to so long before the newest, such as 1y5m7d2h (m: months)");

    private static int CountOf(ParseResult parse, Option<string?> option) => parse.GetValue(option) switch
    {
        null => 0,
        "unlimited" => KeepPolicy.Unlimited,
        string text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) => count,
        string text => throw new UsageException(
            $"'{text}' is no number for {option.Name}", text.StartsWith('-') ? "Negative values are not allowed; use 'unlimited' instead." : "It is 0 or more, or 'unlimited'."),
    };

    private static KeepPeriod PeriodOf(ParseResult parse, Option<string?> option) => parse.GetValue(option) is not { } text ? default
        : KeepPeriod.TryParse(text, out KeepPeriod period) is { } fault
            ? throw new UsageException($"'{text}' is no duration for {option.Name}: {fault}", "Write it as 1y5m7d2h, with years, months, days and hours.")
            : period;
}
