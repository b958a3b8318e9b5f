using Sots.Backup.Comparing;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Assets;

namespace Sots.Unreal.Changes;

/// <summary>
/// Finds out what changed between two trees, in Unreal's words. Costs what changed: folders that are the same are not looked into, and of
/// packages only headers are read, each once in the life of a cache.
/// </summary>
public static class ChangesReader
{
    /// <summary>Larger ones hold landscape or the like, which nobody moves.</summary>
    private const ulong LargestActor = 1 << 20;

    /// <summary>Compares two trees.</summary>
    /// <param name="packages">Reads packages of the repository.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="before">The one tree; null for none, so that all is new.</param>
    /// <param name="after">The other.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RepositoryException">A tree cannot be read, and nobody wants to be told.</exception>
    public static async Task<ProjectChanges> ReadAsync(
        SnapshotPackages packages, IndexedRepository repository, TreeId? before, TreeId after, ChangesOptions options, CancellationToken cancellationToken)
    {
        List<FileChange> files = await FilesAsync(repository, before, after, options, cancellationToken).ConfigureAwait(false);
        files = PairMoves(files);
        bool readAll = files.Where(static file => file.IsPackage).SelectMany(ContentsOf).LongCount(node => !packages.IsKnown(node)) <= options.MostRead;
        FileChange[] known = await FactsAsync(packages, files, readAll, options, cancellationToken).ConfigureAwait(false);
        await PlacesAsync(packages, known, options, cancellationToken).ConfigureAwait(false);
        return new ProjectChanges(FindLikely(PairRedirectors(known)), isFirst: before is null);
    }

    private static async Task<List<FileChange>> FilesAsync(
        IndexedRepository repository, TreeId? before, TreeId after, ChangesOptions options, CancellationToken cancellationToken)
    {
        string root = options.Root + "/";
        List<FileChange> files = [];
        TreeDifferenceOptions difference = new() { Damaged = options.Damaged };
        await foreach (TreeChange change in TreeDifference.CompareAsync(repository, before, after, difference, cancellationToken).ConfigureAwait(false))
        {
            Node? one = FileOf(change.Before), other = FileOf(change.After);
            if ((one is null && other is null) || (one is not null && other is not null && !change.HasOtherContent))
            {
                continue;
            }

            string path = options.Above + (change.Path.StartsWith(root, StringComparison.Ordinal) ? change.Path[root.Length..] : change.Path[1..]);
            if (options.Filter?.Invoke(path) == false)
            {
                continue;
            }

            files.Add(new FileChange(one is null ? ChangeKind.Added : other is null ? ChangeKind.Removed : ChangeKind.Changed, path, one, other));
        }

        return files;
    }

    private static Node? FileOf(Node? node) => node is { Type: NodeType.File } ? node : null;

    /// <summary>A file that is gone and one that is new with the same bytes are one that moved. Those of one name find each other first.</summary>
    private static List<FileChange> PairMoves(List<FileChange> files)
    {
        Dictionary<ContentId, List<FileChange>> gone = files
            .Where(static file => file is { Kind: ChangeKind.Removed, Before.Size: > 0 })
            .GroupBy(static file => SnapshotPackages.ContentOf(file.Before!))
            .ToDictionary(static group => group.Key, static group => group.ToList());
        HashSet<FileChange> paired = new(ReferenceEqualityComparer.Instance);
        List<FileChange> moved = [];
        foreach (bool byName in (bool[])[true, false])
        {
            foreach (FileChange added in gone.Count == 0 ? [] : files.Where(file => file.Kind == ChangeKind.Added && !paired.Contains(file)))
            {
                if (gone.TryGetValue(SnapshotPackages.ContentOf(added.After!), out List<FileChange>? candidates)
                    && candidates.Find(candidate => !byName || candidate.Name == added.Name) is { } removed)
                {
                    candidates.Remove(removed);
                    paired.Add(added);
                    paired.Add(removed);
                    moved.Add(added with { Kind = ChangeKind.Moved, Before = removed.Before, PathBefore = removed.Path });
                }
            }
        }

        return moved.Count == 0 ? files : [.. files.Where(file => !paired.Contains(file)).Concat(moved).OrderBy(static file => file.Path, StringComparer.Ordinal)];
    }

    private static async Task<FileChange[]> FactsAsync(
        SnapshotPackages packages, List<FileChange> files, bool readAll, ChangesOptions options, CancellationToken cancellationToken)
    {
        FileChange[] known = [.. files];
        int[] wanted = [.. Enumerable.Range(0, known.Length).Where(i => known[i].IsPackage)];
        long done = 0;
        options.Progress?.Invoke(0, wanted.Length);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(wanted, parallel, async (i, token) =>
        {
            FileChange file = known[i];
            AssetFacts? after = await FactsOfAsync(file.After, token).ConfigureAwait(false);
            known[i] = file with { FactsAfter = after, FactsBefore = file.Kind == ChangeKind.Moved ? after : await FactsOfAsync(file.Before, token).ConfigureAwait(false) };
            options.Progress?.Invoke(Interlocked.Increment(ref done), wanted.Length);

            async ValueTask<AssetFacts?> FactsOfAsync(Node? node, CancellationToken stop)
            {
                try
                {
                    return node is null || !(readAll || packages.IsKnown(node)) ? null : Told(await packages.FactsOfAsync(node, stop).ConfigureAwait(false));
                }
                catch (RepositoryException e) when (options.Damaged is { } tell)
                {
                    tell(file.Path, e);
                    return null;
                }
            }
        }).ConfigureAwait(false);
        return known;
    }

