using Sots.Unreal.Assets;

namespace Sots.Unreal.Content;

/// <summary>Where a package is that another one names.</summary>
public enum PackagePlace
{
    /// <summary>In this tree.</summary>
    Here,

    /// <summary>It belongs into a Content folder of this tree, and is not there.</summary>
    Missing,

    /// <summary>In the engine, or in a plugin that this tree does not hold: nothing can be said of it.</summary>
    Outside,
}

/// <summary>
/// The packages of a tree, by the names under which they refer to each other. The tree may hold one project, several, plugins without a
/// project, or a Content folder alone. Names are compared without regard to case, as the engine does. Immutable, thread safe.
/// </summary>
public sealed class ProjectContent
{
    private const string ContentName = "Content";
    private static readonly string[] MadeAgain = ["Intermediate", "Saved", "DerivedDataCache"];

    private readonly Dictionary<string, TreeFile> _files;
    private readonly Dictionary<string, ContentPackage> _packages = new(StringComparer.OrdinalIgnoreCase);
    private readonly ILookup<string, ContentMount> _byName;

    private ProjectContent(Dictionary<string, TreeFile> files, IReadOnlyList<ContentMount> mounts, IReadOnlyList<TreeFile> roots)
    {
        _files = files;
        Mounts = mounts;
        RootFiles = roots;
        Dictionary<string, ContentMount> byFolder = mounts.ToDictionary(static mount => mount.ContentFolder, StringComparer.OrdinalIgnoreCase);
        foreach (TreeFile file in files.Values.Where(static file => AssetFacts.IsPackage(file.Name)))
        {
            if (MountOf(file.Path, byFolder) is { } mount)
            {
                _packages[file.Path] = new ContentPackage(file, mount);
            }
        }

        // A plugin whose content is kept elsewhere says nothing about what should be in it.
        HashSet<ContentMount> filled = [.. _packages.Values.Select(static package => package.Mount)];
        _byName = mounts.Where(filled.Contains).ToLookup(static mount => mount.Name, StringComparer.OrdinalIgnoreCase);
        Packages = [.. _packages.Values.OrderBy(static package => package.File.Path, StringComparer.Ordinal)];
    }

    /// <summary>The Content folders, also empty ones.</summary>
    public IReadOnlyList<ContentMount> Mounts { get; }

    /// <summary>The .uproject and .uplugin files.</summary>
    public IReadOnlyList<TreeFile> RootFiles { get; }

    /// <summary>The packages in the order of their paths.</summary>
    public IReadOnlyList<ContentPackage> Packages { get; }

    /// <summary>All files.</summary>
    public IReadOnlyCollection<TreeFile> Files => _files.Values;

    /// <summary>Takes the files of a tree. Of files whose names differ only in case the first counts.</summary>
    public static ProjectContent Of(IEnumerable<TreeFile> files)
    {
        Dictionary<string, TreeFile> all = new(StringComparer.OrdinalIgnoreCase);
        foreach (TreeFile file in files)
        {
            all.TryAdd(file.Path, file);
        }

        List<TreeFile> roots = [.. all.Values
            .Where(static file => UnrealFiles.Is(file.Name, UnrealFiles.Project) || UnrealFiles.Is(file.Name, UnrealFiles.Plugin))
            .Where(static file => !file.Path.Split('/').Any(static part => MadeAgain.Contains(part, StringComparer.OrdinalIgnoreCase)))
            .OrderBy(static file => file.Path, StringComparer.Ordinal)];
        return new ProjectContent(all, MountsOf(all, roots), roots);
    }

    /// <summary>The .uproject file of a project's folder; null for a folder that has none.</summary>
    public TreeFile? ProjectFileOf(string folder) =>
        RootFiles.FirstOrDefault(file => UnrealFiles.Is(file.Name, UnrealFiles.Project) && file.Folder.Equals(folder, StringComparison.OrdinalIgnoreCase));

    /// <summary>A file by its path.</summary>
    public TreeFile? FindFile(string path) => _files.GetValueOrDefault(path);

    /// <summary>A package by the path of its file.</summary>
    public ContentPackage? FindByPath(string path) => _packages.GetValueOrDefault(path);

