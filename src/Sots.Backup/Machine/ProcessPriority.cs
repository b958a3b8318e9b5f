namespace Sots.Backup.Machine;

/// <summary>Lets other programs go first.</summary>
public abstract class ProcessPriority
{
    /// <summary>This system's way.</summary>
    public static ProcessPriority Current { get; } =
        OperatingSystem.IsWindows() ? new WindowsProcessPriority()
        : OperatingSystem.IsLinux() ? new LinuxProcessPriority()
        : new UnixProcessPriority();

    /// <summary>Lowers the priority of this process for the processor and, where the system can, for the disk. For good: nothing raises it again.</summary>
    /// <returns>What could not be lowered, as half a sentence; null where all was.</returns>
    public abstract string? Lower();
}
