using Sots.Backup.Alarms;

namespace Sots.Cli.Output;

/// <summary>Names of alarms in JSON and in records.</summary>
internal static class AlarmNames
{
    /// <summary>The name.</summary>
    public static string Of(AlarmKind kind) => kind switch
    {
        AlarmKind.SourceShrunk => "source_shrunk",
        AlarmKind.ManyFilesChanged => "many_files_changed",
        AlarmKind.ManyFilesGone => "many_files_gone",
        AlarmKind.DriveAlmostFull => "drive_almost_full",
        AlarmKind.SnapshotOld => "snapshot_old",
        AlarmKind.ClockBehind => "clock_behind",
        AlarmKind.SnapshotMissing => "snapshot_missing",
        AlarmKind.LastBackupFailed => "last_backup_failed",
        AlarmKind.DrillOld => "drill_old",
        AlarmKind.AssetsDamaged => "assets_damaged",
        AlarmKind.CheckFailed => "check_failed",
        AlarmKind.SnapshotDamaged => "snapshot_damaged",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
