using System.Text.Json;
using System.Text.Json.Serialization;
using Sots.Restic;
using Sots.Unreal.Health;
using Sots.Unreal.Histories;

namespace Sots.Cli.Output;

/// <summary>The histories that a word means.</summary>
internal sealed record HistoryMessage
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "history";

    public required string Word { get; init; }

    public required IReadOnlyList<HistoryJson> Assets { get; init; }

    /// <summary>Folder with the page of pictures; only where one was made.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Page { get; init; }
}

/// <summary>The history of one file in the snapshots of one project, the newest version first.</summary>
internal sealed record HistoryJson
{
    public required string Host { get; init; }

    public required IReadOnlyList<string> Paths { get; init; }

    public required string Path { get; init; }

    public required string Class { get; init; }

    public required string Label { get; init; }

    public required string PackageName { get; init; }

    /// <summary>How many snapshots of the project there are.</summary>
    public required int Snapshots { get; init; }

    public required IReadOnlyList<HistoryVersionJson> Versions { get; init; }
}

/// <summary>A version, or a run of snapshots in which the file was not there.</summary>
internal sealed record HistoryVersionJson
{
    /// <summary>version or deleted.</summary>
    public required string State { get; init; }

    public required string Path { get; init; }

    public required string Snapshot { get; init; }

    public required string Time { get; init; }

    public required string LastSnapshot { get; init; }

    public required string LastTime { get; init; }

    public required int Snapshots { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ulong? Size { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Mtime { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Engine { get; init; }

    /// <summary>healthy, damaged or unreadable; absent for what is no package.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Health { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FindingJson>? Findings { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MovedFrom { get; init; }

    /// <summary>First snapshot of an earlier version with the same bytes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SameAs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VersionChangeJson? Change { get; init; }

    /// <summary>File of the picture; only where pictures were asked for and it has one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Thumbnail { get; init; }

    /// <summary>Brings this version back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Restore { get; init; }
}

/// <summary>Something that was noticed about a package.</summary>
internal sealed record FindingJson(string Cause, string Message)
{
    /// <summary>Takes a finding.</summary>
    internal FindingJson(PackageFinding finding)
        : this(JsonNamingPolicy.SnakeCaseLower.ConvertName(finding.Cause.ToString()), finding.Message)
    {
    }
}

/// <summary>What changed inside a package.</summary>
internal sealed record VersionChangeJson
{
    /// <summary>Takes a change.</summary>
    internal VersionChangeJson(AssetChange change)
    {
        ObjectsAdded = [.. change.ObjectsAdded.Select(static at => new AssetObjectJson(at.Path, at.Class))];
        ObjectsRemoved = [.. change.ObjectsRemoved.Select(static at => new AssetObjectJson(at.Path, at.Class))];
        DependenciesAdded = change.DependenciesAdded;
        DependenciesRemoved = change.DependenciesRemoved;
        SoftDependenciesAdded = change.SoftDependenciesAdded;
        SoftDependenciesRemoved = change.SoftDependenciesRemoved;
        Tags = [.. change.Tags.Select(static tag => new TagChangeJson(tag.Key, tag.Before, tag.After))];
    }

    public IReadOnlyList<AssetObjectJson> ObjectsAdded { get; }

    public IReadOnlyList<AssetObjectJson> ObjectsRemoved { get; }

    public IReadOnlyList<string> DependenciesAdded { get; }

    public IReadOnlyList<string> DependenciesRemoved { get; }

    public IReadOnlyList<string> SoftDependenciesAdded { get; }

    public IReadOnlyList<string> SoftDependenciesRemoved { get; }

    public IReadOnlyList<TagChangeJson> Tags { get; }
}

/// <summary>An object inside a package.</summary>
internal sealed record AssetObjectJson(string Path, string Class);

/// <summary>A tag that differs; null where it was not or is not there.</summary>
internal sealed record TagChangeJson(string Key, string? Before, string? After);

/// <summary>The files that a word may mean.</summary>
internal sealed record HistoryCandidatesMessage
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "history_candidates";

    public required string Word { get; init; }

    public required IReadOnlyList<HistoryCandidateJson> Candidates { get; init; }
}

/// <summary>A file that a word may mean.</summary>
internal sealed record HistoryCandidateJson(
    string Host, IReadOnlyList<string> Paths, string Path, string Class, string Label, string PackageName, int Snapshots, string LastSnapshot, string LastTime);
