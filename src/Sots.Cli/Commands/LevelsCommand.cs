using System.CommandLine;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Unreal;
using Sots.Unreal.Assets;
using Sots.Unreal.Changes;

namespace Sots.Cli.Commands;

/// <summary><c>levels</c>: levels with their actors, in a snapshot, a folder, or as they differ between two snapshots.</summary>
internal static class LevelsCommand
{
    private const int ShownActors = 100;

    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string[]> words = new("snapshotID|folder")
        {
            Description = "A snapshot (the start of an id, or latest) or a folder; two snapshots to compare them, and behind them a level", Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string?> level = Symbols.Text("--level", null, "name", "Only this level, by its name or path, and its actors one by one");
        VerbCommand command = new("levels", "Which levels are there, which actors belong to them, and what became of them between two snapshots?", ExitCode.OfReading) { words, level };
        command.SetAction(CommandRun.Action(environment, global, (run, parse, cancellationToken) =>
        {
            string? name = parse.GetValue(level);
            return parse.GetValue(words) switch
            {
                [var one] when IsFolder(run, one) => OfFolderAsync(run, run.Environment.FullPath(one), name, cancellationToken),
                [var one] => InRepositoryAsync(run, (session, token) => OfSnapshotAsync(run, session, one, name, token), cancellationToken),
                [var one, var other] => InRepositoryAsync(run, (session, token) => CompareAsync(run, session, one, other, name, token), cancellationToken),
                [var one, var other, var third] when name is null =>
                    InRepositoryAsync(run, (session, token) => CompareAsync(run, session, one, other, third, token), cancellationToken),
                _ => throw new UsageException("levels of what? Name a snapshot or a folder, or two snapshots and perhaps a level", "`levels latest` lists those of the newest snapshot."),
            };
        }));
        return command;
    }

    /// <summary>A word that could be a snapshot is one; a folder of such a name is written with ./ in front.</summary>
    private static bool IsFolder(CommandRun run, string word)
    {
        string start = word.Split(':')[0];
        bool isSnapshot = start == SnapshotSelection.Latest || (start.Length is > 0 and <= 64 && start.All(char.IsAsciiHexDigitLower));
        return !isSnapshot && (Directory.Exists(run.Environment.FullPath(word))
            ? true
            : throw new UsageException($"there is neither a snapshot nor a folder '{word}'", "`snapshots` lists the snapshots."));
    }

    private static async Task<int> InRepositoryAsync(CommandRun run, Func<RepositorySession, CancellationToken, Task<int>> body, CancellationToken cancellationToken)
    {
        RepositorySession session = await RepositorySession.OpenAsync(run, RepositorySettings.Resolve(run), RepositoryUse.Read, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            return await session.RunAsync(token => body(session, token)).ConfigureAwait(false);
        }
    }

    private static async Task<int> OfFolderAsync(CommandRun run, string folder, string? name, CancellationToken cancellationToken)
    {
        IReadOnlyList<LevelEntry> levels = Chosen(await LevelListing.OfFolderAsync(folder, cancellationToken).ConfigureAwait(false), name);
        IReadOnlyList<ListedActor>? actors = name is null ? null
            : await ActorsAsync(run, levels, (file, _) => new ValueTask<AssetFacts>(AssetFacts.OfFile(Path.Combine(folder, file.Path))), cancellationToken).ConfigureAwait(false);
        run.Reporter.Report(new LevelsReport(levels, actors, snapshot: null));
        return ExitCode.Complete;
    }

