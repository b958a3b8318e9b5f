using System.CommandLine;
using System.Globalization;
using Sots.Cli.Configuration;
using Sots.Cli.Output;

namespace Sots.Cli.Runs;

/// <summary>The first lines of a log: what ran, where, and with which settings. No secret is among them.</summary>
internal static class RunHeader
{
    private static readonly string[] Variables =
    [
        "RESTIC_REPOSITORY", "RESTIC_REPOSITORY_FILE", "RESTIC_PASSWORD", "RESTIC_PASSWORD_FILE", "RESTIC_PASSWORD_COMMAND", "RESTIC_KEY_HINT",
        "RESTIC_HOST", "RESTIC_COMPRESSION", "RESTIC_PACK_SIZE", "RESTIC_READ_CONCURRENCY", "RESTIC_PROGRESS_FPS", RunLogFolder.Variable,
    ];

    /// <summary>The lines.</summary>
    public static IEnumerable<string> Of(CommandRun run, ParseResult parse)
    {
        CliEnvironment environment = run.Environment;
        DateTimeOffset now = environment.Clock.GetLocalNow();
        CultureInfo culture = CultureInfo.InvariantCulture;
        yield return string.Create(culture, $"{ProgramVersion.Current}, {ProgramVersion.SystemDescription}, {Environment.ProcessorCount} processors");
        yield return string.Create(culture, $"started {now:yyyy-MM-dd HH:mm:ss zzz} as process {Environment.ProcessId} on {environment.Host}");
        yield return $"command: {ProgramVersion.Program} {MaskedCommandLine.Of(parse.Tokens.Select(token => token.Value))}";
        yield return $"folder: {environment.WorkingDirectory}";
        string[] set = [.. Variables.Where(name => environment.Variable(name) is not null)];
        if (set.Length > 0)
        {
            yield return "variables that are set: " + string.Join(' ', set);
        }

        foreach (string line in Settings(run, parse))
        {
            yield return "setting: " + line;
        }

        GlobalSettings global = run.Global;
        yield return string.Create(
            culture, $"setting: verbosity {global.Verbosity}, lock {(global.NoLock ? "not wanted" : "wanted")}, retry lock for {Durations.Format(global.RetryLock)}");
    }

    /// <summary>Repository and password source with who said so. What is wrong with them the command itself will say.</summary>
    private static string[] Settings(CommandRun run, ParseResult parse)
    {
        try
        {
            return RunLogFolder.FindProject(run, parse) is { } project ? ConfigReport.Of(project).ToText().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                : RepositorySettings.FindNamed(run.Global, run.Environment) is { } named
                    ?
                    [
                        $"repository  {MaskedCommandLine.Of([named.Value])} ({named.Origin})",
                        $"password    from {PasswordSource.Choose(run.Global, run.Environment, configured: null).Describe()}",
                    ]
                    : [];
        }
        catch (UsageException)
        {
            return [];
        }
    }
}
