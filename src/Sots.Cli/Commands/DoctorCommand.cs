using System.CommandLine;
using Sots.Cli.Doctor;
using Sots.Cli.Output;
using Sots.Cli.Runs;
using Sots.Unreal;

namespace Sots.Cli.Commands;

/// <summary><c>doctor</c>: is everything as it should be?</summary>
internal static class DoctorCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        Option<bool> noSpeedTest = Symbols.Switch("--no-speed-test", null, "Do not read and write 32 MiB to measure the disks");
        VerbCommand command = new(
            "doctor", "Is everything in order: project, backup, disks, password, clock? Ends with 3 for warnings, 1 for problems.",
            [ExitCode.Complete, ExitCode.Failed, ExitCode.Incomplete, ExitCode.Cancelled]) { noSpeedTest };
        projectOptions.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            ProjectSettings settings = ProjectSettings.Get(run, projectOptions.Read(parse));
            DoctorScene scene = new(run, settings, UnrealProject.Find(settings.Root.Value), !parse.GetValue(noSpeedTest))
            {
                LogFolder = RunLogFolder.Find(run, parse)?.Path ?? settings.LogFolder,
            };
            try
            {
                IReadOnlyList<DoctorFinding> findings = await Examination
                    .RunAsync(Examination.AllProbes(SystemFacts.Current), scene, cancellationToken).ConfigureAwait(false);
                run.Reporter.Report(new DoctorReport(findings));
                return Examination.CodeOf(findings);
            }
            finally
            {
                if (scene.Repository is { } repository)
                {
                    repository.Dispose();
                    repository.Backend.Dispose();
                }
            }
        }));
        return command;
    }
}
