namespace Sots.Unreal.Changes;

/// <summary>How many of something changed, and how.</summary>
/// <param name="Added">New ones.</param>
/// <param name="Changed">With other content.</param>
/// <param name="Removed">Gone.</param>
/// <param name="Moved">With another path.</param>
/// <param name="GrowthBytes">How much longer they are together; negative where shorter.</param>
public readonly record struct ChangeCounts(long Added, long Changed, long Removed, long Moved, long GrowthBytes)
{
    /// <summary>All of them.</summary>
    public long Total => Added + Changed + Removed + Moved;

    /// <summary>Counts files.</summary>
    public static ChangeCounts Of(IEnumerable<FileChange> files)
    {
        ChangeCounts counts = default;
        foreach (FileChange file in files)
        {
            counts = counts with
            {
                Added = counts.Added + (file.Kind == ChangeKind.Added ? 1 : 0),
                Changed = counts.Changed + (file.Kind == ChangeKind.Changed ? 1 : 0),
                Removed = counts.Removed + (file.Kind == ChangeKind.Removed ? 1 : 0),
                Moved = counts.Moved + (file.Kind == ChangeKind.Moved ? 1 : 0),
                GrowthBytes = BytesSum.Add(counts.GrowthBytes, file.GrowthBytes),
            };
        }

        return counts;
    }
}

/// <summary>What became of the assets of a class.</summary>
/// <param name="Class">Short name of the class; <see cref="ProjectChanges.Unreadable"/> for packages that cannot be read as such.</param>
/// <param name="Counts">How many.</param>
public sealed record ClassChange(string Class, ChangeCounts Counts);

/// <summary>How much longer the files of a folder, a class or an asset became.</summary>
/// <param name="Name">Its name or path.</param>
/// <param name="Bytes">Bytes.</param>
public sealed record Growth(string Name, long Bytes);

/// <summary>Assets that another engine saved.</summary>
/// <param name="From">Engine before, "5.3".</param>
/// <param name="To">Engine now.</param>
/// <param name="Packages">How many packages.</param>
public sealed record EngineChange(string From, string To, long Packages);
