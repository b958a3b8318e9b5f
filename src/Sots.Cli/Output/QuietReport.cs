using System.Text.Json.Serialization;
using Sots.Cli.Configuration;
using Sots.Unreal;

namespace Sots.Cli.Output;

/// <summary>How the wait for a quiet moment ended.</summary>
/// <param name="moment">The moment.</param>
/// <param name="quiet">How quiet it was to be.</param>
/// <param name="folders">How many Content folders were watched.</param>
internal sealed class QuietReport(QuietMoment moment, TimeSpan quiet, int folders) : IReport
{
    /// <inheritdoc/>
    public string ToText() => moment.IsQuiet
        ? $"quiet: nothing under Content has changed for {ConfigTypes.Short(quiet)}" + (moment.Waited > TimeSpan.Zero ? $" (waited {Durations.Format(moment.Waited)})" : "")
        : "";

    /// <inheritdoc/>
    public string ToJson() => CliJson.Line(new QuietMessage(moment.IsQuiet, quiet.TotalSeconds, moment.Waited.TotalSeconds, folders));
}

/// <summary>The same for programs. Times in seconds.</summary>
internal sealed record QuietMessage(bool Quiet, double QuietSeconds, double WaitedSeconds, int Folders)
{
    [JsonPropertyOrder(-1)]
    public string MessageType { get; } = "quiet";
}
