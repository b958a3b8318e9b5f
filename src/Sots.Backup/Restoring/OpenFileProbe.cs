namespace Sots.Backup.Restoring;

/// <summary>A file that another program has open so that it must not be replaced.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="By">Who, as half a sentence for people: <c>UnrealEditor (process 4711)</c>.</param>
public sealed record HeldFile(DiskPath Path, string By);

/// <summary>Finds files that other programs hold. Changes nothing. Thread safe.</summary>
public abstract class OpenFileProbe
{
    /// <summary>The one of this system.</summary>
    public static OpenFileProbe Current { get; } =
        OperatingSystem.IsWindows() ? new WindowsOpenFileProbe()
        : OperatingSystem.IsLinux() ? new LinuxOpenFileProbe()
        : new NoOpenFileProbe();

    /// <summary>Which of these files another program writes to, has locked or (Windows) will not share.</summary>
    /// <param name="files">Absolute paths; what is not there, and folders, are never held.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public abstract IReadOnlyList<HeldFile> Find(IReadOnlyCollection<DiskPath> files, CancellationToken cancellationToken);

    /// <summary>For systems that do not tell.</summary>
    private sealed class NoOpenFileProbe : OpenFileProbe
    {
        public override IReadOnlyList<HeldFile> Find(IReadOnlyCollection<DiskPath> files, CancellationToken cancellationToken) => [];
    }
}