    /// <summary>Finds the actors that were moved: their place is in the data of their objects, not in the header.</summary>
    private static async Task PlacesAsync(SnapshotPackages packages, FileChange[] files, ChangesOptions options, CancellationToken cancellationToken)
    {
        int[] actors = [.. Enumerable.Range(0, files.Length).Where(i => files[i] is
        {
            Kind: ChangeKind.Changed, FactsBefore.Fault: null, FactsAfter.Fault: null, FactsBefore: not null, FactsAfter: not null, Before.Size: <= LargestActor, After.Size: <= LargestActor,
        } && UnrealLevels.PartOf(files[i].Path) is { IsActor: true })];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(actors.Take(options.MostPlaces), parallel, async (i, token) =>
        {
            try
            {
                ActorPlace? before = await packages.PlaceOfAsync(files[i].Before!, token).ConfigureAwait(false);
                ActorPlace? after = before is null ? null : await packages.PlaceOfAsync(files[i].After!, token).ConfigureAwait(false);
                files[i] = files[i] with { HasOtherPlace = after is not null && before!.IsElsewhere(after) };
            }
            catch (RepositoryException e) when (options.Damaged is { } tell)
            {
                tell(files[i].Path, e);
            }
        }).ConfigureAwait(false);
    }

    /// <summary>
    /// Where the editor moves an asset that others use, it leaves a redirector in its place, which needs the new package. The new one has
    /// another name inside, so that its bytes are not the same; but there is no doubt about what happened.
    /// </summary>
    private static FileChange[] PairRedirectors(FileChange[] files)
    {
        Dictionary<string, FileChange> added = new(StringComparer.OrdinalIgnoreCase);
        foreach (FileChange file in files.Where(static file => file is { Kind: ChangeKind.Added, IsPackage: true } && UnrealLevels.PartOf(file.Path) is null))
        {
            added[PathInContent(file.Path)] = file;
        }

        HashSet<FileChange> replaced = new(ReferenceEqualityComparer.Instance);
        List<FileChange> moved = [];
        foreach (FileChange left in files.Where(static file => file.Kind == ChangeKind.Changed && IsRedirector(file.FactsAfter) && !IsRedirector(file.FactsBefore)))
        {
            FileChange? target = left.FactsAfter!.HardDependencies.Select(name => added.GetValueOrDefault(PathInContentOf(name))).FirstOrDefault(static found => found is not null);
            if (target?.FactsAfter is { } facts && facts.Class == left.FactsBefore?.Class && replaced.Add(target))
            {
                replaced.Add(left);
                moved.Add(target with
                {
                    Kind = ChangeKind.Moved, Before = left.Before, FactsBefore = left.FactsBefore, PathBefore = left.Path, LeftRedirector = true,
                });
            }
        }

        return moved.Count == 0 ? files : [.. files.Where(file => !replaced.Contains(file)).Concat(moved).OrderBy(static file => file.Path, StringComparer.Ordinal)];
    }

    /// <summary>New assets that are probably what is gone elsewhere: only one of the name and class is new, and only one is gone.</summary>
    private static FileChange[] FindLikely(FileChange[] files)
    {
        Dictionary<(string, string), FileChange> gone = Only(ChangeKind.Removed), added = Only(ChangeKind.Added);
        return [.. files.Select(file => file.Kind == ChangeKind.Added && KeyOf(file) is { } key && gone.TryGetValue(key, out FileChange? before)
            && added.ContainsKey(key) ? file with { LikelyFrom = before.Path } : file)];

        Dictionary<(string, string), FileChange> Only(ChangeKind kind) => files
            .Where(file => file.Kind == kind && KeyOf(file) is not null)
            .GroupBy(static file => KeyOf(file)!.Value)
            .Where(static group => group.Count() == 1)
            .ToDictionary(static group => group.Key, static group => group.Single());

        static (string, string)? KeyOf(FileChange file) =>
            file is { IsPackage: true, Facts: { Fault: null, Class: { Length: > 0 } type } } && UnrealLevels.PartOf(file.Path) is null ? (file.Name, type) : null;
    }

    /// <summary>As much of a package's facts as changes are told by: a baseline holds those of all packages at once.</summary>
    private static AssetFacts Told(AssetFacts facts) => new()
    {
        Fault = facts.Fault, Class = facts.Class, Engine = facts.Engine, Label = facts.Label, ObjectPath = facts.Label.Length > 0 ? "" : facts.ObjectPath,
        HardDependencies = IsRedirector(facts) ? facts.HardDependencies : [],
    };

    private static bool IsRedirector(AssetFacts? facts) => facts?.Class == "ObjectRedirector";

    /// <summary>The path below the innermost Content folder, without the ending: what "/Game" or "/Plugin" stands before in a long name.</summary>
    private static string PathInContent(string path)
    {
        string[] parts = path.Split('/');
        int content = Array.FindLastIndex(parts, static part => part.Equals("Content", StringComparison.OrdinalIgnoreCase));
        return Path.ChangeExtension(string.Join('/', parts[(content + 1)..]), null);
    }

    private static string PathInContentOf(string packageName) =>
        packageName.IndexOf('/', Math.Min(1, packageName.Length)) is > 0 and int slash ? packageName[(slash + 1)..] : packageName;

    private static IEnumerable<Node> ContentsOf(FileChange file) => new[] { file.Before, file.After }.OfType<Node>();
}
