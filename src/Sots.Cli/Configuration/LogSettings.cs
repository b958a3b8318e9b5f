using Sots.Cli.Runs;

namespace Sots.Cli.Configuration;

/// <summary>Where the logs of the runs lie, and how long they are kept.</summary>
/// <param name="Folder">Their folder, absolute.</param>
/// <param name="KeepRuns">So many runs at most, 1 or more.</param>
/// <param name="KeepDays">So many days at most, 1 or more.</param>
/// <param name="MaxTotalBytes">So many bytes together at most, 1 MiB or more.</param>
internal sealed record LogSettings(Setting<string> Folder, Setting<int> KeepRuns, Setting<int> KeepDays, Setting<long> MaxTotalBytes)
{
    /// <summary>What is in force.</summary>
    public static LogSettings Of(ConfigValues values)
    {
        Setting<long?> size = values.Get(ConfigKeys.LogSize);
        return new LogSettings(values.Get(ConfigKeys.LogFolder), values.Get(ConfigKeys.LogRuns), values.Get(ConfigKeys.LogDays), new Setting<long>(size.Value!.Value, size.Origin));
    }

    /// <summary>The same as the logs take it.</summary>
    public RunLogOptions ToOptions() => new() { KeepRuns = KeepRuns.Value, KeepDays = KeepDays.Value, KeepBytes = MaxTotalBytes.Value };
}
