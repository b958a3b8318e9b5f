namespace Sots.Cli.EditorTask;

/// <summary>Programs are files that may be executed.</summary>
internal sealed class UnixProgramFiles : ProgramFiles
{
    /// <inheritdoc/>
    public override string? Find(string folder, string name)
    {
        const UnixFileMode executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        string path = Path.Combine(folder, name);
        try
        {
#pragma warning disable CA1416 // Chosen once, in ProgramFiles, for every system but Windows.
            return File.Exists(path) && (File.GetUnixFileMode(path) & executable) != 0 ? path : null;
#pragma warning restore CA1416
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
