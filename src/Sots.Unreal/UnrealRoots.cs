using Sots.Backup.Sources;

namespace Sots.Unreal;

/// <summary>What makes a folder a root.</summary>
public enum UnrealRootKind
{
    /// <summary>A .uproject file.</summary>
    Project,

    /// <summary>A .uplugin file.</summary>
    Plugin,

    /// <summary>Nothing: the folder that was searched.</summary>
    Folder,
}

/// <summary>A folder that rules are tied to.</summary>
/// <param name="Path">Full path, without a separator at the end.</param>
/// <param name="Kind">What it is.</param>
public sealed record UnrealRoot(string Path, UnrealRootKind Kind)
{
    /// <summary>True where Source below it holds a *.Build.cs, so that there is something to compile.</summary>
    public bool HasBuildScript { get; init; }

    /// <summary>True where a build script says that its module comes compiled and cannot be built (bUsePrecompiled).</summary>
    public bool IsPrecompiled { get; init; }

    /// <summary>True where the .uplugin file says that the plugin came from a store, compiled ("Installed").</summary>
    internal bool IsInstalled { get; init; }

    /// <summary>True of a plugin in a project that has no code of its own, whose owner may have nothing to compile with.</summary>
    internal bool IsWithoutCompiler { get; init; }

    /// <summary>True where .git/config names a server.</summary>
    internal bool HasGitRemote { get; init; }

    /// <summary>Whether the owner can make the compiled code again.</summary>
    internal bool IsRebuildable => HasBuildScript && !IsPrecompiled && !IsInstalled && !IsWithoutCompiler;
}

/// <summary>
/// All project and plugin folders below a folder, at any depth. Links are not followed, and folders that hold only what is made again are
/// not entered. A root that was not found only means that more is saved.
/// </summary>
public sealed class UnrealRoots
{
    /// <summary>Folders that are looked into at most.</summary>
    public const int MaxFolders = 2_000_000;

    /// <summary>Levels that are descended at most.</summary>
    public const int MaxDepth = 256;

    private const int MaxTextBytes = 1 << 20;

    // Directly below a root: all of it is made again, or holds so many files and never a root that looking would only cost time.
    private static readonly HashSet<string> NotEntered = new(StringComparer.OrdinalIgnoreCase)
    {
        "Intermediate", "DerivedDataCache", "Saved", ".git", ".svn", ".hg", ".vs", ".idea",
    };

    private static readonly HashSet<string> ExternalPackages = new(StringComparer.OrdinalIgnoreCase) { "__ExternalActors__", "__ExternalObjects__" };

    private UnrealRoots(string folder, IReadOnlyList<UnrealRoot> roots, bool isComplete)
    {
        Folder = folder;
        All = roots;
        IsComplete = isComplete;
    }

    /// <summary>The folder that was searched, in full.</summary>
    public string Folder { get; }

    /// <summary>
    /// The roots, outer ones before those they hold. The searched folder is the first, as <see cref="UnrealRootKind.Folder"/> where it is
    /// no project or plugin itself. Empty where there is neither anywhere.
    /// </summary>
    public IReadOnlyList<UnrealRoot> All { get; }

    /// <summary>False where a limit ended the search.</summary>
    public bool IsComplete { get; }

