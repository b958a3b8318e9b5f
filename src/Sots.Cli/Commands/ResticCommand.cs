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
            string[] given = parse.GetValue(words) ?? [];
            foreach (string word in before.Concat(given))
            {
                start.ArgumentList.Add(word);
            }

            run.Reporter.Detail($"running {start.FileName}");
            return ResticChild.RunAsync(run, start, PrintsSecrets(given), cancellationToken);
        }));
        return command;
    }

    /// <summary>
    /// Whether it may be told to print keys or the content of files: <c>cat masterkey</c>, <c>dump latest PATH</c>. Which words before the
    /// verb are flags and which their values only restic knows, so one of them anywhere counts; a log too little does no harm.
    /// </summary>
    private static bool PrintsSecrets(IEnumerable<string> words) => words.Any(static word => word is "cat" or "dump");

    /// <summary>Null outside of a project where nothing names a repository: restic says itself when it needs one.</summary>
    private static RepositorySettings? FindRepository(CommandRun run) =>
        RepositorySettings.FindNamed(run.Global, run.Environment) is null && ProjectSettings.Find(run, new ProjectFlags()) is null
            ? null
            : RepositorySettings.Resolve(run);
}
