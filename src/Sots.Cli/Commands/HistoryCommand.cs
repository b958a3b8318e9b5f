using System.CommandLine;
using Sots.Backup.Progress;
using Sots.Cli.Assets;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Unreal.Assets;
using Sots.Unreal.Histories;

namespace Sots.Cli.Commands;

/// <summary><c>history</c>: the versions of an asset in all snapshots.</summary>
internal sealed class HistoryCommand
{
    private readonly Argument<string?> _word = new("asset")
    {
        Description = "Name of an asset, a path or the end of one, /Game/Folder/Name, a class, or the label of an actor; * and ? stand for any letters",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _all = Symbols.Switch("--all", null, "Where several files fit: the versions of all of them");
    private readonly Option<bool> _asPath = Symbols.Switch("--as-path", null, "The word is a path");
    private readonly Option<bool> _asName = Symbols.Switch("--as-name", null, "The word is a name");
    private readonly Option<bool> _asClass = Symbols.Switch("--as-class", null, "The word is a class");
    private readonly Option<bool> _asLabel = Symbols.Switch("--as-label", null, "The word is the label of an actor");
    private readonly Option<string?> _thumbnails = Symbols.Text("--thumbnails", null, "folder", "Write the pictures of the versions to this folder, and a page to look at them side by side");
    private readonly SnapshotFilterOptions _filter = new();

    private HistoryCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        HistoryCommand options = new();
        VerbCommand command = new("history", "Which versions of an asset are there, and what changed in each?", ExitCode.OfReading)
        {
            options._word, options._all, options._asPath, options._asName, options._asClass, options._asLabel, options._thumbnails,
        };
        options._filter.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, options.RunAsync));
        return command;
    }

    private async Task<int> RunAsync(CommandRun run, ParseResult parse, CancellationToken cancellationToken)
    {
        HistoryWord word = WordOf(run, parse);
        SnapshotFilter filter = _filter.Read(parse, run.Environment);
        string? folder = parse.GetValue(_thumbnails) is { } given ? run.Environment.FullPath(given) : null;
        RepositorySession session = await RepositorySession.OpenAsync(run, RepositorySettings.Resolve(run), RepositoryUse.Read, cancellationToken)
            .ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            return await session.RunAsync(async token =>
            {
                SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(token).ConfigureAwait(false);
                foreach (RepositoryException damage in listing.Damaged)
                {
                    run.Reporter.Warning($"warning: {damage.Message}; it is passed over");
                }

                IndexedRepository repository = await session.LoadIndexAsync(run, token).ConfigureAwait(false);
                AssetCaches caches = AssetCaches.Open(run, session.Repository);
                Problems problems = new(run);
                SavedSnapshot[] snapshots = [.. listing.Snapshots.Where(saved => filter.Matches(saved.Snapshot))];
                HistoryAnswer answer = await AskAsync(run, repository, caches, snapshots, word, parse.GetValue(_all), problems, token).ConfigureAwait(false);
                caches.Save();
                if (answer.Histories.Count == 0 && answer.Candidates.Count == 0)
                {
                    throw new RepositoryException(
                        RepositoryErrorKind.InvalidRequest,
                        snapshots.Length == 0 ? "no snapshot is meant" : $"nothing in {snapshots.Length} snapshots is called \"{word.Text}\", has such a path, class or label",
                        "`find` with a pattern such as '*Door*' looks for parts of a name.");
                }

                await ReportAsync(run, repository, caches, word.Text, answer, folder, problems, token).ConfigureAwait(false);
                return run.Finish(problems.Count, ExitCode.Failed, "Fatal: parts of the snapshots could not be read, see above; `check` says more");
            }).ConfigureAwait(false);
        }
    }

    private static async Task<HistoryAnswer> AskAsync(
        CommandRun run, IndexedRepository repository, AssetCaches caches, SavedSnapshot[] snapshots, HistoryWord word, bool all, Problems problems,
        CancellationToken cancellationToken)
    {
        OperationCounters counters = new();
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Assets, counters);
        await using (display.ConfigureAwait(false))
        {
            HistoryAnswer answer = await new HistoryOperation(repository, caches.Facts, caches.Details, problems.Tell, counters)
                .RunAsync(snapshots, word, all, cancellationToken).ConfigureAwait(false);
            run.Reporter.Detail($"read {answer.LoadedTrees} folders and {answer.ReadPackages} packages");
            return answer;
        }
    }

    private static async Task ReportAsync(
        CommandRun run, IndexedRepository repository, AssetCaches caches, string word, HistoryAnswer answer, string? folder, Problems problems,
        CancellationToken cancellationToken)
    {
        TimeZoneInfo zone = run.Environment.Clock.LocalTimeZone;
        if (answer.Histories.Count == 0)
        {
            run.Reporter.Report(new HistoryCandidatesReport(word, answer.Candidates, zone));
            return;
        }

        WrittenPictures? pictures = folder is null
            ? null
            : await HistoryPictures.WriteAsync(folder, answer.Histories, new SnapshotPackages(repository, caches.Facts), problems.Tell, zone, cancellationToken).ConfigureAwait(false);
        run.Reporter.Report(new HistoryReport(word, answer.Histories, new RestoreLine(run).Of, pictures, zone));
    }

    private HistoryWord WordOf(CommandRun run, ParseResult parse)
    {
        string text = parse.GetValue(_word) is { Length: > 0 } given ? given : throw new UsageException("no asset specified", "Name one, such as `history BP_Door`.");
        (Option<bool> Option, HistoryMatch Match)[] ways = [(_asPath, HistoryMatch.Path), (_asName, HistoryMatch.Name), (_asClass, HistoryMatch.Class), (_asLabel, HistoryMatch.Label)];
        HistoryMatch[] chosen = [.. ways.Where(way => parse.GetValue(way.Option)).Select(static way => way.Match)];
        if (chosen.Length > 1)
        {
            throw new UsageException("a word is one thing only", "Use one of --as-path, --as-name, --as-class and --as-label.");
        }

        // As it stands, and as a path on this computer.
        return new HistoryWord(text, [text, SnapshotPath.OfTarget(run.Environment.FullPath(text))]) { Only = chosen.Length == 0 ? null : chosen[0] };
    }

    /// <summary>Counts what could not be read, and tells it.</summary>
    private sealed class Problems(CommandRun run)
    {
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public void Tell(string path, RepositoryException problem)
        {
            Interlocked.Increment(ref _count);
            run.Reporter.Problem(new ProblemEvent("history", path, problem.Message));
        }
    }
}
