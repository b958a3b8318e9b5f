using System.CommandLine;
using System.Diagnostics;
using Sots.Cli.InstalledRestic;

namespace Sots.Cli.Commands;

/// <summary><c>restic</c>: an installed restic on the project's repository.</summary>
internal static class ResticCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string[]> words = new("ARGS") { Description = "What restic is to do, behind --", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> named = Symbols.Text("--restic-program", null, "file", "Which restic? (default: the config's restic_program, else restic on the PATH)");
        VerbCommand command = new("restic", "Do something with restic itself? Runs an installed one on this repository.", ExitCode.OfSaving) { words, named };
        command.SetAction(CommandRun.Action(environment, global, (run, parse, cancellationToken) =>
        {
            ProcessStartInfo start = new(ResticChild.Find(parse.GetValue(named) ?? ProjectSettings.Find(run, new ProjectFlags())?.ResticProgram?.Value, run.Environment));
            IReadOnlyList<string> before = FindRepository(run) is { } settings ? HandOver.Apply(start.Environment, settings, run.Global) : [];
            foreach (string word in before.Concat(parse.GetValue(words) ?? []))
            {
                start.ArgumentList.Add(word);
            }

            run.Reporter.Detail($"running {start.FileName}");
            return ResticChild.RunAsync(run, start, cancellationToken);
        }));
        return command;
    }

    /// <summary>Null outside of a project where nothing names a repository: restic says itself when it needs one.</summary>
    private static RepositorySettings? FindRepository(CommandRun run) =>
        RepositorySettings.FindNamed(run.Global, run.Environment) is null && ProjectSettings.Find(run, new ProjectFlags()) is null
            ? null
            : RepositorySettings.Resolve(run);
}
