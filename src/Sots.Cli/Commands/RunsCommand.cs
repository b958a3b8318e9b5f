using System.CommandLine;
using System.Globalization;
using System.Text;
using Sots.Cli.Output;
using Sots.Cli.Runs;

namespace Sots.Cli.Commands;

/// <summary><c>runs</c>: what was run, and how it ended.</summary>
internal static class RunsCommand
{
    private const int ShownByDefault = 20;
    private const string Latest = "latest";

    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        Option<string?> last = Symbols.Text("--last", null, "n", $"Only the last n, or all (default: {ShownByDefault})");
        VerbCommand command = new("runs", "What was run, and how did it end?", ExitCode.OfOthers) { last };
        projectOptions.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, (run, parse, _) =>
        {
            int count = CountOf(parse.GetValue(last));
            run.Reporter.Runs([.. ReadRuns(run, FolderOf(run, parse)).TakeLast(count)]);
            return Task.FromResult(ExitCode.Complete);
        }));
        command.Add(BuildShow(environment, global));
        return command;
    }

    /// <summary>All recorded runs, oldest first, with what is known of those that have not said how they ended.</summary>
    /// <exception cref="UsageException">The record cannot be read.</exception>
    public static IReadOnlyList<RunRecord> ReadRuns(CommandRun run, string folder)
    {
        try
        {
            RunLiveness liveness = new(folder, run.Environment.Host);
            return [.. new RunRecords(folder, run.Environment.Clock).Read().Select(liveness.Judge)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the record of the runs in {folder} cannot be read: {e.Message}", "Give your account the right to read it, or name another folder with --log-folder.");
        }
    }

    private static VerbCommand BuildShow(CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        Argument<string> id = new("run") { Description = "Name of a run or its beginning, or latest" };
        Option<bool> log = Symbols.Switch("--log", null, "Print the log of the run too");
        VerbCommand command = new("show", "What happened in one run?", ExitCode.OfOthers) { id, log };
        projectOptions.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            string folder = FolderOf(run, parse);
            RunRecord found = Find(ReadRuns(run, folder), parse.GetValue(id) ?? Latest);
            run.Reporter.RunDetails(found, folder);
            if (parse.GetValue(log) && !global.WantsJson(parse))
            {
                await PrintLogAsync(environment, folder, found, cancellationToken).ConfigureAwait(false);
            }

            return ExitCode.Complete;
        }));
        return command;
    }

    private static string FolderOf(CommandRun run, ParseResult parse) => RunLogFolder.Find(run, parse)?.Path
        ?? throw new UsageException("there is no Unreal project here, so there is no folder of logs", "Go into the project's folder, name it with --project, or name the folder of the logs with --log-folder.");

    private static RunRecord Find(IReadOnlyList<RunRecord> runs, string word)
    {
        if (word == Latest && runs.Count > 0)
        {
            return runs[^1];
        }

        List<RunRecord> found = [.. runs.Where(run => run.Id.StartsWith(word, StringComparison.Ordinal))];
        return found.Count switch
        {
            1 => found[0],
            0 => throw new UsageException($"there is no run {word} on record", "`sots_backup runs --last all` lists all of them."),
            _ when found.Find(run => run.Id == word) is { } exact => exact,
            _ => throw new UsageException($"{found.Count} runs begin with {word}", "Write more of the name; `sots_backup runs` lists them."),
        };
    }

    private static async Task PrintLogAsync(CliEnvironment environment, string folder, RunRecord run, CancellationToken cancellationToken)
    {
        try
        {
            string path = Path.Combine(folder, Path.GetFileName(run.Log ?? ""));
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(file, Encoding.UTF8);
            await environment.Out.WriteAsync("\n").ConfigureAwait(false);
            while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                await environment.Out.WriteAsync(PrintableText.Escape(line) + "\n").ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the log of {run.Id} cannot be read: {e.Message}", "Logs are removed when they are old.");
        }
    }

    private static int CountOf(string? text) => text switch
    {
        null => ShownByDefault,
        "all" => int.MaxValue,
        _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 => count,
        _ => throw new UsageException($"'{text}' is no number for --last", "It is 1 or more, or all."),
    };
}
