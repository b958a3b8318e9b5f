using System.Text;
using System.Text.Json.Serialization;

namespace Sots.Cli.Output;

/// <summary>Why a path is saved or left out.</summary>
/// <param name="path">The path, absolute.</param>
/// <param name="saved">Whether a backup saves it.</param>
/// <param name="reason">Why, as half a sentence.</param>
/// <param name="rule">The pattern that decides and where it stands; null where none does.</param>
/// <param name="through">The folder above it that the rule is about; empty where it is about the path itself.</param>
/// <param name="source">Whose rule it is.</param>
internal sealed class WhyReport(string path, bool saved, string reason, string? rule, string through, string source) : IReport
{
    /// <inheritdoc/>
    public string ToText()
    {
        StringBuilder text = new(path);
        text.Append("\n  ").Append(saved ? "saved: " : "left out: ").Append(reason);
        if (through.Length > 0)
        {
            text.Append("\n  with the folder ").Append(through);
        }

        if (rule is not null)
        {
            text.Append("\n  rule: ").Append(rule).Append(source is "own" or "include" ? "" : $", {source}");
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new WhyMessage(path, saved, reason, rule, through.Length > 0 ? through : null, source));
}

/// <summary>The same for programs.</summary>
internal sealed record WhyMessage(
    string Path, bool Saved, string Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rule,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Folder,
    string Source)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "why";
}
