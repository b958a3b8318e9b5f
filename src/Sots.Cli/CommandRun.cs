using System.CommandLine;
using System.Globalization;
using Sots.Cli.Output;

namespace Sots.Cli;

/// <summary>One run of a command: what surrounds it, what was asked of every command, and where it reports to.</summary>
/// <param name="Environment">The process, or what a test puts in its place.</param>
/// <param name="Global">The flags of every command.</param>
/// <param name="Reporter">Text or JSON.</param>
internal sealed record CommandRun(CliEnvironment Environment, GlobalSettings Global, IReporter Reporter)
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Wraps the body of a command: reads the global flags, chooses the reporter, and turns whatever goes wrong into a message and an
    /// exit code.
    /// </summary>
    public static Func<ParseResult, CancellationToken, Task<int>> Action(
        CliEnvironment environment, GlobalOptions options, Func<CommandRun, ParseResult, CancellationToken, Task<int>> body) =>
        async (parse, cancellationToken) =>
        {
            bool json = options.WantsJson(parse);
            IReporter reporter = CreateReporter(environment, json, verbosity: 1);
            try
            {
                GlobalSettings global = options.Read(parse, environment);
                reporter = CreateReporter(environment, json, global.Verbosity);
                using CancellationTokenRegistration told = cancellationToken.Register(() => reporter.Warning("signal interrupt received, cleaning up"));
                return await body(new CommandRun(environment, global, reporter), parse, cancellationToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The one place that turns every exception into an exit code.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                return ErrorReport.Write(reporter, exception, cancellationToken);
            }
        };

    /// <summary>Text or JSON.</summary>
    public static IReporter CreateReporter(CliEnvironment environment, bool json, int verbosity)
    {
        TimeSpan? chosen = ChosenInterval(environment);
        return json
            ? new JsonReporter(environment.Out, environment.Error, environment.Clock, verbosity, chosen ?? StatusInterval)
            : new TextReporter(environment.Out, environment.Error, environment.Clock, verbosity, environment.Screen, chosen);
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

    private static TimeSpan? ChosenInterval(CliEnvironment environment) =>
        double.TryParse(environment.Variable("RESTIC_PROGRESS_FPS"), NumberStyles.Float, CultureInfo.InvariantCulture, out double fps) && fps > 0
            ? TimeSpan.FromSeconds(1 / Math.Clamp(fps, 1e-4, 60))
            : null;
}
