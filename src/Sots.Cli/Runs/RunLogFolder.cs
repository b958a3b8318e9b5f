using System.CommandLine;

namespace Sots.Cli.Runs;

/// <summary>Where the log of a run goes.</summary>
/// <param name="Path">Folder, absolute.</param>
/// <param name="IsChosen">Somebody named it: it is made with all folders above it.</param>
/// <param name="Options">How long logs are kept in it.</param>
internal sealed record RunLogFolder(string Path, bool IsChosen, RunLogOptions Options)
{
    /// <summary>Variable that names the folder.</summary>
    public const string Variable = "SOTS_LOG_FOLDER";

    /// <summary>
    /// The folder that <c>--log-folder</c> or <see cref="Variable"/> names; else that of the project which the command works for; else
    /// null, when the repository is no project's: nobody expects logs beside it.
    /// </summary>
    public static RunLogFolder? Find(CommandRun run, ParseResult parse)
    {
        if (run.Global.LogFolder is { } chosen)
        {
            RunLogOptions options = FindProject(run, parse)?.Logs.ToOptions() ?? RunLogOptions.Default;
            return new RunLogFolder(run.Environment.FullPath(chosen.Value), IsChosen: true, options);
        }

        return FindProject(run, parse) is { } project ? new RunLogFolder(project.LogFolder, IsChosen: false, project.Logs.ToOptions()) : null;
    }

    /// <summary>The project that a command works for, or null. What is wrong with flags the command itself will say.</summary>
    public static ProjectSettings? FindProject(CommandRun run, ParseResult parse)
    {
        try
        {
            ProjectFlags flags = new(TextOf(parse, "--project"), TextOf(parse, "--backup-root"));
            bool isProjectCommand = parse.CommandResult.Command.Options.Any(option => option.Name == "--project");
            bool namesOther = RepositorySettings.FindNamed(run.Global, run.Environment) is not null;
            bool isInitOfOther = parse.CommandResult.Command.Name == "init" && flags == new ProjectFlags() && namesOther;
            return (isProjectCommand && !isInitOfOther) || !namesOther ? ProjectSettings.Find(run, flags) : null;
        }
        catch (UsageException)
        {
            return null;
        }
    }

    private static string? TextOf(ParseResult parse, string name) =>
        parse.CommandResult.Command.Options.OfType<Option<string?>>().FirstOrDefault(option => option.Name == name) is { } option
            ? parse.GetValue(option)
            : null;
}
