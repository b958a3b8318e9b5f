using System.CommandLine;

namespace Sots.Cli.Commands;

/// <summary><c>init</c>: makes a repository; in a project also its backup folder and password file.</summary>
internal static class InitCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        Option<string?> version = Symbols.Text("--repository-version", null, "version", "Format: 1, 2, latest or stable (default: stable, which is 2)").Offering("1", "2", "latest", "stable");
        VerbCommand command = new("init", "Where should backups go from now on? Makes a repository.", ExitCode.OfOthers) { version };
        projectOptions.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            int format = VersionOf(parse.GetValue(version));
            ProjectFlags flags = projectOptions.Read(parse);
            if (flags == new ProjectFlags() && RepositorySettings.FindNamed(run.Global, run.Environment) is not null)
            {
                await RepositorySetup.CreateAsync(run, RepositorySettings.Resolve(run), format, cancellationToken).ConfigureAwait(false);
                return ExitCode.Complete;
            }

            ProjectSettings project = ProjectSettings.Get(run, flags);
            return await RepositorySetup.EnsureAsync(run, project, cancellationToken).ConfigureAwait(false)
                ? ExitCode.Complete
                : throw RepositorySetup.AlreadyThere(project.Repository);
        }));
        return command;
    }

    private static int VersionOf(string? text) => text switch
    {
        null or "stable" or "latest" or "2" => 2,
        "1" => 1,
        _ => throw new UsageException($"'{text}' is no version for --repository-version", "There are 1, 2, latest and stable."),
    };
}
