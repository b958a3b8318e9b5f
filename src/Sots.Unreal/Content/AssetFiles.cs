namespace Sots.Unreal.Content;

/// <summary>Which files of a tree are one asset.</summary>
public static class AssetFiles
{
    private const string BuiltData = "_BuiltData";
    private static readonly string[] Companions = [".uexp", ".ubulk", ".uptnl", ".upayload", ".m.ubulk"];

    /// <summary>
    /// The paths that an asset may take in, without regard to what is there: its package and the files beside it that have a part of its
    /// data; for a level its baked light too.
    /// </summary>
    public static IReadOnlyList<string> PathsOf(ContentPackage package)
    {
        string stem = TreePath.WithoutExtension(package.File.Path);
        List<string> paths = [package.File.Path, .. Companions.Select(ending => stem + ending)];
        if (package.IsLevel)
        {
            paths.Add(stem + BuiltData + ".uasset");
            paths.AddRange(Companions.Select(ending => stem + BuiltData + ending));
        }

        return paths;
    }

    /// <summary>
    /// The folders of a level's actors and objects, as they are spelled. Where another level lies in a folder with this one's name, its actors
    /// lie below this one's; then the folders are the single ones of this level.
    /// </summary>
    /// <param name="level">The level.</param>
    /// <param name="contents">Trees that have actors of it: a snapshot, and what is on the disk now.</param>
    public static IReadOnlyList<string> ActorFoldersOf(ContentPackage level, params ReadOnlySpan<ProjectContent> contents)
    {
        List<string> folders = [];
        foreach (string folder in UnrealLevels.FoldersOf(level.Mount.ContentFolder, TreePath.WithoutExtension(TreePath.Below(level.File.Path, level.Mount.ContentFolder))))
        {
            HashSet<string> spellings = new(StringComparer.Ordinal), below = new(StringComparer.Ordinal);
            foreach (ProjectContent content in contents)
            {
                foreach (TreeFile file in content.Files.Where(file => file.Path.Length > folder.Length && TreePath.IsAtOrBelow(file.Path, folder)))
                {
                    spellings.Add(file.Path[..folder.Length]);
                    below.Add(file.Path[(folder.Length + 1)..].Split('/')[0]);
                }
            }

            folders.AddRange(below.All(IsActorFolder) ? spellings : spellings.SelectMany(spelled => below.Where(IsActorFolder).Select(name => $"{spelled}/{name}")));
        }

        return folders;
    }

    /// <summary>The files of an asset that are there; of a level with its actors.</summary>
    public static IReadOnlyList<TreeFile> Of(ProjectContent content, ContentPackage package)
    {
        IReadOnlyList<string> folders = package.IsLevel ? ActorFoldersOf(package, content) : [];
        IEnumerable<TreeFile> actors = folders.Count == 0 ? [] : content.Files.Where(file => folders.Any(folder => TreePath.IsAtOrBelow(file.Path, folder)));
        return [.. PathsOf(package).Select(content.FindFile).OfType<TreeFile>(), .. actors.OrderBy(static file => file.Path, StringComparer.Ordinal)];
    }

    /// <summary>Actors lie in folders of one character with folders of two below; the folder of a level has hardly ever so short a name.</summary>
    private static bool IsActorFolder(string name) => name.Length == 1 && char.IsAsciiLetterOrDigit(name[0]);
}
