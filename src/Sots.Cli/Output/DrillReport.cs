using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Sots.Backup.Operations;

namespace Sots.Cli.Output;

/// <summary>What a drill showed.</summary>
/// <param name="result">Its counts.</param>
/// <param name="seed">What the choice began with.</param>
internal sealed class DrillReport(DrillResult result, int seed) : IReport
{
    /// <inheritdoc/>
    public string ToText()
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        StringBuilder text = new();
        text.Append(culture, $"restored {Counts(result.Files, result.Snapshots)}, {Sizes.Format(result.Bytes)}: ");
        text.Append(result.Files == 0 ? "there was nothing to restore" : result.WholeFiles == result.Files ? "all whole" : string.Create(culture, $"{result.WholeFiles:N0} whole"));
        if (result.ComparedFiles > 0)
        {
            text.Append(culture, $"\n{result.ComparedFiles:N0} of them compared with the project as it is now: the same");
        }

        if (result.TooLarge > 0)
        {
            text.Append(culture, $"\n{result.TooLarge:N0} {(result.TooLarge == 1 ? "file was" : "files were")} passed over: larger than --max-size allows");
        }

        return text.Append(culture, $"\nnothing of it was kept; --seed {seed} chooses the same").ToString();
    }

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new DrillMessage(
        result.Snapshots, result.Files, result.Bytes, result.WholeFiles, result.ComparedFiles, result.TooLarge, result.Problems, seed));

    /// <summary>"50 files of 8 snapshots".</summary>
    public static string Counts(long files, long snapshots) => string.Create(
        CultureInfo.InvariantCulture, $"{files:N0} {(files == 1 ? "file" : "files")} of {snapshots:N0} {(snapshots == 1 ? "snapshot" : "snapshots")}");
}

/// <summary>What a drill showed. Sizes in bytes.</summary>
internal sealed record DrillMessage(
    long Snapshots, long Files, long Bytes, long WholeFiles, long ComparedFiles, long TooLargeFiles, long Problems, int Seed)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "drill";
}
