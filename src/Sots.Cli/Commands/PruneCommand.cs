using System.CommandLine;
using Sots.Restic.Maintenance.Pruning;

namespace Sots.Cli.Commands;

/// <summary><c>prune</c>: removes data that no snapshot needs.</summary>
internal static class PruneCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Option<bool> dryRun = Symbols.Switch("--dry-run", "-n", "Change nothing, only say what would be done");
        PruneFlags flags = new();
        VerbCommand command = new("prune", "Free the room of snapshots that were removed?", ExitCode.OfReading) { dryRun };
        flags.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            PruneOptions options = flags.Read(parse, UnusedLimit.Default);
            bool pretend = parse.GetValue(dryRun);
            RepositorySession session = await RepositorySession.OpenAsync(
                run, RepositorySettings.Resolve(run), pretend ? RepositoryUse.Exclusive : RepositoryUse.Remove, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await session.RunAsync(token => RemovalAction.PruneAsync(run, session, options, pretend, withReasons: false, token)).ConfigureAwait(false);
            }
        }));
        return command;
    }
}
