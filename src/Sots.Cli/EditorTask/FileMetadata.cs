namespace Sots.Cli.EditorTask;

/// <summary>What a file has beside its content, and its successor should have too.</summary>
internal abstract class FileMetadata
{
    /// <summary>This system's way.</summary>
    public static FileMetadata Current { get; } = OperatingSystem.IsWindows() ? new WindowsFileMetadata() : new UnixFileMetadata();

    /// <summary>Gives a file what another has; nothing where there is no other.</summary>
    public abstract void Copy(string from, string to);
}
