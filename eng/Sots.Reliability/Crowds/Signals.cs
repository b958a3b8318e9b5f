using System.Runtime.InteropServices;
using Sots.Reliability.Processes;

namespace Sots.Reliability.Crowds;

/// <summary>Stops a process in its tracks and lets it go on, as the lid of a laptop does.</summary>
internal static partial class Signals
{
    private const int Continue = 18;

    /// <summary>Whether the process stands still.</summary>
    public static bool IsStopped(RunningProcess process)
    {
        string path = $"/proc/{process.Id}/stat";
        string[] words = File.Exists(path) ? File.ReadAllText(path).Split(") ")[^1].Split(' ') : [];
        return words is ["T", ..];
    }

    /// <summary>Lets it go on.</summary>
    public static void Resume(RunningProcess process) => _ = Send(process.Id, Continue);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);
}
