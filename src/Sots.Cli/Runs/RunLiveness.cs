using System.ComponentModel;
using System.Diagnostics;

namespace Sots.Cli.Runs;

/// <summary>Tells runs that are going on from runs that died.</summary>
/// <param name="folder">Folder of the logs.</param>
/// <param name="host">This host.</param>
internal sealed class RunLiveness(string folder, string host)
{
    // The start of a process is calculated from the clock; a clock that was set in between moves it a little.
    private static readonly TimeSpan SameStart = TimeSpan.FromMinutes(1);

    /// <summary>The record with what is known by now: a run that has not said how it ended is running, interrupted or unknown.</summary>
    public RunRecord Judge(RunRecord run) => run.Event == RunRecord.EndEvent ? run : run with
    {
        Outcome = IsHeld(run.Log) ? RunOutcome.Running
            : run.Host != host ? RunOutcome.Unknown
            : IsAlive(run) ? RunOutcome.Running
            : RunOutcome.Interrupted,
    };

    /// <summary>Whether a process has a log open: none but the run itself does, so this holds across hosts where the storage carries locks.</summary>
    public bool IsHeld(string? log)
    {
        if (log is null || Path.GetFileName(log) != log || log.Length == 0)
        {
            return false;
        }

        try
        {
            using FileStream file = new(Path.Combine(folder, log), FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 0);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>When this process started.</summary>
    public static DateTimeOffset OwnStart()
    {
        using Process self = Process.GetCurrentProcess();
        return self.StartTime;
    }

    private static bool IsAlive(RunRecord run)
    {
        try
        {
            using Process process = Process.GetProcessById(run.Pid);
            return !process.HasExited && (run.ProcessStart is not { } start || (process.StartTime - start.LocalDateTime).Duration() < SameStart);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception or NotSupportedException)
        {
            // There is none, or it is somebody else's: ours can be asked.
            return false;
        }
    }
}
