using Sots.Restic;

namespace Sots.Unreal.Changes;

/// <summary>How changes are looked up.</summary>
public sealed record ChangesOptions
{
    /// <summary>Folder that paths are told from, with a "/" in front and none behind; empty for the top of the trees.</summary>
    public string Root { get; init; } = "";

    /// <summary>Put in front of every path, with a "/" behind it: what is known of the folders above those that are compared. Empty by default.</summary>
    public string Above { get; init; } = "";

    /// <summary>Paths that count; null for all.</summary>
    public Func<string, bool>? Filter { get; init; }

    /// <summary>
    /// Packages that are read at most for what is in them, beside those that are known already. Where there are more, none is read: half of
    /// a summary by class is no summary. Default: no limit.
    /// </summary>
    public int MostRead { get; init; } = int.MaxValue;

    /// <summary>Actors that changed and are read whole at most, to see whether they were moved; the others only changed. Default: no limit.</summary>
    public int MostPlaces { get; init; } = int.MaxValue;

    /// <summary>Told how many packages are looked into and how many there are; null for nobody. Called from several threads.</summary>
    public Action<long, long>? Progress { get; init; }

    /// <summary>Told what cannot be read, by path; null to end with the error.</summary>
    public Action<string, RepositoryException>? Damaged { get; init; }
}
