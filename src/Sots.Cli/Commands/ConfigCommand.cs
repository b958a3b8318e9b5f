using System.CommandLine;
using System.Globalization;
using Sots.Cli.Configuration;
using Sots.Unreal;

namespace Sots.Cli.Commands;

/// <summary><c>config</c>: what is in force, and whether the config is right.</summary>
internal static class ConfigCommand
{
    /// <summary>The command with its verbs.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        VerbCommand command = new("config", "What is set for this project, and who said so?", ExitCode.OfOthers)
        {
            Show(environment, global), Check(environment, global),
            Print("schema", "How should editors check the config? Prints its JSON schema.", static () => ConfigSchema.Text, environment, global),
            Print("reference", "What may stand in the config? Prints the page docs/config.md.", static () => ConfigReference.Text, environment, global),
        };
        return command;
    }

    private static VerbCommand Show(CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        VerbCommand command = new("show", "What is in force, and where does each value come from?", ExitCode.OfOthers);
        projectOptions.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, (run, parse, _) =>
        {
            run.Reporter.Config(ConfigReport.Of(ProjectSettings.Get(run, projectOptions.Read(parse))));
            return Task.FromResult(ExitCode.Complete);
        }));
        return command;
    }

    private static VerbCommand Check(CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        VerbCommand command = new("check", "Is the config right? Names everything that is wrong, with its line.", ExitCode.OfOthers);
        projectOptions.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, (run, parse, _) =>
        {
            ProjectSettings project = ProjectSettings.Get(run, projectOptions.Read(parse));
            foreach (string missing in project.Excludes.ExcludeFiles.Value.Where(static file => !File.Exists(file)))
            {
                throw new UsageException($"exclude_files names {missing}, which is not there ({project.Excludes.ExcludeFiles.Origin})", "Correct the name, or make the file.");
            }

            foreach (string question in project.Excludes.Own(run.Environment.Variable).Questions([new UnrealRoot(project.Root.Value, UnrealRootKind.Project)]))
            {
                run.Reporter.Warning("warning: " + question);
            }

            int count = ConfigKeys.Table.Count(key => project.Config.Values.Find(key) is not null);
            run.Reporter.Message(project.Config.Path is { } file
                ? string.Create(CultureInfo.InvariantCulture, $"{file} is right; it sets {count} {(count == 1 ? "value" : "values")} of {ConfigKeys.Table.Count}")
                : "there is no config; everything has its default, which is fine. `sots_backup init` writes one");
            return Task.FromResult(ExitCode.Complete);
        }));
        return command;
    }

    private static VerbCommand Print(string name, string help, Func<string> text, CliEnvironment environment, GlobalOptions global)
    {
        VerbCommand command = new(name, help, ExitCode.OfOthers);
        command.SetAction(CommandRun.Action(environment, global, async (run, _, cancellationToken) =>
        {
            await run.Environment.Out.WriteAsync(text().AsMemory(), cancellationToken).ConfigureAwait(false);
            return ExitCode.Complete;
        }));
        return command;
    }
}
