using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;

namespace Sots.Backup.Retention;

/// <summary>A snapshot that is kept, and why.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Reasons">The rules that keep it, in restic's words.</param>
public sealed record KeptSnapshot(SavedSnapshot Snapshot, IReadOnlyList<string> Reasons);

/// <summary>
/// Applies a policy to the snapshots of one group. Source: docs/FORMAT.md, "Forget". Stateless to the outside: one instance, one group.
/// </summary>
internal sealed class PolicyEvaluation
{
    private readonly List<Bucket> _buckets = [];
    private readonly KeepPolicy _policy;
    private readonly NodeTime? _latest;
    private readonly TimeZoneInfo _zone;

    private PolicyEvaluation(KeepPolicy policy, NodeTime? latest, TimeZoneInfo zone)
    {
        _policy = policy;
        _latest = latest;
        _zone = zone;
        (string Name, int Count, KeepPeriod Within, Func<NodeTime, long>? Value)[] rules =
        [
            ("last", policy.Last, default, null),
            ("hourly", policy.Hourly, policy.WithinHourly, PolicyCalendar.Hour),
            ("daily", policy.Daily, policy.WithinDaily, PolicyCalendar.Day),
            ("weekly", policy.Weekly, policy.WithinWeekly, PolicyCalendar.Week),
            ("monthly", policy.Monthly, policy.WithinMonthly, PolicyCalendar.Month),
            ("yearly", policy.Yearly, policy.WithinYearly, PolicyCalendar.Year),
        ];
        foreach ((string name, int count, _, Func<NodeTime, long>? value) in rules)
        {
            _buckets.Add(new Bucket($"{name} snapshot", value, count, since: null));
        }

        foreach ((string name, _, KeepPeriod within, Func<NodeTime, long>? value) in rules)
        {
            if (!within.IsZero)
            {
                _buckets.Add(new Bucket($"{name} within {within}", value, KeepPolicy.Unlimited, Since(within)));
            }
        }
    }

    /// <summary>Sorts snapshots into kept and removed ones, newest first.</summary>
    /// <param name="snapshots">Those of a group, in any order.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="now">Snapshots from later on do not count as the newest.</param>
    /// <param name="zone">The local time zone.</param>
    public static (List<KeptSnapshot> Keep, List<SavedSnapshot> Remove) Apply(
        IEnumerable<SavedSnapshot> snapshots, KeepPolicy policy, NodeTime now, TimeZoneInfo zone)
    {
        List<SavedSnapshot> sorted = [.. snapshots.OrderByDescending(saved => saved.Snapshot.Time, Comparer<NodeTime>.Create((a, b) => a.CompareInstant(b)))];
        NodeTime? latest = sorted.Where(saved => saved.Snapshot.Time.CompareInstant(now) < 0).Select(saved => (NodeTime?)saved.Snapshot.Time).FirstOrDefault();
        PolicyEvaluation evaluation = new(policy, latest, zone);
        List<KeptSnapshot> keep = [];
        List<SavedSnapshot> remove = [];
        for (int i = 0; i < sorted.Count; i++)
        {
            List<string> reasons = evaluation.ReasonsFor(sorted[i].Snapshot, i, isOldest: i == sorted.Count - 1);
            if (reasons.Count > 0)
            {
                keep.Add(new KeptSnapshot(sorted[i], reasons));
            }
            else
            {
                remove.Add(sorted[i]);
            }
        }

        return (keep, remove);
    }

    private List<string> ReasonsFor(Snapshot snapshot, int number, bool isOldest)
    {
        List<string> reasons = [];
        foreach (IReadOnlyList<string> tags in _policy.Tags)
        {
            if (HasTags(snapshot, tags))
            {
                reasons.Add("has tags " + KeepPolicy.TagListText(tags));
            }
        }

        if (!_policy.Within.IsZero && IsAfter(snapshot.Time, Since(_policy.Within)))
        {
            reasons.Add($"within {_policy.Within}");
        }

        foreach (Bucket bucket in _buckets)
        {
            if (bucket.Takes(snapshot.Time, number, isOldest) is { } reason)
            {
                reasons.Add(reason);
            }
        }

        return reasons;
    }

    private static bool HasTags(Snapshot snapshot, IReadOnlyList<string> tags)
    {
        foreach (string tag in tags)
        {
            if (tag.Length == 0 && snapshot.Tags.Count == 0)
            {
                return true;
            }

            if (!snapshot.Tags.Contains(tag, StringComparer.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The instant a span begins that ends with the newest; where all are in the future there is none, and all are within.</summary>
    private NodeTime? Since(KeepPeriod period) => _latest is { } latest ? PolicyCalendar.Before(latest, period, _zone) : null;

    private static bool IsAfter(NodeTime time, NodeTime? since) => since is not { } start || time.CompareInstant(start) > 0;

    /// <summary>One rule: keeps the first snapshot of each stretch of time, while its number lasts. The oldest of all is kept too.</summary>
    private sealed class Bucket(string name, Func<NodeTime, long>? value, int count, NodeTime? since)
    {
        private int _left = count;
        private long? _previous;

        public string? Takes(NodeTime time, int number, bool isOldest)
        {
            if (_left == 0 || !IsAfter(time, since))
            {
                return null;
            }

            long current = value?.Invoke(time) ?? number;
            bool isNew = current != _previous;
            if (!isNew && !isOldest)
            {
                return null;
            }

            _previous = current;
            _left -= _left > 0 ? 1 : 0;
            return isNew ? name : "oldest " + name;
        }
    }
}
