using System.CommandLine;
using System.Globalization;
using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Unreal.Assets;

namespace Sots.Cli.Commands;

/// <summary><c>find</c>: looks for files, assets, and uses of blobs in all snapshots.</summary>
internal sealed class FindCommand
{
    private readonly Argument<string[]> _patterns = new("pattern") { Description = "Names or paths; * and ? stand for any letters, ** for any folders", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string[]> _assets = Symbols.List("--asset", null, "name", "Only assets of this name, short or as /Game/Folder/Name; * and ? stand for any letters");
    private readonly Option<string[]> _classes = Symbols.List("--class", null, "class", "Only assets of this class, such as StaticMesh or '*Blueprint'");
    private readonly Option<string[]> _labels = Symbols.List("--label", null, "label", "Only actors with this label in their level");
    private readonly Option<bool> _ignoreCase = Symbols.Switch("--ignore-case", "-i", "Upper and lower case letters of a pattern are the same");
    private readonly Option<string?> _oldest = Symbols.Text("--oldest", "-O", "time", "Only what was changed at this time or later, such as 2026-11-01 or '2026-11-01 22:08:41'");
    private readonly Option<string?> _newest = Symbols.Text("--newest", "-N", "time", "Only what was changed at this time or before");
    private readonly Option<string[]> _snapshots = Symbols.List("--snapshot", "-s", "id", "Only in this snapshot");
    private readonly Option<bool> _reverse = Symbols.Switch("--reverse", "-R", "The oldest snapshot first");
    private readonly Option<bool> _long = Symbols.Switch("--long", "-l", "Show mode, owner, size and time");
    private readonly Option<bool> _human = Symbols.Switch("--human-readable", null, "With --long: sizes with units");
    private readonly Option<bool> _blob = Symbols.Switch("--blob", null, "The patterns are ids of blobs: which files have them?");
    private readonly Option<bool> _tree = Symbols.Switch("--tree", null, "The patterns are ids of trees: which folders are they?");
    private readonly Option<bool> _pack = Symbols.Switch("--pack", null, "The patterns are ids of packs: what is in them?");
    private readonly Option<bool> _showPack = Symbols.Switch("--show-pack-id", null, "With --blob, --tree and --pack: in which packs the blobs are");
    private readonly SnapshotFilterOptions _filter = new();

    private FindCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        FindCommand options = new();
        VerbCommand command = new("find", "In which snapshots is this file, asset or actor?", ExitCode.OfReading)
        {
            options._patterns, options._assets, options._classes, options._labels, options._ignoreCase, options._oldest, options._newest, options._snapshots,
            options._reverse, options._long, options._human, options._blob, options._tree, options._pack, options._showPack,
        };
        options._filter.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, options.RunAsync));
        return command;
    }

    private async Task<int> RunAsync(CommandRun run, ParseResult parse, CancellationToken cancellationToken)
    {
        string[] patterns = parse.GetValue(_patterns) ?? [];
        AssetQuery query = new() { Names = parse.GetValue(_assets) ?? [], Classes = parse.GetValue(_classes) ?? [], Labels = parse.GetValue(_labels) ?? [] };
        int kinds = new[] { _blob, _tree, _pack }.Count(option => parse.GetValue(option));
        if (patterns.Length == 0 && (query.IsEmpty || kinds > 0))
        {
            throw new UsageException("wrong number of arguments", "Say what to find: a name or pattern, or an asset with --asset, --class or --label.");
        }

        if (kinds > 1)
        {
            throw new UsageException("cannot have several ID types", "Use one of --blob, --tree and --pack.");
        }

        if (kinds > 0 && !query.IsEmpty)
        {
            throw new UsageException("assets cannot be looked for by ids of blobs", "Leave --asset, --class and --label away, or --blob, --tree and --pack.");
        }

        TimeZoneInfo zone = run.Environment.Clock.LocalTimeZone;
        FindPatterns? names = kinds > 0 ? null : new FindPatterns(
            patterns, parse.GetValue(_ignoreCase),
            parse.GetValue(_oldest) is { } oldest ? TimeWords.Parse(oldest, zone) : null,
            parse.GetValue(_newest) is { } newest ? TimeWords.Parse(newest, zone) : null);
        RepositorySession session = await RepositorySession.OpenAsync(run, RepositorySettings.Resolve(run), RepositoryUse.Read, cancellationToken)
            .ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            return await session.RunAsync(async token =>
            {
                IReadOnlyList<SavedSnapshot> snapshots = await SelectAsync(run, session, parse, token).ConfigureAwait(false);
                Search search = new(run, await session.LoadIndexAsync(run, token).ConfigureAwait(false), snapshots);
                ListingStyle style = new(parse.GetValue(_long), parse.GetValue(_human));
                if (names is null)
                {
                    await search.ObjectsAsync(ObjectsOf(run, search.Repository, parse, patterns), token).ConfigureAwait(false);
                }
                else if (query.IsEmpty)
                {
                    await search.EntriesAsync(names, style, token).ConfigureAwait(false);
                }
                else
                {
                    await search.AssetsAsync(names, query, style, session.Repository, token).ConfigureAwait(false);
                }

                run.Reporter.FindFinished(names is null && parse.GetValue(_showPack) ? [.. search.PackLines()] : []);
                return run.Finish(search.Problems, ExitCode.Failed, "Fatal: parts of the snapshots could not be read, see above; `check` says more");
            }).ConfigureAwait(false);
        }
    }

    /// <summary>The snapshots that are meant, the newest first.</summary>
    private async Task<IReadOnlyList<SavedSnapshot>> SelectAsync(CommandRun run, RepositorySession session, ParseResult parse, CancellationToken cancellationToken)
    {
        SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
        SnapshotFilter filter = _filter.Read(parse, run.Environment);
        string[] words = parse.GetValue(_snapshots) ?? [];
        IEnumerable<SavedSnapshot> chosen = words.Length == 0
            ? listing.Snapshots.Where(saved => filter.Matches(saved.Snapshot))
            : SnapshotWords.FindAll(listing, words, filter, run.Reporter).DistinctBy(static saved => saved.Id);
        if (words.Length > 0 && !filter.IsEmpty && !words.Contains(SnapshotSelection.Latest))
        {
            run.Reporter.Warning("Ignoring \"filters\": explicit snapshot ids are given");
        }

        foreach (RepositoryException damage in words.Length == 0 ? listing.Damaged : [])
        {
            run.Reporter.Warning($"warning: {damage.Message}; it is passed over");
        }

        List<SavedSnapshot> sorted = [.. chosen];
        sorted.Sort(static (one, other) => one.Snapshot.Time.CompareInstant(other.Snapshot.Time));
        if (!parse.GetValue(_reverse))
        {
            sorted.Reverse();
        }

        return sorted;
    }

    private FindObjects ObjectsOf(CommandRun run, IndexedRepository repository, ParseResult parse, string[] ids)
    {
        if (parse.GetValue(_pack))
        {
            return FindObjects.OfPacks(repository, ids);
        }

        FindObjects wanted = FindObjects.OfIds(repository, parse.GetValue(_tree) ? BlobType.Tree : BlobType.Data, ids, out IReadOnlyList<string> unknown);
        foreach (string id in unknown.Where(static id => id.Length < FindObjects.ShortestId))
        {
            run.Reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"warning: \"{id}\" is too short for an id; type at least {FindObjects.ShortestId} digits"));
        }

        return wanted;
    }

    /// <summary>A search through some snapshots.</summary>
    private sealed class Search(CommandRun run, IndexedRepository repository, IReadOnlyList<SavedSnapshot> snapshots)
    {
        private FindObjects? _objects;

        public IndexedRepository Repository => repository;

        public long Problems { get; private set; }

        public async Task EntriesAsync(FindPatterns patterns, ListingStyle style, CancellationToken cancellationToken) =>
            await ScanAsync(patterns, (saved, found) => new FindResult(saved) { Files = [.. found.Select(static file => new FoundFile(file.Path, file.Node, null))], Style = style }, cancellationToken)
                .ConfigureAwait(false);

        public async Task ObjectsAsync(FindObjects objects, CancellationToken cancellationToken)
        {
            _objects = objects;
            await ScanAsync(objects, (saved, found) => new FindResult(saved) { Objects = objects.FindRoot(saved.Snapshot) is { } root ? [root, .. found] : found }, cancellationToken)
                .ConfigureAwait(false);
        }

        public async Task AssetsAsync(FindPatterns patterns, AssetQuery query, ListingStyle style, OpenRepository open, CancellationToken cancellationToken)
        {
            AssetCaches caches = AssetCaches.Open(run, open);
            SnapshotPackages packages = new(repository, caches.Facts);
            AssetFinder finder = new(patterns, query, packages.FactsOrNoneAsync);
            WantedFiles wanted = new(finder.MayFindBelow, finder.IsCandidate);
            SnapshotScan<Restic.Trees.Node> scan = new(repository, wanted, static (_, _) => { });
            foreach (SavedSnapshot saved in snapshots)
            {
                await scan.RunAsync(saved.Snapshot, cancellationToken).ConfigureAwait(false);
            }

            OperationCounters counters = new();
            IAsyncDisposable display = run.Reporter.Track(ProgressKind.Assets, counters);
            await using (display.ConfigureAwait(false))
            {
                await FactsReading.RunAsync(repository, packages, caches.Facts, wanted.Files, counters, Tell, cancellationToken).ConfigureAwait(false);
            }

            caches.Save();
            await ScanAsync(finder, (saved, found) => new FindResult(saved) { Files = [.. found.Select(static file => new FoundFile(file.Path, file.Node, file.Facts))], Style = style }, cancellationToken)
                .ConfigureAwait(false);
        }

        /// <summary>In which packs the blobs are, in restic's words.</summary>
        public IEnumerable<string> PackLines()
        {
            foreach (BlobHandle blob in _objects!.Wanted.OrderBy(static blob => blob.Id))
            {
                string type = blob.Type == BlobType.Tree ? "tree" : "data";
                List<BlobLocation> places = [.. repository.Index.FindAll(blob)];
                foreach (BlobLocation place in places)
                {
                    yield return $"Object belongs to pack {place.Pack}";
                    yield return string.Create(
                        CultureInfo.InvariantCulture,
                        $" ... Pack {place.Pack.Value.ToShortString()}: <Blob ({type}) {blob.Id.ToShortString()}, offset {place.Offset}, length {place.Length}, uncompressed length {place.UncompressedLength}>");
                }

                if (places.Count == 0)
                {
                    yield return $"Object {blob.Id.ToShortString()} with type {type} not found in the index";
                }
            }
        }

        private async Task ScanAsync<T>(IEntryFinder<T> finder, Func<SavedSnapshot, IReadOnlyList<T>, FindResult> make, CancellationToken cancellationToken)
        {
            SnapshotScan<T> scan = new(repository, finder, Tell);
            foreach (SavedSnapshot saved in snapshots)
            {
                FindResult result = make(saved, await scan.RunAsync(saved.Snapshot, cancellationToken).ConfigureAwait(false));
                if (result.Files.Count > 0 || result.Objects.Count > 0)
                {
                    run.Reporter.Found(result);
                }
            }
        }

        private void Tell(string path, RepositoryException problem)
        {
            Problems++;
            run.Reporter.Problem(new ProblemEvent("find", path, problem.Message));
        }
    }
}
