namespace Sots.Cli.EditorTask;

/// <summary>Which files of a folder are programs.</summary>
internal abstract class ProgramFiles
{
    /// <summary>This system's way.</summary>
    public static ProgramFiles Current { get; } = OperatingSystem.IsWindows() ? new WindowsProgramFiles() : new UnixProgramFiles();

    /// <summary>Full path of a program in a folder, or null.</summary>
    public abstract string? Find(string folder, string name);
}
