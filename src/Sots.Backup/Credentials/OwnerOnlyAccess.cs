namespace Sots.Backup.Credentials;

/// <summary>Makes files that only their owner may read, and tells of those that others may.</summary>
public abstract class OwnerOnlyAccess
{
    /// <summary>This system's way.</summary>
    public static OwnerOnlyAccess Current { get; } = OperatingSystem.IsWindows() ? new WindowsOwnerOnlyAccess() : new UnixOwnerOnlyAccess();

    /// <summary>Makes a new file for writing; at no moment may anybody else open it.</summary>
    /// <exception cref="IOException">There is one already, or it cannot be made.</exception>
    public abstract FileStream CreateNew(string path);

    /// <summary>Makes a folder and what is missing above it. Nobody else may look into those that were made, where the system has such a right.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public abstract void CreateFolder(string path);

    /// <summary>What is wrong with the access to a file, with advice; null where only its owner may read it or nothing is known.</summary>
    public abstract string? FindExposure(string path);
}
