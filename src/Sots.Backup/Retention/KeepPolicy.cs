using System.Globalization;

namespace Sots.Backup.Retention;

/// <summary>Which snapshots of a group are kept: restic's <c>--keep-*</c> flags. What no rule keeps is removed.</summary>
public sealed record KeepPolicy
{
    /// <summary>The number that means all.</summary>
    public const int Unlimited = -1;

    /// <summary>The newest so many; 0 for no such rule, <see cref="Unlimited"/> for all.</summary>
    public int Last { get; init; }

    /// <summary>The newest of each of the last so many hours that have any; 0 for no such rule, <see cref="Unlimited"/> for all.</summary>
    public int Hourly { get; init; }

    /// <summary>The same with days.</summary>
    public int Daily { get; init; }

    /// <summary>The same with weeks, which start on Monday.</summary>
    public int Weekly { get; init; }

    /// <summary>The same with months.</summary>
    public int Monthly { get; init; }

    /// <summary>The same with years.</summary>
    public int Yearly { get; init; }

    /// <summary>All that are not older than this before the newest; zero for no such rule.</summary>
    public KeepPeriod Within { get; init; }

    /// <summary>Of those, the newest of each hour.</summary>
    public KeepPeriod WithinHourly { get; init; }

    /// <summary>Of those, the newest of each day.</summary>
    public KeepPeriod WithinDaily { get; init; }

    /// <summary>Of those, the newest of each week.</summary>
    public KeepPeriod WithinWeekly { get; init; }

    /// <summary>Of those, the newest of each month.</summary>
    public KeepPeriod WithinMonthly { get; init; }

    /// <summary>Of those, the newest of each year.</summary>
    public KeepPeriod WithinYearly { get; init; }

    /// <summary>All that have every tag of one of these lists; a list of one empty tag means those without tags.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Tags { get; init; } = [];

    /// <summary>True where no rule keeps anything.</summary>
    public bool IsEmpty => Tags.Count == 0 && this with { Tags = Empty.Tags } == Empty;

    /// <summary>Keeps nothing.</summary>
    public static KeepPolicy Empty { get; } = new();

    /// <summary>The policy in restic's words: <c>keep 2 latest, 7 daily snapshots and all snapshots with tags [[a, b]]</c>.</summary>
    public override string ToString()
    {
        (int Count, string Name)[] counts =
        [
            (Last, "latest"), (Hourly, "hourly"), (Daily, "daily"), (Weekly, "weekly"), (Monthly, "monthly"), (Yearly, "yearly"),
        ];
        string counted = string.Join(", ", counts.Where(rule => rule.Count != 0)
            .Select(rule => rule.Count < 0 ? "all " + rule.Name : string.Create(CultureInfo.InvariantCulture, $"{rule.Count} {rule.Name}")));
        (KeepPeriod Period, string Name)[] periods =
        [
            (WithinHourly, "hourly"), (WithinDaily, "daily"), (WithinWeekly, "weekly"), (WithinMonthly, "monthly"), (WithinYearly, "yearly"),
        ];
        string within = string.Join(", ", periods.Where(rule => !rule.Period.IsZero).Select(rule => $"{rule.Name} snapshots within {rule.Period}"));
        string ruled = Joined(", ", counted.Length == 0 ? "" : counted + " snapshots", within);
        string tags = Tags.Count == 0 ? "" : $"all snapshots with tags [{string.Join(' ', Tags.Select(TagListText))}]";
        string all = Joined(" and ", ruled, tags, Within.IsZero ? "" : $"all snapshots within {Within} of the newest");
        return all.Length == 0 ? "remove" : "keep " + all;
    }

    /// <summary>A list of tags in restic's words: <c>[a, b]</c>.</summary>
    internal static string TagListText(IReadOnlyList<string> tags) => $"[{string.Join(", ", tags)}]";

    private static string Joined(string separator, params string[] parts) => string.Join(separator, parts.Where(part => part.Length > 0));
}
