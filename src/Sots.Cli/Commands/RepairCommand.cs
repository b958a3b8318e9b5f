using System.CommandLine;

namespace Sots.Cli.Commands;

/// <summary><c>repair</c>: puts a damaged repository right, as far as it can be.</summary>
internal static class RepairCommand
{
    /// <summary>The command with its parts.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global) =>
        new VerbCommand("repair", "Is the backup damaged? `check` says which of these helps; a backup of the files that are still there comes first.", ExitCode.OfReading)
        {
            RepairIndexCommand.Build(environment, global),
            RepairPacksCommand.Build(environment, global),
            RepairSnapshotsCommand.Build(environment, global),
        };
}
