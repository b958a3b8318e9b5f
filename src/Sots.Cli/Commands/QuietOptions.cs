using System.CommandLine;
using System.Globalization;
using Sots.Cli.Configuration;
using Sots.Cli.Output;
using Sots.Unreal;

namespace Sots.Cli.Commands;

/// <summary>The flags that have a backup wait for a quiet moment.</summary>
internal sealed class QuietOptions
{
    private readonly Option<string?> _quiet = Symbols.Text("--wait-quiet", null, "duration", "First wait until nothing under Content has changed for so long, such as 10s; 0 does not wait (default: the config, else 0)");
    private readonly Option<string?> _limit = Symbols.Text("--wait-quiet-limit", null, "duration", "Wait for that at most so long, then save all the same (default: the config, else 5m)");

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_quiet);
        command.Add(_limit);
    }

    /// <summary>Waits, where that is asked for, and says so.</summary>
    /// <param name="run">Surroundings and reporter.</param>
    /// <param name="parse">The command line.</param>
    /// <param name="project">The project.</param>
    /// <param name="roots">Its folder and those of its plugins.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="UsageException">A flag is no duration.</exception>
    public async Task WaitAsync(CommandRun run, ParseResult parse, ProjectSettings project, IEnumerable<UnrealRoot> roots, CancellationToken cancellationToken)
    {
        TimeSpan quiet = Of(parse, _quiet, project.Values.Get(ConfigKeys.WaitQuiet).Value), limit = Of(parse, _limit, project.Values.Get(ConfigKeys.WaitQuietLimit).Value);
        if (quiet == TimeSpan.Zero)
        {
            return;
        }

        string[] folders = [.. roots.Select(static root => Path.Combine(root.Path, "Content"))];
        QuietMoment moment = await new QuietWait(run.Environment.Clock, token => ContentState.Look(folders, token)).RunAsync(
            quiet, limit, () => run.Reporter.Message($"waiting until nothing under Content has changed for {ConfigTypes.Short(quiet)}, at most {ConfigTypes.Short(limit)}"),
            cancellationToken).ConfigureAwait(false);
        run.Reporter.Report(new QuietReport(moment, quiet, folders.Length));
        if (!moment.IsQuiet)
        {
            run.Reporter.Warning($"warning: files under Content still change after {ConfigTypes.Short(limit)}; they are saved all the same, and what is written only half by now is in the snapshot like that");
        }
    }

    private static TimeSpan Of(ParseResult parse, Option<string?> option, TimeSpan configured) => parse.GetValue(option) is not { } text ? configured
        : Durations.TryParse(text, out TimeSpan duration) && duration <= ConfigTypes.LongestWait ? duration
        : throw new UsageException($"'{text}' is no duration for {option.Name}", string.Create(CultureInfo.InvariantCulture, $"Write it as 10s or 5m; at most {ConfigTypes.Short(ConfigTypes.LongestWait)}."));
}
