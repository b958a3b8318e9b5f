using System.CommandLine;

namespace Sots.Cli.Commands;

/// <summary><c>full</c>: the baseline of a project.</summary>
internal static class FullCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global) => ProjectBackup.Build(
        "full", "Save the whole project for the first time? Makes what is missing and reads every file.", readEverything: true, environment, global);
}
