using System.CommandLine;
using Sots.Cli.EditorTask;

namespace Sots.Cli.Commands;

/// <summary><c>vscode</c>: tasks for the editor.</summary>
internal static class VscodeCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        Option<string?> workspace = Symbols.Text("--workspace", null, "folder", "Folder that you open in the editor (default: that of the project)");
        Option<string?> program = Symbols.Text("--program", null, "file", "What the tasks start (default: sots_backup where it is on the PATH, else this program's full path)");
        VerbCommand command = new("vscode", "Start backups from Visual Studio Code? Adds tasks to .vscode/tasks.json.", ExitCode.OfOthers) { workspace, program };
        projectOptions.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, (run, parse, _) =>
        {
            ProjectSettings project = ProjectSettings.Get(run, projectOptions.Read(parse));
            string? opened = parse.GetValue(workspace) is { } folder ? Path.TrimEndingDirectorySeparator(run.Environment.FullPath(folder)) : null;
            string started = parse.GetValue(program) ?? ProgramLocation.OfThisProgram(run.Environment);
            run.Reporter.EditorTasks(VisualStudioCodeTasks.Merge(project.Root.Value, opened, started));
            return Task.FromResult(ExitCode.Complete);
        }));
        return command;
    }
}
