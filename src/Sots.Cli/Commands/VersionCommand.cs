using System.CommandLine;
using Sots.Cli.Output;

namespace Sots.Cli.Commands;

/// <summary><c>version</c>.</summary>
internal static class VersionCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        VerbCommand command = new("version", "Which version is this?", ExitCode.OfOthers);
        command.SetAction(CommandRun.Action(environment, global, (run, _, _) =>
        {
            run.Reporter.Version(ProgramVersion.Current);
            return Task.FromResult(ExitCode.Complete);
        }));
        return command;
    }
}