    /// <summary>The package that another one means by a name; null where it is not in this tree.</summary>
    public ContentPackage? Find(string name, ContentMount from) =>
        Candidates(name, from).Select(mount => FindIn(mount, name)).FirstOrDefault(static found => found is not null);

    /// <summary>All packages of a name, one for each project that has one.</summary>
    public IEnumerable<ContentPackage> FindAll(string name) =>
        _byName[MountNameOf(name)].Select(mount => FindIn(mount, name)).OfType<ContentPackage>();

    /// <summary>Where a package is that another one names.</summary>
    public PackagePlace PlaceOf(string name, ContentMount from)
    {
        bool known = false;
        foreach (ContentMount mount in Candidates(name, from))
        {
            known = true;
            if (FindIn(mount, name) is not null)
            {
                return PackagePlace.Here;
            }
        }

        return known ? PackagePlace.Missing : PackagePlace.Outside;
    }

    /// <summary>The Content folders of this tree that a name may lie in: those of the same project, or of plugins that lie in none.</summary>
    public IEnumerable<ContentMount> Candidates(string name, ContentMount from) =>
        _byName[MountNameOf(name)].Where(mount => mount.Project == from.Project || (mount.Project is null && mount.Kind == UnrealRootKind.Plugin));

    /// <summary>The first part of a long name: "/Game" of "/Game/Folder/Name".</summary>
    public static string MountNameOf(string packageName) =>
        packageName.Length > 1 && packageName.IndexOf('/', 1) is > 0 and int slash ? packageName[..slash] : packageName;

    private ContentPackage? FindIn(ContentMount mount, string name) =>
        mount.PathOf(name) is { } path
            ? _packages.GetValueOrDefault(path + ".uasset") ?? _packages.GetValueOrDefault(path + UnrealFiles.Level)
            : null;

    private static List<ContentMount> MountsOf(Dictionary<string, TreeFile> files, List<TreeFile> roots)
    {
        Dictionary<string, ContentMount> mounts = new(StringComparer.OrdinalIgnoreCase);
        foreach (TreeFile project in roots.Where(static file => UnrealFiles.Is(file.Name, UnrealFiles.Project)))
        {
            mounts.TryAdd(project.Folder, new ContentMount("/Game", project.Folder, UnrealRootKind.Project, project.Folder));
        }

        string[] projects = [.. mounts.Keys.OrderByDescending(static folder => folder.Length)];
        foreach (TreeFile plugin in roots.Where(static file => UnrealFiles.Is(file.Name, UnrealFiles.Plugin)))
        {
            string? owner = projects.FirstOrDefault(folder => TreePath.IsAtOrBelow(plugin.Folder, folder));
            mounts.TryAdd(plugin.Folder, new ContentMount("/" + TreePath.WithoutExtension(plugin.Name), plugin.Folder, UnrealRootKind.Plugin, owner));
        }

        foreach (string folder in ContentWithoutRoot(files, mounts))
        {
            mounts.TryAdd(folder, new ContentMount("/Game", folder, UnrealRootKind.Folder, folder));
        }

        return [.. mounts.Values];
    }

    /// <summary>Folders with a Content folder that neither are projects or plugins nor lie in one: a backup of Content alone.</summary>
    private static HashSet<string> ContentWithoutRoot(Dictionary<string, TreeFile> files, Dictionary<string, ContentMount> mounts)
    {
        HashSet<string> found = new(StringComparer.OrdinalIgnoreCase);
        foreach (TreeFile file in files.Values.Where(static file => AssetFacts.IsPackage(file.Name)))
        {
            string[] parts = file.Path.Split('/');
            int content = Array.FindIndex(parts, static part => part.Equals(ContentName, StringComparison.OrdinalIgnoreCase));
            if (content >= 0 && content < parts.Length - 1)
            {
                string root = string.Join('/', parts[..content]);
                if (!mounts.Values.Any(mount => TreePath.IsAtOrBelow(file.Path, mount.Root)))
                {
                    found.Add(root);
                }
            }
        }

        return found;
    }

    private static ContentMount? MountOf(string path, Dictionary<string, ContentMount> byFolder)
    {
        for (string folder = TreePath.FolderOf(path); folder.Length > 0; folder = TreePath.FolderOf(folder))
        {
            if (byFolder.TryGetValue(folder, out ContentMount? mount))
            {
                return mount;
            }
        }

        return null;
    }
}
