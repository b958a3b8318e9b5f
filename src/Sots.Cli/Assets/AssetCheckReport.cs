using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Sots.Cli.Output;
using Sots.Unreal.Health;

namespace Sots.Cli.Assets;

/// <summary>How the packages of a folder or a snapshot are, in numbers.</summary>
/// <param name="place">What was examined, in words.</param>
/// <param name="snapshot">The snapshot's id; null for a folder.</param>
/// <param name="tally">What was found.</param>
/// <param name="problems">How many packages could not be read.</param>
internal sealed class AssetCheckReport(string place, string? snapshot, HealthTally tally, long problems) : IReport
{
    private IEnumerable<(PackageCause Cause, long Count)> Causes =>
        Enum.GetValues<PackageCause>().Select(cause => (cause, tally.CountOf(cause))).Where(static cause => cause.Item2 > 0);

    /// <inheritdoc/>
    public string ToText()
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        StringBuilder text = new();
        text.Append(culture, $"{tally.Packages:N0} {(tally.Packages == 1 ? "package" : "packages")} examined, {Sizes.Format(tally.Bytes)}, in {place}: ");
        text.Append(tally.Packages == 0 ? "there are none" : tally.Damaged > 0 ? string.Create(culture, $"{tally.Damaged:N0} damaged") : "all whole");
        foreach ((PackageCause cause, long count) in Causes)
        {
            text.Append("\n  ").Append(AssetCauses.Summary(cause, count));
        }

        return problems == 0 ? text.ToString() : text.Append(culture, $"\n  {problems:N0} could not be read").ToString();
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new AssetCheckMessage(
        place, snapshot, tally.Packages, tally.Bytes, tally.Damaged, problems,
        [.. Causes.Select(static cause => new AssetCauseJson(AssetCauses.NameOf(cause.Cause), cause.Count, cause.Cause < PackageCause.Virtualized))]));
}

/// <summary>The same for programs. Sizes in bytes; <paramref name="Snapshot"/> is absent for a folder.</summary>
internal sealed record AssetCheckMessage(
    string Place, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Snapshot, long Packages, long Bytes, long Damaged, long Problems,
    IReadOnlyList<AssetCauseJson> Causes)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "asset_check";
}

/// <summary>How many packages have something in common.</summary>
internal sealed record AssetCauseJson(string Cause, long Packages, bool IsDamage);
