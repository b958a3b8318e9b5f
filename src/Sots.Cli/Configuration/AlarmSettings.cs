namespace Sots.Cli.Configuration;

/// <summary>What counts as unusual enough for a warning.</summary>
/// <param name="SourceShrunkPercent">The project is smaller than last time by so many percent, 1 to 100.</param>
/// <param name="ChangedFilesPercent">So many percent of the files changed or are gone, 1 to 100.</param>
/// <param name="DriveFreePercent">Less of the backup drive is free, 0 to 99.</param>
/// <param name="DriveFreeBytes">Less is free on the backup drive; null where only the share counts.</param>
/// <param name="NewestSnapshotDays">The newest snapshot is older, 1 or more.</param>
internal sealed record AlarmSettings(
    Setting<int> SourceShrunkPercent, Setting<int> ChangedFilesPercent, Setting<int> DriveFreePercent, Setting<long?> DriveFreeBytes, Setting<int> NewestSnapshotDays)
{
    /// <summary>What is in force.</summary>
    public static AlarmSettings Of(ConfigValues values) => new(
        values.Get(ConfigKeys.SourceShrunk), values.Get(ConfigKeys.ChangedFiles), values.Get(ConfigKeys.DriveFree), values.Get(ConfigKeys.DriveFreeSize),
        values.Get(ConfigKeys.NewestSnapshotDays));
}
