using Sots.Backup.Comparing;

namespace Sots.Cli.Output;

/// <summary>One entry that differs.</summary>
internal sealed record DifferenceMessage(string Path, string Modifier)
{
    [System.Text.Json.Serialization.JsonPropertyOrder(-1)]
    public string MessageType { get; } = "change";
}

/// <summary>End of a comparison.</summary>
internal sealed record DifferenceStatisticsMessage
{
    /// <summary>Takes the counts.</summary>
    internal DifferenceStatisticsMessage(string before, string after, DifferenceStatistics statistics)
    {
        SourceSnapshot = before;
        TargetSnapshot = after;
        ChangedFiles = statistics.ChangedFiles;
        Added = new DifferenceSideJson(statistics.Added);
        Removed = new DifferenceSideJson(statistics.Removed);
    }

    public string MessageType { get; } = "statistics";

    public string SourceSnapshot { get; }

    public string TargetSnapshot { get; }

    public long ChangedFiles { get; }

    public DifferenceSideJson Added { get; }

    public DifferenceSideJson Removed { get; }
}

/// <summary>What one side has and the other has not. Bytes before compression.</summary>
internal sealed record DifferenceSideJson
{
    /// <summary>Takes the counts.</summary>
    internal DifferenceSideJson(DifferenceSide side) =>
        (Files, Dirs, Others, DataBlobs, TreeBlobs, Bytes) = (side.Files, side.Folders, side.Others, side.DataBlobs, side.TreeBlobs, side.Bytes);

    public long Files { get; }

    public long Dirs { get; }

    public long Others { get; }

    public long DataBlobs { get; }

    public long TreeBlobs { get; }

    public long Bytes { get; }
}
