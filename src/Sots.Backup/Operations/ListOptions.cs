namespace Sots.Backup.Operations;

/// <summary>What a listing shows. Paths are those of the snapshot, "/"-separated.</summary>
public sealed record ListOptions
{
    /// <summary>Path inside the snapshot that the listing starts from, empty for the root.</summary>
    public string Subpath { get; init; } = "";

    /// <summary>Only what lies in these folders, which start with "/"; empty for everything.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>With <see cref="Folders"/>: also what lies deeper in them.</summary>
    public bool Recursive { get; init; }
}
