using Sots.Unreal.Assets;

namespace Sots.Unreal.Histories;

/// <summary>A tag that is not the same in two versions.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Before">What it was; null where it is new.</param>
/// <param name="After">What it is; null where it is gone.</param>
public readonly record struct TagChange(string Key, string? Before, string? After);

/// <summary>
/// What differs between two versions of a package, as far as its header tells: what an object holds is not compared, only which objects there
/// are. Immutable.
/// </summary>
public sealed record AssetChange
{
    /// <summary>Objects that are new.</summary>
    public IReadOnlyList<AssetObject> ObjectsAdded { get; private init; } = [];

    /// <summary>Objects that are gone.</summary>
    public IReadOnlyList<AssetObject> ObjectsRemoved { get; private init; } = [];

    /// <summary>Packages that it needs now.</summary>
    public IReadOnlyList<string> DependenciesAdded { get; private init; } = [];

    /// <summary>Packages that it needs no more.</summary>
    public IReadOnlyList<string> DependenciesRemoved { get; private init; } = [];

    /// <summary>Packages that it names now, without needing them.</summary>
    public IReadOnlyList<string> SoftDependenciesAdded { get; private init; } = [];

    /// <summary>Packages that it names no more.</summary>
    public IReadOnlyList<string> SoftDependenciesRemoved { get; private init; } = [];

    /// <summary>Tags that differ.</summary>
    public IReadOnlyList<TagChange> Tags { get; private init; } = [];

    /// <summary>Whether nothing of all that differs, so that only values inside the objects do.</summary>
    public bool IsEmpty => ObjectsAdded.Count == 0 && ObjectsRemoved.Count == 0 && DependenciesAdded.Count == 0 && DependenciesRemoved.Count == 0
        && SoftDependenciesAdded.Count == 0 && SoftDependenciesRemoved.Count == 0 && Tags.Count == 0;

    /// <summary>Compares two versions; null where one of them could not be read.</summary>
    public static AssetChange? Between(AssetDetails before, AssetDetails after)
    {
        if (before.Facts.Fault is not null || after.Facts.Fault is not null)
        {
            return null;
        }

        AssetFacts one = before.Facts, other = after.Facts;
        return new AssetChange
        {
            ObjectsAdded = Missing(after.Objects, before.Objects, EqualityComparer<AssetObject>.Default),
            ObjectsRemoved = Missing(before.Objects, after.Objects, EqualityComparer<AssetObject>.Default),
            DependenciesAdded = Missing(other.HardDependencies, one.HardDependencies, StringComparer.OrdinalIgnoreCase),
            DependenciesRemoved = Missing(one.HardDependencies, other.HardDependencies, StringComparer.OrdinalIgnoreCase),
            SoftDependenciesAdded = Missing(other.SoftDependencies, one.SoftDependencies, StringComparer.OrdinalIgnoreCase),
            SoftDependenciesRemoved = Missing(one.SoftDependencies, other.SoftDependencies, StringComparer.OrdinalIgnoreCase),
            Tags = TagsOf(before.Tags, after.Tags),
        };
    }

    /// <summary>Those of a list that another list has not, or has not as often.</summary>
    private static List<T> Missing<T>(IReadOnlyList<T> from, IReadOnlyList<T> other, IEqualityComparer<T> comparer)
        where T : notnull
    {
        Dictionary<T, int> counts = new(comparer);
        foreach (T item in other)
        {
            counts[item] = counts.GetValueOrDefault(item) + 1;
        }

        List<T> missing = [];
        foreach (T item in from)
        {
            if (counts.GetValueOrDefault(item) is > 0 and int count)
            {
                counts[item] = count - 1;
            }
            else
            {
                missing.Add(item);
            }
        }

        return missing;
    }

    private static List<TagChange> TagsOf(IReadOnlyList<KeyValuePair<string, string>> before, IReadOnlyList<KeyValuePair<string, string>> after)
    {
        Dictionary<string, string> old = new(StringComparer.Ordinal);
        foreach ((string key, string value) in before)
        {
            old.TryAdd(key, value);
        }

        List<TagChange> changes = [];
        HashSet<string> met = new(StringComparer.Ordinal);
        foreach ((string key, string value) in after)
        {
            string? was = old.GetValueOrDefault(key);
            if (met.Add(key) && was != value)
            {
                changes.Add(new TagChange(key, was, value));
            }
        }

        changes.AddRange(old.Where(tag => !met.Contains(tag.Key)).Select(static tag => new TagChange(tag.Key, tag.Value, null)));
        return changes;
    }
}
