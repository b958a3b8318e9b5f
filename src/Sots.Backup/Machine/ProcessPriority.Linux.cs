using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Sots.Backup.Native;

namespace Sots.Backup.Machine;

/// <summary>
/// Niceness and I/O priority, which Linux keeps for each thread: every one of the process gets them, and those that are started later
/// inherit them from the thread that starts them.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxProcessPriority : ProcessPriority
{
    private const int Niceness = 10;

    /// <summary>Best effort (class 2), lowest level: idle (class 3) may wait for ever beside a busy program.</summary>
    private const int DiskPriority = (2 << 13) | 7;

    /// <inheritdoc/>
    public override string? Lower()
    {
        HashSet<int> lowered = [];
        string? problem = null;

        // A thread that is started meanwhile by one that is not lowered yet is found the next time round.
        for (bool found = true; found;)
        {
            found = false;
            foreach (int thread in Threads().Where(lowered.Add))
            {
                found = true;
                problem ??= Lower(thread);
            }
        }

        return problem;
    }

    private static List<int> Threads()
    {
        try
        {
            return [.. Directory.EnumerateDirectories("/proc/self/task").Select(static task => int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without /proc, 0 is the calling thread, whose niceness those it starts inherit.
            return [0];
        }
    }

    private static string? Lower(int thread)
    {
        if (Libc.SetPriority(Libc.PriorityOfProcess, thread, Niceness) != 0 && Libc.LastError != Errno.NoSuchProcess)
        {
            return $"the priority could not be lowered: {Marshal.GetPInvokeErrorMessage(Libc.LastError)}";
        }

        // A container may forbid it; the niceness counts all the same.
        return Libc.SetDiskPriority(thread, DiskPriority) || Libc.LastError == Errno.NoSuchProcess
            ? null
            : $"the priority at the disk could not be lowered: {Marshal.GetPInvokeErrorMessage(Libc.LastError)}";
    }
}
