using Sots.Backup.Progress;
using Sots.Unreal.Assets;
using Sots.Unreal.Content;
using Sots.Unreal.Packages;

namespace Sots.Unreal.References;

/// <summary>Follows the hard dependencies of all packages of a tree, and compares what they call themselves with where they are.</summary>
public static class ReferenceCheck
{
    private const string Redirector = "ObjectRedirector";

    /// <summary>Checks a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="counters">Counts packages.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<ReferenceFindings> RunAsync(ContentTree tree, OperationCounters counters, CancellationToken cancellationToken)
    {
        ProjectContent content = tree.Content;
        KnownPackage[] known = await ContentFacts.LoadAsync(tree, content.Packages, counters, cancellationToken).ConfigureAwait(false);
        Dictionary<ContentPackage, AssetFacts> facts = known.ToDictionary(static one => one.Package, static one => one.Facts);
        List<MovedPackage> moved = [.. known.Where(static one => IsElsewhere(one)).Select(one => Moved(content, facts, one)).OfType<MovedPackage>()];
        (List<MissingPackage> missing, List<OutsidePackages> outside) = Follow(content, known, moved);
        return new ReferenceFindings
        {
            Packages = known.Length,
            Missing = missing,
            Moved = moved,
            Outside = outside,
            Unreadable = [.. known.Where(static one => one.Facts.Fault is { } fault && fault is not PackageFault.Unversioned).Select(static one => new UnreadablePackage(one.Package, one.Facts.FaultMessage))],
        };
    }

    private static (List<MissingPackage> Missing, List<OutsidePackages> Outside) Follow(ProjectContent content, KnownPackage[] known, List<MovedPackage> moved)
    {
        // Two projects of one tree may both lack a package of one name: they are two.
        Dictionary<(string Name, string? Project), List<ContentPackage>> missing = new(new NameInProject());
        Dictionary<string, HashSet<string>> outside = new(StringComparer.OrdinalIgnoreCase);
        foreach ((ContentPackage package, AssetFacts facts) in known)
        {
            foreach (string name in facts.HardDependencies)
            {
                switch (content.PlaceOf(name, package.Mount))
                {
                    case PackagePlace.Missing when !name.Equals(facts.PackageName, StringComparison.OrdinalIgnoreCase):
                        AddTo(missing, (name, package.Mount.Project), package);
                        break;
                    case PackagePlace.Outside:
                        string mount = ProjectContent.MountNameOf(name);
                        if (!outside.TryGetValue(mount, out HashSet<string>? names))
                        {
                            outside.Add(mount, names = new HashSet<string>(StringComparer.OrdinalIgnoreCase));
                        }

                        names.Add(name);
                        break;
                }
            }
        }

        return (
            [.. missing.Select(one => new MissingPackage(one.Key.Name, one.Value, PathsOf(content, one.Key.Name, one.Value[0]))
                {
                    MovedTo = moved.Find(other => other.Package.Mount.Project == one.Key.Project && other.RecordedName.Equals(one.Key.Name, StringComparison.OrdinalIgnoreCase))?.Package,
                })
                .OrderBy(static one => one.Name, StringComparer.OrdinalIgnoreCase)],
            [.. outside.Select(static one => new OutsidePackages(one.Key, one.Value.Count)).OrderBy(static one => one.Mount, StringComparer.OrdinalIgnoreCase)]);
    }

    private static void AddTo(Dictionary<(string Name, string? Project), List<ContentPackage>> missing, (string Name, string? Project) key, ContentPackage package)
    {
        if (!missing.TryGetValue(key, out List<ContentPackage>? needers))
        {
            missing.Add(key, needers = []);
        }

        needers.Add(package);
    }

    private static string[] PathsOf(ProjectContent content, string name, ContentPackage from) =>
        [.. content.Candidates(name, from.Mount).Select(mount => mount.PathOf(name)).OfType<string>()];

    /// <summary>Of a Content folder whose project is not known only what follows the first part of the name can be compared.</summary>
    private static bool IsElsewhere(KnownPackage one) =>
        one.Facts.PackageName.Length > 0
        && (one.Package.Mount.Kind == UnrealRootKind.Folder
            ? !WithoutMount(one.Facts.PackageName).Equals(WithoutMount(one.Package.Name), StringComparison.OrdinalIgnoreCase)
            : !one.Facts.PackageName.Equals(one.Package.Name, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Null where the name it has is of no Content folder here: a level made from a template calls itself like the template until it is saved
    /// again, and what was copied out of the engine like the original. Neither is missed where it came from.
    /// </summary>
    private static MovedPackage? Moved(ProjectContent content, Dictionary<ContentPackage, AssetFacts> facts, KnownPackage one)
    {
        string name = one.Facts.PackageName;
        if (content.PlaceOf(name, one.Package.Mount) == PackagePlace.Outside)
        {
            return null;
        }

        ContentPackage? there = content.Find(name, one.Package.Mount);
        return new MovedPackage(one.Package, name) { AtOldPlace = there, IsRedirected = there is not null && facts[there].Class == Redirector };
    }

    private static string WithoutMount(string name) => name[ProjectContent.MountNameOf(name).Length..];

    private sealed class NameInProject : IEqualityComparer<(string Name, string? Project)>
    {
        public bool Equals((string Name, string? Project) x, (string Name, string? Project) y) =>
            StringComparer.OrdinalIgnoreCase.Equals(x.Name, y.Name) && x.Project == y.Project;

        public int GetHashCode((string Name, string? Project) value) => StringComparer.OrdinalIgnoreCase.GetHashCode(value.Name);
    }
}
