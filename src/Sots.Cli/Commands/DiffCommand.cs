using System.CommandLine;
using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Unreal.Changes;

namespace Sots.Cli.Commands;

/// <summary><c>diff</c>: what differs between two snapshots, in restic's words.</summary>
internal static class DiffCommand
{
    private const string Damaged = "Fatal: not everything could be compared: a part of a snapshot cannot be read";

    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string[]> snapshots = new("snapshotID")
        {
            Description = "Two snapshots: the start of an id, or latest; with :PATH behind it, only that folder", Arity = ArgumentArity.ZeroOrMore,
        };
        Option<bool> metadata = Symbols.Switch("--metadata", null, "Show also what differs only in times, rights and the like");
        Option<bool> unreal = Symbols.Switch("--unreal", null, "Tell it in Unreal's words instead: assets by class, levels with their actors, what grew");
        VerbCommand command = new("diff", "What changed between two snapshots? + added, - removed, M content, T kind, U metadata, ? content but nothing else", ExitCode.OfReading)
        {
            snapshots, metadata, unreal,
        };
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            if (parse.GetValue(snapshots) is not [{ } before, { } after])
            {
                throw new UsageException("specify two snapshot IDs", "`snapshots` lists them; `latest` is the newest.");
            }

            RepositorySession session = await RepositorySession.OpenAsync(run, RepositorySettings.Resolve(run), RepositoryUse.Read, cancellationToken)
                .ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await session.RunAsync(async token =>
                {
                    SnapshotPair pair = await SnapshotPair.LoadAsync(run, session, before, after, token).ConfigureAwait(false);
                    return parse.GetValue(unreal)
                        ? await TellAsync(run, pair, token).ConfigureAwait(false)
                        : await CompareAsync(run, pair, parse.GetValue(metadata), token).ConfigureAwait(false);
                }).ConfigureAwait(false);
            }
        }));
        return command;
    }

    private static async Task<int> CompareAsync(CommandRun run, SnapshotPair pair, bool withMetadata, CancellationToken cancellationToken)
    {
        run.Reporter.Message($"comparing snapshot {pair.Before.ShortId} to {pair.After.ShortId}:\n");
        DifferenceStatistics statistics = await DiffOperation.RunAsync(
            pair.Repository, pair.Before.Folder, pair.After.Folder, withMetadata, run.Reporter.Difference,
            (path, error) => run.Reporter.Warning($"error: {(path.Length == 0 ? "" : path + ": ")}{error.Message}"), cancellationToken).ConfigureAwait(false);
        run.Reporter.DifferenceSummary(pair.Before.Word, pair.After.Word, statistics);
        return Finish(run, pair, statistics.Problems);
    }

    private static async Task<int> TellAsync(CommandRun run, SnapshotPair pair, CancellationToken cancellationToken)
    {
        run.Reporter.Message($"comparing snapshot {pair.Before.ShortId} to {pair.After.ShortId}:\n");
        TreeId before = await pair.Before.Folder.FindTreeAsync(pair.Repository, cancellationToken).ConfigureAwait(false);
        TreeId after = await pair.After.Folder.FindTreeAsync(pair.Repository, cancellationToken).ConfigureAwait(false);
        (ProjectChanges changes, long problems) = await UnrealChanges.ReadAsync(
            run, pair.Repository, seen: null, before, after, new ChangesOptions { Root = UnrealChanges.RootOf(pair.After.Folder), Above = UnrealChanges.AboveOf(pair.After.Folder) },
            cancellationToken).ConfigureAwait(false);
        run.Reporter.Report(new ChangesReport(
            changes, pair.Before.Saved.Id.ToString(), pair.After.Saved.Id.ToString(), run.Global.Verbosity > 1 ? int.MaxValue : UnrealChanges.ShownByDiff)
        {
            NeedsCommand = UnrealChanges.NeedsCommand(run, pair.Before.Saved.Id, pair.After.Saved.Id),
        });
        return Finish(run, pair, problems);
    }

    /// <summary>The exit code of a comparison.</summary>
    public static int Finish(CommandRun run, SnapshotPair pair, long problems) => problems > 0
        ? run.Finish(problems, ExitCode.Failed, Damaged)
        : run.Finish(pair.MayBeStale ? 1 : 0, ExitCode.Failed, ErrorReport.MayBeStale);
}
