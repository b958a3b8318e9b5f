namespace Sots.Backup.Alarms;

/// <summary>What is suspicious.</summary>
public enum AlarmKind
{
    /// <summary>The source is far smaller than last time.</summary>
    SourceShrunk,

    /// <summary>Far more files changed than usual.</summary>
    ManyFilesChanged,

    /// <summary>Far more files are gone than usual.</summary>
    ManyFilesGone,

    /// <summary>The drive of the repository is almost full, or soon will be.</summary>
    DriveAlmostFull,

    /// <summary>The newest snapshot is old, or there is none.</summary>
    SnapshotOld,

    /// <summary>The clock is behind the newest snapshot.</summary>
    ClockBehind,

    /// <summary>The last backup did not end well.</summary>
    LastBackupFailed,

    /// <summary>A snapshot that was saved is not there, and was not forgotten on this computer.</summary>
    SnapshotMissing,

    /// <summary>It was proven long ago, or never, that the backup can be restored, or the last try failed.</summary>
    DrillOld,

    /// <summary>Assets in the newest snapshot are damaged.</summary>
    AssetsDamaged,

    /// <summary>A check failed, and none that looked at as much has been complete since.</summary>
    CheckFailed,

    /// <summary>The file of a snapshot cannot be read.</summary>
    SnapshotDamaged,
}

/// <summary>
/// Something that makes a backup doubtful although it went through. An alarm never changes an outcome; it is said, and recorded.
/// </summary>
/// <param name="Kind">What is suspicious.</param>
/// <param name="Message">One sentence with the numbers, without a full stop.</param>
/// <param name="Advice">What to do, in whole sentences.</param>
public sealed record Alarm(AlarmKind Kind, string Message, string Advice);
