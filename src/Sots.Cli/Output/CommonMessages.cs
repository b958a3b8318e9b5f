using System.Text.Json.Serialization;
using Sots.Cli.Configuration;

namespace Sots.Cli.Output;

/// <summary>Why the program ends with a code other than 0: the last line on the error stream.</summary>
internal sealed record ExitErrorMessage(int Code, string Message)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "exit_error";
}

/// <summary>A repository was made.</summary>
internal sealed record InitializedMessage(string Id, string Repository)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "initialized";
}

/// <summary>Which program this is. The names are restic's: what it was built with, for which system.</summary>
internal sealed record VersionMessage(string Version, string GoVersion, string GoOs, string GoArch)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "version";
}

/// <summary>Locks were removed.</summary>
internal sealed record UnlockedMessage(int RemovedLocks)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "summary";
}

/// <summary>What is in force for a project, and where each value comes from.</summary>
internal sealed record ConfigMessage(string? File, IReadOnlyList<ConfigLine> Values)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "config";
}

/// <summary>Tasks were put into an editor's file.</summary>
internal sealed record EditorTasksMessage(string Path, bool Changed, IReadOnlyList<string> Added, IReadOnlyList<string> Updated)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "editor_tasks";
}

/// <summary>The text of a problem.</summary>
internal sealed record ErrorText(string Message);

/// <summary>A problem with one entry of a backup or restore.</summary>
internal sealed record OperationErrorMessage(ErrorText Error, string During, string Item)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "error";
}

/// <summary>A finding of a check, and every other warning.</summary>
internal sealed record CheckErrorMessage(string Message)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "error";
}

/// <summary>The end of a check. Empty <paramref name="BrokenPacks"/> are written as null.</summary>
internal sealed record CheckSummaryMessage(long NumErrors, IReadOnlyList<string>? BrokenPacks, bool SuggestRepairIndex, bool SuggestPrune)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "summary";
}
