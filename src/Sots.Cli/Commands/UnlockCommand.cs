using System.CommandLine;
using Sots.Restic.Locking;

namespace Sots.Cli.Commands;

/// <summary><c>unlock</c>: removes locks that dead processes left.</summary>
internal static class UnlockCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Option<bool> removeAll = Symbols.Switch("--remove-all", null, "Remove all locks, even of processes that are at work: only if you are sure there are none");
        VerbCommand command = new("unlock", "Is the repository still locked by a process that is gone? Removes such locks.", ExitCode.OfReading) { removeAll };
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            RepositorySession session = await RepositorySession.OpenAsync(run, RepositorySettings.Resolve(run), RepositoryUse.Unlocked, cancellationToken)
                .ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                UnlockResult result = await session.Repository.UnlockAsync(parse.GetValue(removeAll), RepositorySession.LockOptions(run), cancellationToken)
                    .ConfigureAwait(false);
                run.Reporter.Unlocked(result.Removed);
                if (result.Remaining > 0)
                {
                    run.Reporter.Message($"{result.Remaining} locks of processes that seem to be at work were left alone");
                }

                if (result.Unreadable.Count > 0)
                {
                    run.Reporter.Message($"{result.Unreadable.Count} lock files that cannot be read were left alone; `unlock --remove-all` removes them");
                }

                return ExitCode.Complete;
            }
        }));
        return command;
    }
}
