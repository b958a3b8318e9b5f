using System.CommandLine;
using Sots.Cli.Setup;

namespace Sots.Cli.Commands;

/// <summary><c>init</c>: in a project, everything its backups need; with a repository named, restic's own form.</summary>
internal static class InitCommand
{
    /// <summary>The command.</summary>
    /// <param name="environment">Surroundings.</param>
    /// <param name="global">Flags of every command.</param>
    /// <param name="editor">The step that adds the editor task, or null for none.</param>
    public static Command Build(CliEnvironment environment, GlobalOptions global, IEditorTask? editor = null)
    {
        ProjectOptions projectOptions = new();
        Option<string?> version = Symbols.Text("--repository-version", null, "version", "Format: 1, 2, latest or stable (default: stable, which is 2)").Offering("1", "2", "latest", "stable");
        Option<bool> yes = Symbols.Switch("--yes", "-y", "Set up the project without asking");
        VerbCommand command = new(
            "init", "Where should backups go from now on? In a project, shows what would be saved and sets everything up; with -r, makes a repository.",
            ExitCode.OfOthers) { version, yes };

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

            return await new ProjectSetup(run, ProjectSettings.Get(run, flags), editor).RunAsync(parse.GetValue(yes), format, cancellationToken).ConfigureAwait(false);
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
