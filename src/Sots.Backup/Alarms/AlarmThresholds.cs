namespace Sots.Backup.Alarms;

/// <summary>From where on something is suspicious. The defaults suit a project under daily work.</summary>
public sealed record AlarmThresholds
{
    /// <summary>The defaults.</summary>
    public static AlarmThresholds Default { get; } = new();

    /// <summary>Alarm where less than this share of last time's files or bytes is left, 0 to 1; default a half; 0 for never.</summary>
    public double ShrunkBelow { get; init; } = 0.5;

    /// <summary>Refuse to make a snapshot where less than this share of last time's files is left, 0 to 1; default a tenth; 0 for never.</summary>
    public double RefuseBelow { get; init; } = 0.1;

    /// <summary>Projects with fewer files than this are left alone by all rules that compare numbers of files; default 100.</summary>
    public long FewestFiles { get; init; } = 100;

    /// <summary>Alarm where this many times as many files as usual changed or are gone; default 10; 0 for never.</summary>
    public double TimesAsUsual { get; init; } = 10;

    /// <summary>... and these are at least this share of all files, 0 to 1; default a tenth.</summary>
    public double ChangedShare { get; init; } = 0.1;

    /// <summary>What is usual is the median of so many recent snapshots; default 10. With fewer than three nothing is usual yet.</summary>
    public int RecentSnapshots { get; init; } = 10;

    /// <summary>Alarm where less than this share of the drive is free, 0 to 1; default 0.05; 0 for never.</summary>
    public double FreeBelow { get; init; } = 0.05;

    /// <summary>Alarm where fewer bytes of the drive are free; default 0 for never.</summary>
    public long FreeBelowBytes { get; init; }

    /// <summary>Alarm where the drive will be full within so many days if things go on like this; default 14; 0 for never.</summary>
    public double FullWithinDays { get; init; } = 14;

    /// <summary>Alarm where the newest snapshot is older than so many days; default 7; 0 for never.</summary>
    public double OldAfterDays { get; init; } = 7;

    /// <summary>Alarm where no drill has got files back for so many days; default 90; 0 for never.</summary>
    public double DrillAfterDays { get; init; } = 90;
}
