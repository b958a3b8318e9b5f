using Sots.Backup.Alarms;

namespace Sots.Cli.Configuration;

/// <summary>What counts as unusual enough for a warning.</summary>
/// <param name="SourceShrunkPercent">The project is smaller than last time by so many percent, 1 to 100.</param>
/// <param name="ChangedFilesPercent">Far more files than usual changed or are gone, and so many percent of all, 1 to 100.</param>
/// <param name="DriveFreePercent">Less of the backup drive is free, 0 to 99.</param>
/// <param name="DriveFreeBytes">Less is free on the backup drive; null where only the share counts.</param>
/// <param name="NewestSnapshotDays">The newest snapshot is older, 1 or more.</param>
/// <param name="DrillDays">No drill for so many days; 0 for never.</param>
internal sealed record AlarmSettings(
    Setting<int> SourceShrunkPercent, Setting<int> ChangedFilesPercent, Setting<int> DriveFreePercent, Setting<long?> DriveFreeBytes, Setting<int> NewestSnapshotDays,
    Setting<int> DrillDays)
{
    /// <summary>What is in force.</summary>
    public static AlarmSettings Of(ConfigValues values) => new(
        values.Get(ConfigKeys.SourceShrunk), values.Get(ConfigKeys.ChangedFiles), values.Get(ConfigKeys.DriveFree), values.Get(ConfigKeys.DriveFreeSize),
        values.Get(ConfigKeys.NewestSnapshotDays), values.Get(ConfigKeys.DrillDays));

    /// <summary>The same as the alarms take it.</summary>
    public AlarmThresholds ToThresholds() => new()
    {
        ShrunkBelow = 1 - (SourceShrunkPercent.Value / 100.0),
        ChangedShare = ChangedFilesPercent.Value / 100.0,
        FreeBelow = DriveFreePercent.Value / 100.0,
        FreeBelowBytes = DriveFreeBytes.Value ?? 0,
        DrillAfterDays = DrillDays.Value,
        OldAfterDays = NewestSnapshotDays.Value,
    };
}
