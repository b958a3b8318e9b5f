using System.Globalization;
using System.Security.Cryptography;

namespace Sots.Cli.Doctor;

/// <summary>How fast is the disk of the backup? Writes and removes one file.</summary>
internal sealed class SpeedProbe : IDoctorProbe
{
    private const int ProbeBytes = 32 << 20, BlockBytes = 1 << 20;
    private const double SlowMiBPerSecond = 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public string Question => "speed";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken)
    {
        string folder = scene.Settings.BackupRoot.Value;
        if (!scene.WithSpeedTest || !Directory.Exists(folder))
        {
            return Task.FromResult<IReadOnlyList<DoctorFinding>>([new DoctorFinding(Question, Verdict.Note, "not measured")]);
        }

        byte[] block = RandomNumberGenerator.GetBytes(BlockBytes);
        using TemporaryProbeFile file = new(folder);
        TimeProvider clock = scene.Run.Environment.Clock;
        long start = clock.GetTimestamp();
        long written = 0;
        using (FileStream stream = new(file.Path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1))
        {
            while (written < ProbeBytes && clock.GetElapsedTime(start) < Longest)
            {
                cancellationToken.ThrowIfCancellationRequested();
                stream.Write(block);
                stream.Flush(flushToDisk: written + BlockBytes >= ProbeBytes);
                written += BlockBytes;
            }
        }

        return Task.FromResult<IReadOnlyList<DoctorFinding>>([Judge(written, clock.GetElapsedTime(start))]);
    }

    /// <summary>Judges what was written in which time.</summary>
    public static DoctorFinding Judge(long bytes, TimeSpan duration)
    {
        double speed = bytes / (double)(1 << 20) / Math.Max(duration.TotalSeconds, 1e-3);
        string text = string.Create(CultureInfo.InvariantCulture, $"the backup's disk takes about {speed:F0} MiB a second");
        return speed < SlowMiBPerSecond
            ? new DoctorFinding("speed", Verdict.Warning, text, "The first backup will take long. A disk that is connected directly is faster than a network or an old USB port.")
            : new DoctorFinding("speed", Verdict.Ok, text);
    }
}
