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
        Outcome = (run.Host == host, IsAlive(run)) switch
        {
            (true, true) => RunOutcome.Running,
            (true, false) => RunOutcome.Interrupted,
            (true, null) => IsHeld(run.Log) ? RunOutcome.Running : RunOutcome.Interrupted,
            (false, _) => IsHeld(run.Log) ? RunOutcome.Running : RunOutcome.Unknown,
        },
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

    /// <summary>Null where there is a process of that id, and it cannot be told whether it is this one.</summary>
    private static bool? IsAlive(RunRecord run)
    {
        try
        {
            using Process process = Process.GetProcessById(run.Pid);
            return run.ProcessStart is { } start && (process.StartTime - start.LocalDateTime).Duration() < SameStart ? true : null;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or NotSupportedException)
        {
            return null;
        }
    }
}
