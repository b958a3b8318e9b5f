using System.Globalization;
using Sots.Unreal.Histories;

namespace Sots.Cli.Output;

/// <summary>What a history says of one version, in lines for people.</summary>
internal static class HistoryText
{
    private const int NamesShown = 5, ObjectsShown = 3, TagsShown = 8, LongestValue = 80;

    /// <summary>Health in a word, with two blanks before it; empty where nothing is known.</summary>
    public static string Health(HistoryVersion version) =>
        version.Problem is not null ? "  cannot be read"
        : version.Details is not { } details ? ""
        : details.Findings.FirstOrDefault(static finding => finding.IsDamage) is { Message: { } damage } ? $"  DAMAGED: {damage}"
        : details.Findings.Count > 0 ? $"  {details.Findings[0].Message}"
        : "  healthy";

    /// <summary>The lines below the heading.</summary>
    public static IEnumerable<string> Lines(HistoryVersion version, TimeZoneInfo zone)
    {
        if (version.Problem is { } problem)
        {
            yield return problem;
        }

        if (version.MovedFrom is { } from)
        {
            yield return $"moved here, unchanged, from {from}";
        }
        else if (version.SameAs is { } same)
        {
            yield return $"the same bytes as in {same.First.Id.Value.ToShortString()} of {Times.Local(same.First.Snapshot.Time, zone)}";
        }

        if (version is { Change: { } change, MovedFrom: null })
        {
            foreach (string line in Lines(change))
            {
                yield return line;
            }
        }

        if (version.Snapshots > 1)
        {
            string until = Times.Local(version.Last.Snapshot.Time, zone);
            yield return version.IsDeletion
                ? string.Create(CultureInfo.InvariantCulture, $"not there in {version.Snapshots} snapshots, until {until}")
                : string.Create(CultureInfo.InvariantCulture, $"the same in {version.Snapshots} snapshots, until {until}");
        }
    }

    /// <summary>What changed inside.</summary>
    public static IEnumerable<string> Lines(AssetChange change)
    {
        if (change.IsEmpty)
        {
            yield return "the same objects, dependencies and tags: only values inside differ";
            yield break;
        }

        if (change.ObjectsAdded.Count > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"+{change.ObjectsAdded.Count} {Objects(change.ObjectsAdded)}");
        }

        if (change.ObjectsRemoved.Count > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"-{change.ObjectsRemoved.Count} {Objects(change.ObjectsRemoved)}");
        }

        foreach ((string title, IReadOnlyList<string> names) in new (string, IReadOnlyList<string>)[]
                 {
                     ("new dependency", change.DependenciesAdded), ("no longer needs", change.DependenciesRemoved),
                     ("now refers to", change.SoftDependenciesAdded), ("no longer refers to", change.SoftDependenciesRemoved),
                 })
        {
            if (names.Count > 0)
            {
                yield return $"{title}: {Names(names)}";
            }
        }

        TagChange[] shown = [.. change.Tags.Where(static tag => IsPlain(tag.Before) && IsPlain(tag.After)).Take(TagsShown)];
        foreach (TagChange tag in shown)
        {
            yield return $"{tag.Key}: {Value(tag.Before)} -> {Value(tag.After)}";
        }

        string[] others = [.. change.Tags.Except(shown).Select(static tag => tag.Key)];
        if (others.Length > 0)
        {
            yield return $"{(shown.Length > 0 ? "other " : "")}tags that differ: {Names(others)}";
        }
    }

    /// <summary>A few by their names, many by their classes: forty nodes of a graph are no news one by one.</summary>
    private static string Objects(IReadOnlyList<AssetObject> objects) => objects.Count == 1
        ? "object: " + Named(objects[0])
        : "objects: " + (objects.Count <= ObjectsShown
            ? Names([.. objects.Select(Named)])
            : Names([.. objects.GroupBy(static at => at.Class).OrderByDescending(static group => group.Count()).Select(static group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {group.Key}"))]));

    private static string Named(AssetObject at) => $"{at.Path[(at.Path.LastIndexOf('.') + 1)..]} ({at.Class})";

    private static string Names(IReadOnlyList<string> names) => string.Join(", ", names.Take(NamesShown))
        + (names.Count > NamesShown ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - NamesShown} more") : "");

    private static bool IsPlain(string? value) => value is null || (value.Length <= LongestValue && !value.Any(char.IsControl));

    private static string Value(string? value) => value is null ? "(none)" : value.Length == 0 ? "(empty)" : value;
}
