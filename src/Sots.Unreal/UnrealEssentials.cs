using Sots.Backup;
using Sots.Backup.Sources;

namespace Sots.Unreal;

/// <summary>Something that a project cannot be without, and that somebody's rule leaves out.</summary>
/// <param name="What">What it is: <c>Content</c>, <c>*.uasset in Content</c>.</param>
/// <param name="Path">One path that the rule leaves out.</param>
/// <param name="Places">In how many projects and plugins.</param>
public sealed record EssentialLoss(string What, DiskPath Path, int Places);

/// <summary>
/// Questions rules of a user's: one that leaves out what a project cannot be without was hardly meant so. Only asks, for what is on the disk;
/// the rule holds all the same.
/// </summary>
public static class UnrealEssentials
{
    /// <summary>Folders, and what is in them by the thousand.</summary>
    private static readonly (string Folder, string[] Files)[] Folders =
    [
        ("Content", ["*.uasset", "*.umap"]), ("Config", ["*.ini"]), ("Source", ["*.cpp", "*.h", "*.cs"]), ("Plugins", ["*.uplugin"]),
    ];

    /// <summary>What the rules would leave out of these projects and plugins; each thing once, with the first place.</summary>
    /// <param name="roots">The projects and plugins.</param>
    /// <param name="rules">The user's own rules.</param>
    public static IReadOnlyList<EssentialLoss> Find(IEnumerable<UnrealRoot> roots, ExcludeRules rules) =>
        Find(roots, rules, DiskFolders.Instance, System.IO.Path.DirectorySeparatorChar);

    internal static IReadOnlyList<EssentialLoss> Find(IEnumerable<UnrealRoot> roots, ExcludeRules rules, IFolderListing disk, char separator)
    {
        List<(string What, DiskPath Path)> lost = [];
        foreach (UnrealRoot root in roots.Where(static root => root.Kind != UnrealRootKind.Folder))
        {
            FolderEntry[] entries = [.. disk.List(root.Path)];
            DiskPath folder = DiskPath.FromText(root.Path);
            if (Rejects(rules, folder, isFolder: true))
            {
                lost.Add((root.Kind == UnrealRootKind.Project ? "the project" : "a plugin", folder));
                continue;
            }

            foreach (FolderEntry entry in entries.Where(static entry => !entry.IsFolder && (UnrealFiles.Is(entry.Name, UnrealFiles.Project) || UnrealFiles.Is(entry.Name, UnrealFiles.Plugin))))
            {
                Ask(DiskPath.FromText($"{root.Path}{separator}{entry.Name}"), isFolder: false, "*" + System.IO.Path.GetExtension(entry.Name));
            }

            foreach ((string name, string[] files) in Folders)
            {
                if (entries.FirstOrDefault(entry => entry.IsFolder && entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { Name: { } spelled })
                {
                    continue;
                }

                string path = $"{root.Path}{separator}{spelled}";
                if (!Ask(DiskPath.FromText(path), isFolder: true, name))
                {
                    foreach (string file in files)
                    {
                        // A name that nobody would name in a rule stands for all.
                        Ask(DiskPath.FromText($"{path}{separator}~any~{file[1..]}"), isFolder: false, $"{file} in {name}");
                    }
                }
            }
        }

        return [.. lost.GroupBy(static loss => loss.What).Select(static group => new EssentialLoss(group.Key, group.First().Path, group.Count()))];

        bool Ask(DiskPath path, bool isFolder, string what)
        {
            if (!Rejects(rules, path, isFolder))
            {
                return false;
            }

            lost.Add((what, path));
            return true;
        }
    }

    private static bool Rejects(ExcludeRules rules, DiskPath path, bool isFolder) => rules.RejectsName(path) || (isFolder && rules.RejectsEntry(path, isDirectory: true, 0));
}
