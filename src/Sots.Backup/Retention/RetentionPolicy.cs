using Sots.Backup.Operations;
using Sots.Restic.Maintenance.Pruning;

namespace Sots.Backup.Retention;

/// <summary>What <c>forget-prune</c> keeps of a project, unless something else was set. The defaults suit a game in development.</summary>
public sealed record RetentionPolicy
{
    /// <summary>Tag of the snapshots that <c>full</c> makes.</summary>
    public const string FullTag = "full";

    /// <summary>Tag that keeps a snapshot by default.</summary>
    public const string DefaultPinnedTag = "pinned";

    /// <summary>The rules; default the last 10, 14 daily, 8 weekly, 12 monthly, 5 yearly.</summary>
    public KeepPolicy Keep { get; init; } = new() { Last = 10, Daily = 14, Weekly = 8, Monthly = 12, Yearly = 5 };

    /// <summary>Tags that keep a snapshot whatever the rules say; default <c>full</c> and <c>pinned</c>.</summary>
    public IReadOnlyList<string> PinnedTags { get; init; } = [FullTag, DefaultPinnedTag];

    /// <summary>So many of the newest are kept whatever the rules say; default 3.</summary>
    public int KeepNewest { get; init; } = 3;

    /// <summary>
    /// So many of the newest safety snapshots (tag <c>before-restore</c>) are kept whatever the rules say; default 3. They are thinned by the
    /// same rules as the others, in groups of their own: a week of restores must not push a week of work out.
    /// </summary>
    public int KeepNewestSafety { get; init; } = 3;

    /// <summary>What snapshots of the project are grouped by; default by host: two machines do not count against each other.</summary>
    public ParentGrouping GroupBy { get; init; } = ParentGrouping.Host;

    /// <summary>How much unused data may stay in the repository; default 5 %.</summary>
    public UnusedLimit MaxUnused { get; init; } = UnusedLimit.Default;

    /// <summary>What the rules do not touch.</summary>
    public SnapshotProtection Protection => new() { Tags = PinnedTags, Newest = KeepNewest };

    /// <summary>What the rules do not touch among safety snapshots.</summary>
    public SnapshotProtection SafetyProtection => new() { Tags = PinnedTags, Newest = KeepNewestSafety };
}
