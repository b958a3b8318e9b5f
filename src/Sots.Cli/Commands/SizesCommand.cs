using System.CommandLine;
using Sots.Backup.Progress;
using Sots.Backup.Sources;
using Sots.Cli.Output;
using Sots.Cli.Setup;
using Sots.Unreal;

namespace Sots.Cli.Commands;

/// <summary><c>sizes</c>: what a project holds, saved and left out.</summary>
internal static class SizesCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        VerbCommand command = new("sizes", "How large is what, and what of it is saved? By folder and kind.", ExitCode.OfOthers);
        projectOptions.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            ProjectSettings project = ProjectSettings.Get(run, projectOptions.Read(parse));
            OperationCounters counters = new();
            ProjectSurvey survey;
            IAsyncDisposable display = run.Reporter.Track(ProgressKind.Backup, counters);
            await using (display.ConfigureAwait(false))
            {
                try
                {
                    survey = project.Excludes.Survey(project.Root.Value, run.Environment.Variable, cancellationToken, counters);
                }
                catch (SourceException e)
                {
                    throw new UsageException($"{project.Root.Value} cannot be looked into: {e.Message}");
                }
            }

            run.Reporter.Report(new SurveyReport(project.Root.Value, survey));
            return ExitCode.Complete;
        }));
        return command;
    }
}
