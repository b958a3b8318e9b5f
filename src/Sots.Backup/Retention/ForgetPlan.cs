using Sots.Backup.Operations;
using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Backup.Retention;

/// <summary>A group of snapshots and what becomes of them; both lists newest first.</summary>
/// <param name="Key">What they have in common.</param>
/// <param name="Keep">Kept, and why.</param>
/// <param name="Remove">Removed.</param>
public sealed record ForgetGroup(GroupKey Key, IReadOnlyList<KeptSnapshot> Keep, IReadOnlyList<SavedSnapshot> Remove);

/// <summary>What a policy is applied with.</summary>
public sealed record ForgetOptions
{
    /// <summary>The policy of each group.</summary>
    public required KeepPolicy Policy { get; init; }

    /// <summary>What makes a group; default host and paths.</summary>
    public ParentGrouping GroupBy { get; init; } = ParentGrouping.Host | ParentGrouping.Paths;

    /// <summary>Snapshots that are kept beside the policy; by default none.</summary>
    public SnapshotProtection Protection { get; init; } = SnapshotProtection.None;

    /// <summary>
    /// Where set, safety snapshots make groups of their own, to which the policy is applied with this protection: they do not count among
    /// the others, and others not among them. Null, the default, to treat them like all others, as restic does.
    /// </summary>
    public SnapshotProtection? SafetyProtection { get; init; }

    /// <summary>Whether a group may lose all its snapshots. Default false.</summary>
    public bool AllowRemoveAll { get; init; }

    /// <summary>Clock and local time zone; default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>What a policy keeps and removes, to be shown before it is done. Immutable.</summary>
/// <param name="Groups">The groups, sorted by host, paths and tags.</param>
public sealed record ForgetPlan(IReadOnlyList<ForgetGroup> Groups)
{
    /// <summary>The snapshots that go.</summary>
    public IReadOnlyList<SnapshotId> Removed { get; } = [.. Groups.SelectMany(group => group.Remove).Select(saved => saved.Id)];

    /// <summary>Applies a policy to snapshots, group by group. Nothing is removed by this.</summary>
    /// <exception cref="RepositoryException">InvalidRequest: a group would lose all its snapshots, and that is not allowed.</exception>
    public static ForgetPlan Make(IEnumerable<SavedSnapshot> snapshots, ForgetOptions options)
    {
        DateTimeOffset now = options.Time.GetUtcNow();
        NodeTime instant = new(now.ToUnixTimeSeconds(), (int)(now.UtcTicks % TimeSpan.TicksPerSecond * 100), 0);
        List<ForgetGroup> groups = [];
        foreach (IGrouping<bool, SavedSnapshot> kind in snapshots.GroupBy(saved => options.SafetyProtection is not null && SafetyTags.IsSafety(saved.Snapshot)))
        {
            bool isSafety = kind.Key;
            SnapshotProtection protection = isSafety ? options.SafetyProtection! : options.Protection;
            foreach ((GroupKey key, IReadOnlyList<SavedSnapshot> members) in SnapshotGroups.Of(kind, options.GroupBy))
            {
                (List<KeptSnapshot> keep, List<SavedSnapshot> remove) = PolicyEvaluation.Apply(members, options.Policy, instant, options.Time.LocalTimeZone);
                ForgetGroup group = protection.Apply(new ForgetGroup(isSafety ? key with { Tags = [SafetyTags.Mark] } : key, keep, remove));
                if (group.Keep.Count == 0 && !isSafety && !options.AllowRemoveAll)
                {
                    throw new RepositoryException(
                        RepositoryErrorKind.InvalidRequest, $"refusing to delete last snapshot of snapshot group \"{key}\"",
                        "Nothing was removed. Let the policy keep at least one snapshot of each group, or choose groups with --host, --tag and --path.");
                }

                groups.Add(group);
            }
        }

        return new ForgetPlan([.. groups.OrderBy(group => group.Key.ToString(), StringComparer.Ordinal)]);
    }
}
