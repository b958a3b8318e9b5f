using Sots.Backup.Alarms;
using Sots.Backup.Retention;

namespace Sots.Cli.Doctor;

/// <summary>Does the clock agree with the newest snapshot and with the disk of the backup?</summary>
internal sealed class ClockProbe : IDoctorProbe
{
    /// <inheritdoc/>
    public string Question => "clock";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken)
    {
        DateTimeOffset now = scene.Now;
        DateTimeOffset? newest = scene.History.Max(static facts => (DateTimeOffset?)facts.Time);
        DateTimeOffset? disk = null;
        if (Directory.Exists(scene.Settings.BackupRoot.Value))
        {
            using TemporaryProbeFile file = new(scene.Settings.BackupRoot.Value);
            disk = File.GetLastWriteTimeUtc(file.Path);
        }

        return Task.FromResult<IReadOnlyList<DoctorFinding>>([Judge(now, newest, disk)]);
    }

    /// <summary>Judges three clocks.</summary>
    public static DoctorFinding Judge(DateTimeOffset now, DateTimeOffset? newestSnapshot, DateTimeOffset? disk) =>
        newestSnapshot is { } newest && AlarmRules.ClockBehind(newest, now) is { } alarm
            ? DoctorFinding.Of("clock", alarm) with { Verdict = Verdict.Problem }
            : disk is { } written && (written - now).Duration() > ClockCheck.Tolerance
                ? new DoctorFinding("clock", Verdict.Warning, "the backup's disk (a server?) has another time than this machine", "Let both take their time from the network.")
                : new DoctorFinding("clock", Verdict.Ok, "agrees with the snapshots and the disk");
}

/// <summary>A small file that is there while it is looked at.</summary>
internal sealed class TemporaryProbeFile : IDisposable
{
    /// <summary>Makes the file in a folder.</summary>
    public TemporaryProbeFile(string folder)
    {
        Path = System.IO.Path.Combine(folder, $".sots-doctor-{Guid.NewGuid():N}.tmp");
        File.WriteAllBytes(Path, [1]);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose() => File.Delete(Path);
}
