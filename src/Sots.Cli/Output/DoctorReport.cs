using System.Text;
using System.Text.Json.Serialization;
using Sots.Cli.Doctor;

namespace Sots.Cli.Output;

/// <summary>What the doctor found: a line each, and below it what to do.</summary>
internal sealed class DoctorReport(IReadOnlyList<DoctorFinding> findings) : IReport
{
    private const int VerdictWidth = 9;

    /// <inheritdoc/>
    public string ToText()
    {
        int width = findings.Select(finding => finding.Question.Length).DefaultIfEmpty(0).Max() + 2;
        StringBuilder text = new();
        foreach (DoctorFinding finding in findings)
        {
            text.Append(NameOf(finding.Verdict).PadRight(VerdictWidth)).Append(finding.Question.PadRight(width)).Append(finding.Text).Append('\n');
            if (finding.Fix is { } fix && finding.Verdict != Verdict.Ok)
            {
                text.Append(' ', VerdictWidth + width).Append(fix).Append('\n');
            }
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new DoctorMessage(
        [.. findings.Select(finding => new DoctorFindingJson(finding.Question, NameOf(finding.Verdict), finding.Text, finding.Fix))]));

    private static string NameOf(Verdict verdict) => verdict.ToString().ToLowerInvariant();
}

/// <summary>All findings.</summary>
internal sealed record DoctorMessage(IReadOnlyList<DoctorFindingJson> Findings)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "doctor";
}

/// <summary>One finding.</summary>
internal sealed record DoctorFindingJson(string Question, string Verdict, string Text, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Fix);
