using Sots.Backup.Retention;
using Sots.Cli.Commands;

namespace Sots.Cli.Configuration;

/// <summary>Which snapshots forget-prune keeps. Counts are 0 or more, -1 for all; ages are null where none is set.</summary>
internal sealed record RetentionSettings
{
    /// <summary>The newest so many.</summary>
    public required Setting<int> KeepLast { get; init; }

    /// <summary>The newest of each of the last so many hours.</summary>
    public required Setting<int> KeepHourly { get; init; }

    /// <summary>The same by days.</summary>
    public required Setting<int> KeepDaily { get; init; }

    /// <summary>The same by weeks.</summary>
    public required Setting<int> KeepWeekly { get; init; }

    /// <summary>The same by months.</summary>
    public required Setting<int> KeepMonthly { get; init; }

    /// <summary>The same by years.</summary>
    public required Setting<int> KeepYearly { get; init; }

    /// <summary>Everything this young.</summary>
    public required Setting<KeepPeriod?> KeepWithin { get; init; }

    /// <summary>One an hour of what is this young.</summary>
    public required Setting<KeepPeriod?> KeepWithinHourly { get; init; }

    /// <summary>One a day.</summary>
    public required Setting<KeepPeriod?> KeepWithinDaily { get; init; }

    /// <summary>One a week.</summary>
    public required Setting<KeepPeriod?> KeepWithinWeekly { get; init; }

    /// <summary>One a month.</summary>
    public required Setting<KeepPeriod?> KeepWithinMonthly { get; init; }

    /// <summary>One a year.</summary>
    public required Setting<KeepPeriod?> KeepWithinYearly { get; init; }

    /// <summary>The policy keeps what has any of these tags.</summary>
    public required Setting<IReadOnlyList<string>> KeepTags { get; init; }

    /// <summary>Never removed, whatever the policy says.</summary>
    public required Setting<IReadOnlyList<string>> PinnedTags { get; init; }

    /// <summary>The newest so many are never removed, 1 or more.</summary>
    public required Setting<int> NeverRemoveNewest { get; init; }

    /// <summary>Unused space that may stay, as prune's --max-unused takes it: a percentage, a size, or "unlimited".</summary>
    public required Setting<string> MaxUnused { get; init; }

    /// <summary>What is in force.</summary>
    public static RetentionSettings Of(ConfigValues values) => new()
    {
        KeepLast = values.Get(ConfigKeys.KeepLast),
        KeepHourly = values.Get(ConfigKeys.KeepHourly),
        KeepDaily = values.Get(ConfigKeys.KeepDaily),
        KeepWeekly = values.Get(ConfigKeys.KeepWeekly),
        KeepMonthly = values.Get(ConfigKeys.KeepMonthly),
        KeepYearly = values.Get(ConfigKeys.KeepYearly),
        KeepWithin = values.Get(ConfigKeys.KeepWithin),
        KeepWithinHourly = values.Get(ConfigKeys.KeepWithinHourly),
        KeepWithinDaily = values.Get(ConfigKeys.KeepWithinDaily),
        KeepWithinWeekly = values.Get(ConfigKeys.KeepWithinWeekly),
        KeepWithinMonthly = values.Get(ConfigKeys.KeepWithinMonthly),
        KeepWithinYearly = values.Get(ConfigKeys.KeepWithinYearly),
        KeepTags = values.Get(ConfigKeys.KeepTags),
        PinnedTags = values.Get(ConfigKeys.PinnedTags),
        NeverRemoveNewest = values.Get(ConfigKeys.NeverRemoveNewest),
        MaxUnused = values.Get(ConfigKeys.MaxUnused),
    };

    /// <summary>The same as a policy, without where each value comes from.</summary>
    public RetentionPolicy ToPolicy() => new()
    {
        Keep = new KeepPolicy
        {
            Last = KeepLast.Value,
            Hourly = KeepHourly.Value,
            Daily = KeepDaily.Value,
            Weekly = KeepWeekly.Value,
            Monthly = KeepMonthly.Value,
            Yearly = KeepYearly.Value,
            Within = KeepWithin.Value ?? default,
            WithinHourly = KeepWithinHourly.Value ?? default,
            WithinDaily = KeepWithinDaily.Value ?? default,
            WithinWeekly = KeepWithinWeekly.Value ?? default,
            WithinMonthly = KeepWithinMonthly.Value ?? default,
            WithinYearly = KeepWithinYearly.Value ?? default,
            Tags = [.. KeepTags.Value.Select(tag => (IReadOnlyList<string>)[tag])],
        },
        PinnedTags = PinnedTags.Value,
        KeepNewest = NeverRemoveNewest.Value,
        MaxUnused = PruneFlags.LimitOf(MaxUnused.Value),
    };
}
