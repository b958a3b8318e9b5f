namespace Sots.Cli.EditorTask;

/// <summary>Finds programs as the system finds them.</summary>
internal static class ProgramLocation
{
    /// <summary>This program's own name.</summary>
    public const string OwnName = "sots_backup";

    /// <summary>Full path of a program on the PATH, or null.</summary>
    /// <param name="name">Its name without an ending.</param>
    /// <param name="environment">Variables.</param>
    public static string? Find(string name, CliEnvironment environment) =>
        (environment.Variable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(folder => folder.Trim('"'))
            .Where(Path.IsPathFullyQualified)
            .Select(folder => ProgramFiles.Current.Find(folder, name))
            .FirstOrDefault(path => path is not null);

    /// <summary>
    /// What starts this program from anywhere: its name where it is on the PATH, which holds on the machines of a whole team; else the
    /// full path of what runs now.
    /// </summary>
    public static string OfThisProgram(CliEnvironment environment) =>
        Find(OwnName, environment) is not null ? OwnName
        : Path.GetFileNameWithoutExtension(Environment.ProcessPath) == OwnName ? Environment.ProcessPath!
        : ProgramFiles.Current.Find(AppContext.BaseDirectory, OwnName) ?? OwnName;
}
