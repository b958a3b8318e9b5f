using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Sots.Cli.Output;
using Sots.Unreal.Health;

namespace Sots.Cli.Assets;

/// <summary>The damaged packages that a command met. Seen even when quiet, as long as some of them are news.</summary>
/// <param name="assets">All of them, in the order of their paths.</param>
/// <param name="title">The first line where some are news: says what became of them.</param>
/// <param name="more">How many more there are that nothing is known of, because there were too many.</param>
/// <param name="rest">Where all are named, if not all are shown; may be empty.</param>
/// <param name="zone">For times.</param>
/// <param name="shown">So many are shown to people one by one.</param>
internal sealed class AssetDamageReport(IReadOnlyList<DamagedAsset> assets, string title, long more, string rest, TimeZoneInfo zone, int shown = AssetDamageReport.Few)
{
    /// <summary>As many as fit on a screen.</summary>
    public const int Few = 10;

    /// <summary>All of them.</summary>
    public IReadOnlyList<DamagedAsset> Assets => assets;

    /// <summary>Those that were not reported before.</summary>
    public IReadOnlyList<DamagedAsset> New { get; } = [.. assets.Where(static asset => !asset.IsKnown)];

    /// <summary>For people.</summary>
    /// <param name="all">Whether to show every one.</param>
    public string ToText(bool all)
    {
        StringBuilder text = new();
        if (New.Count > 0)
        {
            text.Append(title).Append('\n');

            // What was there and is not any more comes first; a folder full of pointers that never was anything else is one line.
            DamagedAsset[] pointers = [.. New.Where(static asset => asset is { Cause: PackageCause.LfsPointer, Good: null })];
            DamagedAsset[] single = [.. pointers.Length > shown && !all ? New.Except(pointers) : New];
            foreach (DamagedAsset asset in single.OrderBy(static asset => asset.Good is null).Take(all ? int.MaxValue : shown))
            {
                Append(text, asset);
            }

            if (single.Length > shown && !all)
            {
                text.Append(CultureInfo.InvariantCulture, $"  and {single.Length - shown:N0} more{rest}\n");
            }

            if (pointers.Length > shown && !all)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {PrintableText.Escape(pointers[0].Path)} and {pointers.Length - 1:N0} more{rest}\n    only pointers of git-lfs: {AssetCauses.Advice(PackageCause.LfsPointer)}\n");
            }

            if (more > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"  and {more:N0} more that were not looked into; `sots_backup verify-assets` names them\n");
            }
        }

        DamagedAsset[] known = [.. assets.Where(static asset => asset.IsKnown)];
        if (known.Length > 0)
        {
            string names = string.Join(", ", known.Take(3).Select(static asset => PrintableText.Escape(asset.Path)));
            text.Append(CultureInfo.InvariantCulture, $"still damaged, as before: {names}{(known.Length > 3 ? string.Create(CultureInfo.InvariantCulture, $" and {known.Length - 3:N0} more") : "")}; `sots_backup verify-assets latest` says more\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>For programs: a line for each.</summary>
    public IEnumerable<string> ToJson() => assets.Select(static asset => CliJson.Line(new DamagedAssetMessage(
        asset.Path, AssetCauses.NameOf(asset.Cause), asset.Message, asset.IsKnown,
        asset.Since?.Id.ToString(), asset.Good?.Id.ToString(), asset.Good is { } good ? Times.Format(good.Time) : null, asset.Command)));

    private void Append(StringBuilder text, DamagedAsset asset)
    {
        text.Append("  ").Append(PrintableText.Escape(asset.Path)).Append("\n    ").Append(PrintableText.Escape(asset.Message)).Append("\n    ");
        string since = asset.Since is { } first ? $"like this since snapshot {Named(first)}; " : "";
        text.Append(since).Append(asset.Good is { } good ? $"whole in snapshot {Named(good)}" : AssetCauses.Advice(asset.Cause)).Append('\n');
        if (asset.Command is { } command)
        {
            text.Append("    to get it back: ").Append(PrintableText.Escape(command)).Append('\n');
        }
    }

    private string Named(SnapshotMark mark) => $"{mark.Id.Value.ToShortString()} of {Times.Local(mark.Time, zone)}";
}

/// <summary>A damaged package. Absent where there is none: since, good, good_time, command.</summary>
internal sealed record DamagedAssetMessage(
    string Path, string Cause, string Message, bool Known,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Since,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Good,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? GoodTime,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Command)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "damaged_asset";
}
