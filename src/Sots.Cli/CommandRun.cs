using System.CommandLine;
using System.Globalization;
using Sots.Cli.Output;
using Sots.Cli.Runs;

namespace Sots.Cli;

/// <summary>One run of a command: what surrounds it, what was asked of every command, and where it reports to.</summary>
/// <param name="Environment">The process, or what a test puts in its place.</param>
/// <param name="Global">The flags of every command.</param>
/// <param name="Reporter">Text or JSON.</param>
internal sealed record CommandRun(CliEnvironment Environment, GlobalSettings Global, IReporter Reporter)
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The log and record of this run; null where it has none.</summary>
    public RunJournal? Journal { get; init; }

    /// <summary>
    /// Wraps the body of a command: reads the global flags, chooses the reporter, and turns whatever goes wrong into a message and an
    /// exit code.
    /// </summary>
    public static Func<ParseResult, CancellationToken, Task<int>> Action(
        CliEnvironment environment, GlobalOptions options, Func<CommandRun, ParseResult, CancellationToken, Task<int>> body) =>
        async (parse, cancellationToken) =>
        {
            bool json = options.WantsJson(parse);
            string verb = HelpWithExitCodes.PathOf(parse.CommandResult.Command).Replace(' ', '-');
            IReporter reporter = CreateReporter(environment, json, verbosity: 1);
            RunJournal? journal = null;
            int code;
            try
            {
                GlobalSettings global = options.Read(parse, environment);
                reporter = CreateReporter(environment, json, global.Verbosity, RunVerbs.IsOwn(verb) ? TextStyle.Own : TextStyle.OfRestic);
                CommandRun run = new(environment, global, reporter);
                journal = OpenJournal(run, parse, verb);
                reporter = journal is null ? reporter : new JournalReporter(reporter, journal, environment.Clock);
                using CancellationTokenRegistration told = cancellationToken.Register(() =>
                {
                    // An installed restic is told too, and says it itself.
                    if (!RunVerbs.SaysInterruptItself(verb))
                    {
                        reporter.Warning("signal interrupt received, cleaning up");
                    }
                });
                code = await body(run with { Reporter = reporter, Journal = journal }, parse, cancellationToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The one place that turns every exception into an exit code.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                code = ErrorReport.Write(reporter, exception, cancellationToken);
            }

            journal?.End(code);
            journal?.Dispose();
            return code;
        };

    /// <summary>Text or JSON.</summary>
    public static IReporter CreateReporter(CliEnvironment environment, bool json, int verbosity, TextStyle? style = null)
    {
        TimeSpan? chosen = ChosenInterval(environment);
        return json
            ? new JsonReporter(environment.Out, environment.Error, environment.Clock, verbosity, chosen ?? StatusInterval)
            : new TextReporter(environment.Out, environment.Error, environment.Clock, verbosity, environment.Screen, chosen, style);
    }

    /// <summary>The exit code of an operation that goes on past single problems; tells of them last.</summary>
    public int Finish(long problems, int codeWithProblems, string message)
    {
        if (problems == 0)
        {
            return ExitCode.Complete;
        }

        Reporter.Failure(message, codeWithProblems);
        return codeWithProblems;
    }

    private static RunJournal? OpenJournal(CommandRun run, ParseResult parse, string verb)
    {
        if (!RunVerbs.IsLogged(verb) || RunLogFolder.Find(run, parse) is not { } folder)
        {
            return null;
        }

        RunJournal journal = new(run.Environment, verb, IsDryRun(parse), folder, folder.Options, run.Reporter.Warning);
        foreach (string line in RunHeader.Of(run, parse))
        {
            journal.Log.Write(RunLogLevel.Info, line);
        }

        journal.Log.Flush();
        return journal;
    }

    private static bool IsDryRun(ParseResult parse) =>
        parse.CommandResult.Command.Options.OfType<Option<bool>>().FirstOrDefault(static option => option.Name == "--dry-run") is { } option && parse.GetValue(option);

    private static TimeSpan? ChosenInterval(CliEnvironment environment) =>
        double.TryParse(environment.Variable("RESTIC_PROGRESS_FPS"), NumberStyles.Float, CultureInfo.InvariantCulture, out double fps) && fps > 0
            ? TimeSpan.FromSeconds(1 / Math.Clamp(fps, 1e-4, 60))
            : null;
}
