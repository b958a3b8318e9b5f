using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Retention;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Assets;

namespace Sots.Unreal.Histories;

/// <summary>A file that a word may mean.</summary>
/// <param name="Hostname">Host of the snapshots that have it.</param>
/// <param name="Paths">What they saved.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Facts">What is in it; null for what is no package, or cannot be read.</param>
/// <param name="Snapshots">How many snapshots have it.</param>
/// <param name="Last">The newest of them.</param>
public sealed record HistoryCandidate(string Hostname, IReadOnlyList<string> Paths, string Path, AssetFacts? Facts, int Snapshots, SavedSnapshot Last);

/// <summary>What a word means: the histories, or where it may mean several files, those.</summary>
/// <param name="Histories">One for each project that has the file.</param>
/// <param name="Candidates">The files, where the word is not enough.</param>
public sealed record HistoryAnswer(IReadOnlyList<AssetHistory> Histories, IReadOnlyList<HistoryCandidate> Candidates)
{
    /// <summary>Trees that were loaded.</summary>
    public long LoadedTrees { get; init; }

    /// <summary>Packages that were read, for their facts or their details.</summary>
    public long ReadPackages { get; init; }
}

/// <summary>Tells the history of a file. Reads what the caches do not know. Not thread safe.</summary>
/// <param name="repository">The repository.</param>
/// <param name="facts">What is known of packages.</param>
/// <param name="details">What is known of versions.</param>
/// <param name="problem">Told of what cannot be read.</param>
/// <param name="counters">Counts what is read; several rounds may begin anew.</param>
public sealed class HistoryOperation(
    IndexedRepository repository, AssetFactsCache facts, AssetDetailsCache details, Action<string, RepositoryException> problem, OperationCounters counters)
{
    /// <summary>Files are looked at more closely, whether they are one that was moved, up to so many.</summary>
    private const int MostFollowed = 16;

    private readonly SnapshotPackages _packages = new(repository, facts);
    private long _trees, _read;

    /// <summary>Finds out what a word means and tells the history.</summary>
    /// <param name="snapshots">The snapshots, the oldest first.</param>
    /// <param name="word">The word.</param>
    /// <param name="all">Tell the histories of all files it may mean.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<HistoryAnswer> RunAsync(IReadOnlyList<SavedSnapshot> snapshots, HistoryWord word, bool all, CancellationToken cancellationToken)
    {
        (_trees, _read) = (0, 0);
        List<Project> projects = [.. SnapshotGroups.Of(snapshots, ParentGrouping.Host | ParentGrouping.Paths).Select(static group => new Project(group.Key, group.Snapshots))];
        await MatchAsync(projects, new WordFinder(word, factsOf: null), cancellationToken).ConfigureAwait(false);
        if (projects.All(static project => project.Matches.Count == 0) && word.AsksFacts)
        {
            await ReadFactsAsync(projects, cancellationToken).ConfigureAwait(false);
            await MatchAsync(projects, new WordFinder(word, _packages.FactsOrNoneAsync), cancellationToken).ConfigureAwait(false);
        }

        KeepSurest(projects);
        List<AssetHistory> histories = [];
        bool ambiguous = false;
        foreach (Project project in projects)
        {
            List<AssetHistory> followed = all || project.Matches.Count <= MostFollowed ? await FollowAsync(project, cancellationToken).ConfigureAwait(false) : [];
            ambiguous |= project.Matches.Count > 0 && followed.Count != 1;
            histories.AddRange(followed);
        }

        if (ambiguous && !all)
        {
            return Answer([], await CandidatesAsync(projects, cancellationToken).ConfigureAwait(false));
        }

        List<AssetHistory> told = [];
        foreach (AssetHistory history in histories)
        {
            told.Add(history with { Versions = await WithDetailsAsync(history.Versions, cancellationToken).ConfigureAwait(false) });
        }

        return Answer(told, []);
    }

    private HistoryAnswer Answer(IReadOnlyList<AssetHistory> histories, IReadOnlyList<HistoryCandidate> candidates) =>
        new(histories, candidates) { LoadedTrees = _trees, ReadPackages = _read };

    private async Task MatchAsync(List<Project> projects, WordFinder finder, CancellationToken cancellationToken)
    {
        foreach (Project project in projects)
        {
            SnapshotScan<MatchedFile> scan = new(repository, finder, problem);
            foreach (SavedSnapshot saved in project.Snapshots)
            {
                foreach (MatchedFile file in await scan.RunAsync(saved.Snapshot, cancellationToken).ConfigureAwait(false))
                {
                    project.Add(file, saved);
                }
            }

            _trees += scan.LoadedTrees;
        }
    }

    /// <summary>Where some files are meant for sure, those that may be meant are not.</summary>
    private static void KeepSurest(List<Project> projects)
    {
        HistoryMatch? surest = projects.SelectMany(static project => project.Matches.Values).Select(static found => (HistoryMatch?)found.Match).Min();
        foreach (Project project in projects)
        {
            foreach (string path in project.Matches.Where(found => found.Value.Match != surest).Select(static found => found.Key).ToList())
            {
                project.Matches.Remove(path);
            }
        }
    }

    private async Task ReadFactsAsync(List<Project> projects, CancellationToken cancellationToken)
    {
        WantedFiles wanted = new(static _ => true, static (path, node) => node.Type == NodeType.File && AssetFacts.IsPackage(path));
        SnapshotScan<Node> scan = new(repository, wanted, static (_, _) => { });
        foreach (SavedSnapshot saved in projects.SelectMany(static project => project.Snapshots))
        {
            await scan.RunAsync(saved.Snapshot, cancellationToken).ConfigureAwait(false);
        }

        _trees += scan.LoadedTrees;
        _read += await FactsReading.RunAsync(repository, _packages, facts, wanted.Files, counters, problem, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The histories of what was found in a project; a file that was moved has one.</summary>
    private async Task<List<AssetHistory>> FollowAsync(Project project, CancellationToken cancellationToken)
    {
        HistoryTrail trail = new(repository, project.Snapshots, problem);
        Dictionary<string, AssetHistory> histories = new(StringComparer.Ordinal);
        foreach (string path in project.Matches.Keys)
        {
            IReadOnlyList<HistoryVersion> versions = await trail.FollowAsync(path, cancellationToken).ConfigureAwait(false);
            if (versions.Count > 0)
            {
                string places = string.Join('\0', versions.Select(static version => $"{version.First.Id} {version.Path}"));
                histories.TryAdd(places, new AssetHistory(project.Key.Hostname ?? "", project.Key.Paths ?? [], project.Snapshots.Count, versions));
            }
        }

        _trees += trail.LoadedTrees;
        return [.. histories.Values];
    }

    private async Task<List<HistoryVersion>> WithDetailsAsync(IReadOnlyList<HistoryVersion> versions, CancellationToken cancellationToken)
    {
        List<HistoryVersion> told = [];
        AssetDetails? before = null;
        foreach (HistoryVersion version in versions)
        {
            if (version.Node is not { } file || !AssetFacts.IsPackage(version.Path))
            {
                told.Add(version);
                continue;
            }

            try
            {
                AssetDetails now = await DetailsOfAsync(file, cancellationToken).ConfigureAwait(false);
                told.Add(version with { Details = now, Change = before is null ? null : AssetChange.Between(before, now) });

                // What is damaged says nothing: the next one is compared with the last that could be read.
                before = now.Facts.Fault is null ? now : before;
            }
            catch (RepositoryException e)
            {
                problem(version.Path, e);
                told.Add(version with { Problem = e.Message });
            }
        }

        return told;
    }

    private async ValueTask<AssetDetails> DetailsOfAsync(Node file, CancellationToken cancellationToken)
    {
        ContentId content = SnapshotPackages.ContentOf(file);
        if (details.Find(content) is { } known)
        {
            return known;
        }

        _read++;
        AssetDetails read = AssetDetails.Of(await PackageContent.ExamineAsync(repository, file, counters, cancellationToken).ConfigureAwait(false));
        details.Add(content, read);
        return read;
    }

    private async Task<List<HistoryCandidate>> CandidatesAsync(List<Project> projects, CancellationToken cancellationToken)
    {
        List<HistoryCandidate> candidates = [];
        foreach (Project project in projects)
        {
            foreach ((string path, Found found) in project.Matches.OrderBy(static match => match.Key, StringComparer.Ordinal))
            {
                AssetFacts? known = AssetFacts.IsPackage(path) ? await _packages.FactsOrNoneAsync(found.Node, cancellationToken).ConfigureAwait(false) : null;
                candidates.Add(new HistoryCandidate(project.Key.Hostname ?? "", project.Key.Paths ?? [], path, known, found.Snapshots, found.Last));
            }
        }

        return candidates;
    }

    /// <summary>A file that was found: in how many snapshots, and as the newest has it.</summary>
    private sealed record Found(HistoryMatch Match, Node Node, int Snapshots, SavedSnapshot Last);

    /// <summary>The snapshots of one project, and what was found in them.</summary>
    private sealed record Project(GroupKey Key, IReadOnlyList<SavedSnapshot> Snapshots)
    {
        public SortedDictionary<string, Found> Matches { get; } = new(StringComparer.Ordinal);

        public void Add(MatchedFile file, SavedSnapshot saved)
        {
            Found? before = Matches.GetValueOrDefault(file.Path);
            HistoryMatch match = before is not null && before.Match < file.Match ? before.Match : file.Match;
            Matches[file.Path] = new Found(match, file.Node, (before?.Snapshots ?? 0) + 1, saved);
        }
    }
}
