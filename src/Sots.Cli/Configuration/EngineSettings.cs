using Sots.Restic.Writing;

namespace Sots.Cli.Configuration;

/// <summary>How the engine works on a repository.</summary>
/// <param name="Compression">How hard new data is compressed.</param>
/// <param name="PackSizeBytes">Size of new packs, 4 to 128 MiB.</param>
/// <param name="ReadConcurrency">Files read at once, 1 to 64.</param>
/// <param name="LowPriority">Whether other programs go first.</param>
internal sealed record EngineSettings(Setting<CompressionMode> Compression, Setting<int> PackSizeBytes, Setting<int> ReadConcurrency, Setting<bool> LowPriority)
{
    /// <summary>What flags and variables say, else the config, else the default.</summary>
    public static EngineSettings Of(ConfigValues values)
    {
        Setting<long?> pack = values.Get(ConfigKeys.PackSize);
        return new EngineSettings(
            values.Get(ConfigKeys.Compression), new Setting<int>((int)pack.Value!.Value, pack.Origin), values.Get(ConfigKeys.ReadConcurrency), values.Get(ConfigKeys.LowPriority));
    }

    /// <summary>Lays what flags and variables say over what a config says.</summary>
    public static ConfigValues Overlay(ConfigValues values, GlobalSettings global, CliEnvironment environment) => values
        .With(ConfigKeys.Compression, global.Compression)
        .With(ConfigKeys.PackSize, global.PackSizeBytes is { } size ? new Setting<long?>(size.Value, size.Origin) : null)
        .With(ConfigKeys.ReadConcurrency, ReadConcurrencyOf(null, environment));

    /// <summary>The flag's or the variable's number of files to read at once, or null.</summary>
    /// <exception cref="UsageException">It is no such number.</exception>
    public static Setting<int>? ReadConcurrencyOf(string? flag, CliEnvironment environment) =>
        Setting.Find(flag, "--read-concurrency", environment, "RESTIC_READ_CONCURRENCY") is not { } setting ? null
        : int.TryParse(setting.Value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= 64
            ? new Setting<int>(count, setting.Origin)
            : throw new UsageException($"'{setting.Value}' is no number of files to read at once ({setting.Origin})", "It is 1 to 64.");
}
