using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Sots.Cli.Output;
using Sots.Restic;

namespace Sots.Cli.Assets;

/// <summary>A project went to another engine, and what was done about it.</summary>
/// <param name="change">The change.</param>
/// <param name="pinned">The id that the last snapshot before has, now that it is pinned; null where it is not.</param>
/// <param name="tags">The tags that pin it.</param>
/// <param name="command">What pins it by hand; null where nothing was to be done.</param>
/// <param name="zone">For times.</param>
internal sealed class EngineChangeReport(EngineChange change, SnapshotId? pinned, IReadOnlyList<string> tags, string? command, TimeZoneInfo zone) : IReport
{
    private const int Shown = 10;

    /// <inheritdoc/>
    public string ToText()
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        StringBuilder text = new("\nthe engine changed");
        if (change.AssociationBefore != change.Association && change.AssociationBefore.Length > 0)
        {
            text.Append(culture, $": the project belonged to {Named(change.AssociationBefore)} and belongs to {Named(change.Association)} now");
        }

        if (change.EngineBefore != change.Engine)
        {
            text.Append(culture, $"; the first packages of {change.Engine} are there, before there were none newer than {change.EngineBefore}");
        }

        text.Append('\n').Append(culture, $"  {change.Resaved.Count:N0} {(change.Resaved.Count == 1 ? "asset that was" : "assets that were")} there before {(change.Resaved.Count == 1 ? "was" : "were")} saved anew by the newer engine; an older one cannot open {(change.Resaved.Count == 1 ? "it" : "them")} any more");
        foreach (string path in change.Resaved.Take(Shown))
        {
            text.Append("\n    ").Append(path);
        }

        if (change.Resaved.Count > Shown)
        {
            text.Append(culture, $"\n    and {change.Resaved.Count - Shown:N0} more");
        }

        string when = Times.Local(change.Before.Snapshot.Time, zone);
        text.Append(pinned is { } id ? $"\n  the last snapshot before is {id.Value.ToShortString()} of {when}; it is pinned ({string.Join(", ", tags)}) and stays until you take that away"
            : command is null ? $"\n  the last snapshot before, {change.Before.Id.Value.ToShortString()} of {when}, would be pinned"
            : $"\n  the last snapshot before, {change.Before.Id.Value.ToShortString()} of {when}, is not pinned: {command}");
        return text.ToString();
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new EngineChangeMessage(
        change.AssociationBefore, change.Association, change.EngineBefore, change.Engine, change.Resaved, (pinned ?? change.Before.Id).ToString(), pinned is not null,
        pinned is null ? [] : tags));

    private static string Named(string association) => association.Length == 0 ? "the engine in its folder" : association;
}

/// <summary>The same for programs.</summary>
internal sealed record EngineChangeMessage(
    string AssociationBefore, string Association, string EngineBefore, string Engine, IReadOnlyList<string> Resaved, string SnapshotBefore, bool Pinned, IReadOnlyList<string> Tags)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "engine_change";
}
