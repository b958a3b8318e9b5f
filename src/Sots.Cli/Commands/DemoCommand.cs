using System.CommandLine;
using Sots.Cli.Demo;

namespace Sots.Cli.Commands;

/// <summary><c>demo</c>: the whole life of a backup on a small project of its own, with the very commands a user would type.</summary>
internal static class DemoCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Option<bool> keep = Symbols.Switch("--keep", null, "Do not remove the demo's folder at the end");
        VerbCommand command = new("demo", "Does it work on this machine? Makes a small project, saves, edits, saves, restores and compares it.", ExitCode.OfOthers) { keep };
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            string folder = Directory.CreateTempSubdirectory("sots_demo_").FullName;
            try
            {
                return await RunAsync(run, folder, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (parse.GetValue(keep))
                {
                    run.Reporter.Message($"the demo's folder stays: {folder}");
                }
                else
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
        }));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, string folder, CancellationToken cancellationToken)
    {
        long start = run.Environment.Clock.GetTimestamp();
        DemoProject project = new(Path.Combine(folder, "Demo"));
        string restored = Path.Combine(folder, "restored");
        run.Reporter.Message($"making a small Unreal project in {project.Root}");
        project.Create();
        await StepAsync("full").ConfigureAwait(false);

        run.Reporter.Message("\nediting three files, adding one, deleting one");
        project.Edit();
        await StepAsync("push").ConfigureAwait(false);
        await StepAsync("snapshots").ConfigureAwait(false);
        await StepAsync("restore-latest", "--target", restored, "--verify").ConfigureAwait(false);

        SortedDictionary<string, string> expected = project.Expected();
        IReadOnlyList<string> differences = FolderContent.Differences(expected, FolderContent.Hash(restored, static _ => true));
        foreach (string difference in differences)
        {
            run.Reporter.Warning(difference);
        }

        await StepAsync("check", "--read-data").ConfigureAwait(false);
        double seconds = run.Environment.Clock.GetElapsedTime(start).TotalSeconds;
        run.Reporter.Message(FormattableString.Invariant(
            $"\ncompared {expected.Count} files byte by byte: {differences.Count} differences; the demo took {seconds:F1} s"));
        return run.Finish(differences.Count, ExitCode.Failed, "Fatal: what was restored is not what was saved");

        async Task StepAsync(params string[] arguments)
        {
            run.Reporter.Message("\n$ sots_backup " + string.Join(' ', arguments));

            // Its own folder and no variables: a repository of the user's must not be touched by a demo.
            CliEnvironment inside = run.Environment with { WorkingDirectory = project.Root, Variable = static _ => null };
            string[] quiet = run.Global.Verbosity == 0 ? ["--quiet"] : [];
            int code = await CliRoot.RunAsync([.. arguments, .. quiet], inside, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (code != ExitCode.Complete)
            {
                throw new DemoFailedException($"`sots_backup {arguments[0]}` ended with exit code {code}");
            }
        }
    }
}