    private static async Task<int> OfSnapshotAsync(CommandRun run, RepositorySession session, string text, string? name, CancellationToken cancellationToken)
    {
        SnapshotWord word = SnapshotWord.Parse(text);
        SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
        SavedSnapshot saved = word.Find(listing, new SnapshotFilter());
        bool stale = word.MayBeStale(listing, saved, run);
        IndexedRepository indexed = await session.LoadIndexForAsync(run, saved, cancellationToken).ConfigureAwait(false);
        AssetCaches caches = AssetCaches.Open(run, session.Repository);
        SnapshotPackages packages = new(indexed, caches.Facts);
        SnapshotFolder folder = new(saved.Snapshot, word.Subpath);
        IReadOnlyList<LevelEntry> levels = Chosen(
            await LevelListing.OfSnapshotAsync(indexed, folder, UnrealChanges.RootOf(folder), UnrealChanges.AboveOf(folder), packages, cancellationToken).ConfigureAwait(false), name);
        IReadOnlyList<ListedActor>? actors = name is null ? null
            : await ActorsAsync(run, levels, (file, token) => packages.FactsOfAsync(file.Node!, token), cancellationToken).ConfigureAwait(false);
        caches.Save();
        run.Reporter.Report(new LevelsReport(levels, actors, saved.Id.ToString()));
        return run.Finish(stale ? 1 : 0, ExitCode.Failed, ErrorReport.MayBeStale);
    }

    private static async Task<int> CompareAsync(CommandRun run, RepositorySession session, string before, string after, string? name, CancellationToken cancellationToken)
    {
        SnapshotPair pair = await SnapshotPair.LoadAsync(run, session, before, after, cancellationToken).ConfigureAwait(false);
        run.Reporter.Message($"comparing levels of snapshot {pair.Before.ShortId} with {pair.After.ShortId}:\n");
        TreeId one = await pair.Before.Folder.FindTreeAsync(pair.Repository, cancellationToken).ConfigureAwait(false);
        TreeId other = await pair.After.Folder.FindTreeAsync(pair.Repository, cancellationToken).ConfigureAwait(false);
        ChangesOptions options = new()
        {
            Root = UnrealChanges.RootOf(pair.After.Folder), Above = UnrealChanges.AboveOf(pair.After.Folder), Filter = path => IsOfLevel(path, name),
        };
        (ProjectChanges changes, long problems) = await UnrealChanges.ReadAsync(run, pair.Repository, seen: null, one, other, options, cancellationToken).ConfigureAwait(false);
        run.Reporter.Report(new LevelChangesReport(
            changes.Levels, pair.Before.Saved.Id.ToString(), pair.After.Saved.Id.ToString(), run.Global.Verbosity > 1 ? int.MaxValue : ShownActors));
        return DiffCommand.Finish(run, pair, problems);
    }

    private static bool IsOfLevel(string path, string? name)
    {
        string? level = UnrealLevels.PartOf(path)?.Level ?? (UnrealLevels.IsLevel(path) ? Path.ChangeExtension(path, null) : null);
        return level is not null && (name is null || LevelEntry.IsMeant(level, name));
    }

    private static IReadOnlyList<LevelEntry> Chosen(IReadOnlyList<LevelEntry> levels, string? name)
    {
        if (name is null)
        {
            return levels;
        }

        LevelEntry[] chosen = [.. levels.Where(level => LevelEntry.IsMeant(level.Path, name))];
        return chosen.Length > 0 ? chosen : throw new UsageException(
            $"there is no level '{name}'",
            NearestWord.Find(name, levels.Select(static level => level.Name)) is { } near ? $"Did you mean {near}?" : "Without --level all are listed.");
    }

    private static async Task<IReadOnlyList<ListedActor>> ActorsAsync(
        CommandRun run, IReadOnlyList<LevelEntry> levels, Func<LevelFile, CancellationToken, ValueTask<AssetFacts>> factsOf, CancellationToken cancellationToken)
    {
        LevelFile[] files = [.. levels.SelectMany(static level => level.Actors)];
        ListedActor[] actors = new ListedActor[files.Length];
        OperationCounters counters = new() { TotalFiles = files.Length, TotalsKnown = 1 };
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Assets, counters);
        await using (display.ConfigureAwait(false))
        {
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(Enumerable.Range(0, files.Length), parallel, async (i, token) =>
            {
                actors[i] = new ListedActor(files[i], await factsOf(files[i], token).ConfigureAwait(false));
                Interlocked.Increment(ref counters.FilesDone);
            }).ConfigureAwait(false);
        }

        return [.. actors.OrderBy(static actor => actor.Label, StringComparer.Ordinal).ThenBy(static actor => actor.File.Path, StringComparer.Ordinal)];
    }
}
