using Sots.Backup.Alarms;
using Sots.Cli.Output;

namespace Sots.Cli.Doctor;

/// <summary>Is there room on both disks?</summary>
internal sealed class SpaceProbe : IDoctorProbe
{
    private const double LittleShare = 0.1, AlmostNoneShare = 0.02;

    /// <inheritdoc/>
    public string Question => "free space";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken)
    {
        Func<string, DriveSpace?> find = scene.Run.Environment.FreeSpace;
        DriveSpace? backup = find(scene.Settings.Repository.Location.Value);
        Alarm? alarm = AlarmRules.DriveAlmostFull(backup, GrowthForecast.Of(scene.History, scene.Thresholds.RecentSnapshots), scene.Thresholds);
        return Task.FromResult<IReadOnlyList<DoctorFinding>>([Judge("project", find(scene.Settings.Root.Value), null), Judge("backup", backup, alarm)]);
    }

    /// <summary>Judges the room on a disk.</summary>
    /// <param name="what">Whose disk.</param>
    /// <param name="space">Its room, or null where the system does not say.</param>
    /// <param name="alarm">What the alarms say of it, or null.</param>
    public static DoctorFinding Judge(string what, DriveSpace? space, Alarm? alarm)
    {
        string question = $"{what} disk";
        if (space is null)
        {
            return new DoctorFinding(question, Verdict.Note, "the system does not say how much is free");
        }

        double share = space.TotalBytes > 0 ? (double)space.FreeBytes / space.TotalBytes : 1;
        string text = $"{Sizes.Format(space.FreeBytes)} of {Sizes.Format(space.TotalBytes)} free";
        return share < AlmostNoneShare ? new DoctorFinding(question, Verdict.Problem, text, alarm?.Advice ?? "Make room before the next backup.")
            : alarm is not null ? DoctorFinding.Of(question, alarm)
            : share < LittleShare ? new DoctorFinding(question, Verdict.Warning, text, "Make room soon.")
            : new DoctorFinding(question, Verdict.Ok, text);
    }

    /// <summary>The path, or the nearest folder above it that is there.</summary>
    public static string Existing(string path)
    {
        string there = path;
        while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { } above)
        {
            there = above;
        }

        return there;
    }
}
