using System.Text.Json.Serialization;
using Sots.Cli.Output;
using Sots.Unreal;

namespace Sots.Cli.Setup;

/// <summary>What of a project would be saved and left out.</summary>
internal sealed class SurveyReport(string project, ProjectSurvey survey) : IReport
{
    /// <inheritdoc/>
    public string ToText() => $"project {project}\n\n{SurveyText.Of(survey)}\n";

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new SurveyMessage(
        project, survey.SavedFiles, survey.SavedBytes, Lines(survey.Saved), survey.LeftOutFiles, survey.LeftOutBytes, Lines(survey.LeftOut), survey.Unreadable));

    private static IReadOnlyList<SurveyLineJson> Lines(IReadOnlyList<SurveyLine> lines) => [.. lines.Select(static line => new SurveyLineJson(line.Name, line.Reason, line.Files, line.Bytes))];
}

/// <summary>What was there and what was made.</summary>
/// <param name="parts">All parts, as they were found.</param>
/// <param name="made">Whether the missing ones were made.</param>
internal sealed class SetupReport(IReadOnlyList<SetupPart> parts, bool made) : IReport
{
    /// <inheritdoc/>
    public string ToText() => made
        ? "Ready. `sots_backup full` makes the first backup."
        : "Everything is set up; nothing was changed. `sots_backup push` saves what changed.";

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new SetupMessage([.. parts.Select(part => new SetupPartJson(part.What, part.Path, made && !part.IsThere))]));
}

/// <summary>A survey. Sizes in bytes.</summary>
internal sealed record SurveyMessage(
    string Project, long SavedFiles, long SavedBytes, IReadOnlyList<SurveyLineJson> Saved, long LeftOutFiles, long LeftOutBytes, IReadOnlyList<SurveyLineJson> LeftOut, long Unreadable)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "survey";
}

/// <summary>One kind of thing in a project.</summary>
internal sealed record SurveyLineJson(string Name, string Reason, long Files, long Bytes);

/// <summary>The parts of a backup.</summary>
internal sealed record SetupMessage(IReadOnlyList<SetupPartJson> Parts)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "setup";
}

/// <summary>One part; made now, or there before.</summary>
internal sealed record SetupPartJson(string What, string Path, bool Made);