    /// <summary>Searches a folder.</summary>
    /// <param name="folder">Path of the folder; made absolute.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static UnrealRoots Discover(string folder, CancellationToken cancellationToken) =>
        Discover(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), Path.DirectorySeparatorChar, DiskFolders.Instance, cancellationToken);

    internal static UnrealRoots Discover(string folder, char separator, IFolderListing disk, CancellationToken cancellationToken)
    {
        List<UnrealRoot> roots = [new UnrealRoot(folder, UnrealRootKind.Folder)];
        List<int> projects = [0];
        Stack<Visit> open = new([new Visit(folder, Root: 0, Depth: 0, Part.Root)]);
        int visited = 0;
        bool complete = true;
        while (open.TryPop(out Visit visit))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++visited > MaxFolders || visit.Depth > MaxDepth)
            {
                complete = false;
                continue;
            }

            List<FolderEntry> entries = [.. disk.List(visit.Folder)];
            int root = RootOf(visit, entries, roots, projects);
            bool isRoot = roots[root].Path == visit.Folder && roots[root].Kind != UnrealRootKind.Folder;
            Part here = isRoot ? Part.Root : visit.Part;
            string start = visit.Folder.EndsWith(separator) ? visit.Folder : visit.Folder + separator;
            foreach (FolderEntry entry in entries)
            {
                if (!entry.IsFolder)
                {
                    if (here == Part.Source && UnrealFiles.Is(entry.Name, UnrealFiles.BuildScript))
                    {
                        bool precompiled = roots[root].IsPrecompiled || SaysTrue(disk.ReadText(start + entry.Name, MaxTextBytes), "bUsePrecompiled", "=");
                        roots[root] = roots[root] with { HasBuildScript = true, IsPrecompiled = precompiled };
                    }
                    else if (isRoot && UnrealFiles.Is(entry.Name, UnrealFiles.Plugin) && SaysTrue(disk.ReadText(start + entry.Name, MaxTextBytes), "\"Installed\"", ":"))
                    {
                        roots[root] = roots[root] with { IsInstalled = true };
                    }

                    continue;
                }

                if (roots[root].Path == visit.Folder && entry.Name.Equals(".git", StringComparison.OrdinalIgnoreCase))
                {
                    roots[root] = roots[root] with { HasGitRemote = NamesRemote(disk.ReadText($"{start}{entry.Name}{separator}config", MaxTextBytes)) };
                }

                if (!(isRoot && NotEntered.Contains(entry.Name)) && !(here == Part.Content && ExternalPackages.Contains(entry.Name)))
                {
                    open.Push(new Visit(start + entry.Name, root, visit.Depth + 1, PartBelow(here, isRoot, entry.Name)));
                }
            }
        }

        for (int i = 0; i < roots.Count; i++)
        {
            UnrealRoot project = roots[projects[i]];
            roots[i] = roots[i] with { IsWithoutCompiler = roots[i].Kind == UnrealRootKind.Plugin && project is { Kind: UnrealRootKind.Project, HasBuildScript: false } };
        }

        return new UnrealRoots(folder, roots is [{ Kind: UnrealRootKind.Folder }] ? [] : roots, complete);
    }

    private enum Part
    {
        Root,
        Source,
        Content,
        Other,
    }

    private readonly record struct Visit(string Folder, int Root, int Depth, Part Part);

    private static Part PartBelow(Part here, bool isRoot, string name) =>
        isRoot && name.Equals("Source", StringComparison.OrdinalIgnoreCase) ? Part.Source
        : isRoot && name.Equals("Content", StringComparison.OrdinalIgnoreCase) ? Part.Content
        : here == Part.Source ? Part.Source
        : Part.Other;

    /// <summary>The root that the folder belongs to: itself where a file says so.</summary>
    private static int RootOf(Visit visit, List<FolderEntry> entries, List<UnrealRoot> roots, List<int> projects)
    {
        bool project = entries.Exists(static entry => !entry.IsFolder && UnrealFiles.Is(entry.Name, UnrealFiles.Project));
        if (!project && !entries.Exists(static entry => !entry.IsFolder && UnrealFiles.Is(entry.Name, UnrealFiles.Plugin)))
        {
            return visit.Root;
        }

        UnrealRoot root = new(visit.Folder, project ? UnrealRootKind.Project : UnrealRootKind.Plugin);
        if (visit.Depth == 0)
        {
            roots[0] = root;
            return 0;
        }

        roots.Add(root);
        projects.Add(project ? roots.Count - 1 : projects[visit.Root]);
        return roots.Count - 1;
    }

    private static bool NamesRemote(string? gitConfig) =>
        gitConfig is not null && gitConfig.Split('\n').Any(static line => line.TrimStart().StartsWith("[remote \"", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a text has the word, then the sign, then "true".</summary>
    private static bool SaysTrue(string? text, string word, string sign)
    {
        for (int at = 0; text is not null && (at = text.IndexOf(word, at, StringComparison.Ordinal)) >= 0;)
        {
            at += word.Length;
            ReadOnlySpan<char> value = text.AsSpan(at).TrimStart();
            if (value.StartsWith(sign) && value[1..].TrimStart().StartsWith("true", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
