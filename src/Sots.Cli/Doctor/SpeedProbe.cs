using System.Globalization;
using System.Security.Cryptography;

namespace Sots.Cli.Doctor;

/// <summary>How fast are both disks? Reads a little of the project; writes one file to the backup's disk and removes it.</summary>
internal sealed class SpeedProbe : IDoctorProbe
{
    private const int ProbeBytes = 32 << 20, BlockBytes = 1 << 20, FewestBytes = 4 << 20;
    private const int MostEntries = 20_000;
    private const double SlowMiBPerSecond = 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public string Question => "speed";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken)
    {
        string folder = scene.Settings.BackupRoot.Value;
        if (!scene.WithSpeedTest)
        {
            return Task.FromResult<IReadOnlyList<DoctorFinding>>([new DoctorFinding(Question, Verdict.Note, "not measured")]);
        }

        TimeProvider clock = scene.Run.Environment.Clock;
        List<DoctorFinding> findings = [JudgeRead(Read(scene.Settings.Root.Value, clock, cancellationToken, out TimeSpan reading), reading)];
        if (Directory.Exists(folder))
        {
            findings.Add(JudgeWrite(Write(folder, clock, cancellationToken, out TimeSpan writing), writing));
        }

        return Task.FromResult<IReadOnlyList<DoctorFinding>>(findings);
    }

    /// <summary>Judges what was read of the project in which time. Much of it may come from memory, so only slowness says something.</summary>
    public static DoctorFinding JudgeRead(long bytes, TimeSpan duration) => bytes < FewestBytes
        ? new DoctorFinding("read speed", Verdict.Note, "the project has too few large files to measure its disk")
        : Judge("read speed", "the project's disk gives", "The first backup and every `full` will take long: they read the whole project.", bytes, duration);

    /// <summary>Judges what was written to the backup's disk in which time.</summary>
    public static DoctorFinding JudgeWrite(long bytes, TimeSpan duration) => Judge(
        "write speed", "the backup's disk takes", "The first backup will take long. A disk that is connected directly is faster than a network or an old USB port.", bytes, duration);

    private static DoctorFinding Judge(string question, string what, string fix, long bytes, TimeSpan duration)
    {
        double speed = bytes / (double)(1 << 20) / Math.Max(duration.TotalSeconds, 1e-3);
        string text = string.Create(CultureInfo.InvariantCulture, $"{what} about {speed:F0} MiB a second");
        return speed < SlowMiBPerSecond ? new DoctorFinding(question, Verdict.Warning, text, fix) : new DoctorFinding(question, Verdict.Ok, text);
    }

    /// <summary>Reads large files until enough was read, or long enough, or enough was looked at. What cannot be read is passed over.</summary>
    private static long Read(string root, TimeProvider clock, CancellationToken cancellationToken, out TimeSpan duration)
    {
        EnumerationOptions all = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        byte[] block = new byte[BlockBytes];
        long bytes = 0;
        duration = TimeSpan.Zero;
        foreach (FileInfo file in new DirectoryInfo(root).EnumerateFiles("*", all).Take(MostEntries))
        {
            if (bytes >= ProbeBytes || duration >= Longest)
            {
                break;
            }

            try
            {
                if (file.Length < BlockBytes)
                {
                    continue;
                }

                long start = clock.GetTimestamp();
                using FileStream stream = new(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
                int read;
                while (bytes < ProbeBytes && duration + clock.GetElapsedTime(start) < Longest && (read = stream.Read(block)) > 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    bytes += read;
                }

                duration += clock.GetElapsedTime(start);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another file will do.
            }
        }

        return bytes;
    }

    private static long Write(string folder, TimeProvider clock, CancellationToken cancellationToken, out TimeSpan duration)
    {
        byte[] block = RandomNumberGenerator.GetBytes(BlockBytes);
        using TemporaryProbeFile file = new(folder);
        long start = clock.GetTimestamp();
        long written = 0;
        using FileStream stream = new(file.Path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1);
        while (written < ProbeBytes && clock.GetElapsedTime(start) < Longest)
        {
            cancellationToken.ThrowIfCancellationRequested();
            stream.Write(block);
            written += BlockBytes;
        }

        stream.Flush(flushToDisk: true);
        duration = clock.GetElapsedTime(start);
        return written;
    }
}
