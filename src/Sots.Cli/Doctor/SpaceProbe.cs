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
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DoctorFinding>>([Of("project", scene.Settings.Root.Value), Of("backup", scene.Settings.Repository.Location.Value)]);

    /// <summary>Judges free bytes of a disk.</summary>
    public static DoctorFinding Judge(string what, long freeBytes, long totalBytes)
    {
        double share = totalBytes > 0 ? (double)freeBytes / totalBytes : 1;
        string text = $"{Sizes.Format(freeBytes)} of {Sizes.Format(totalBytes)} free";
        return share < AlmostNoneShare ? new DoctorFinding($"{what} disk", Verdict.Problem, text, "Make room before the next backup.")
            : share < LittleShare ? new DoctorFinding($"{what} disk", Verdict.Warning, text, "Make room soon.")
            : new DoctorFinding($"{what} disk", Verdict.Ok, text);
    }

    private static DoctorFinding Of(string what, string path) => DriveSpace.Find(path) is { } space
        ? Judge(what, space.FreeBytes, space.TotalBytes)
        : new DoctorFinding($"{what} disk", Verdict.Note, "the system does not say how much is free");

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
