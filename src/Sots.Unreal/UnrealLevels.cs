namespace Sots.Unreal;

/// <summary>A package that belongs to a level and is kept apart from it.</summary>
/// <param name="Level">Path of the level without its ending, "…/Content/Maps/Arena".</param>
/// <param name="IsActor">An actor; false for other objects, such as the folders of the outliner.</param>
public readonly record struct LevelPart(string Level, bool IsActor)
{
    /// <summary>Path of the level's own file.</summary>
    public string LevelFile => Level + UnrealLevels.Extension;
}

/// <summary>What belongs to a level beside its .umap file.</summary>
public static class UnrealLevels
{
    internal const string Extension = ".umap";
    private const string Content = "Content";

    /// <summary>Below the folder of a level come two folders with the first characters of a hash, then the file.</summary>
    private const int NameParts = 3;

    /// <summary>The folders in which levels keep one file for each actor, below a Content folder.</summary>
    private static readonly string[] ActorFolders = ["__ExternalActors__", "__ExternalObjects__"];

    /// <summary>Whether a path, "/"-separated, is a file of an actor.</summary>
    public static bool IsActor(string path) => ActorFolders.Any(folder => path.Contains($"/{folder}/", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a path is a level's own file: a .umap somewhere below a Content folder. Copies that the editor makes lie elsewhere.</summary>
    public static bool IsLevel(string path) =>
        IsLevelFile(path) && path.Split('/').Any(static part => part.Equals(Content, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a name has the ending of levels.</summary>
    internal static bool IsLevelFile(string name) => name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>The level that a package belongs to by its path, "/"-separated; null for one that belongs to none.</summary>
    public static LevelPart? PartOf(string path)
    {
        string[] parts = path.Split('/');
        int content = Array.FindIndex(parts, part => part.Equals(Content, StringComparison.OrdinalIgnoreCase));
        for (; content >= 0 && content + 1 + NameParts + 1 < parts.Length; content = Array.FindIndex(parts, content + 1, part => part.Equals(Content, StringComparison.OrdinalIgnoreCase)))
        {
            int kind = Array.FindIndex(ActorFolders, folder => folder.Equals(parts[content + 1], StringComparison.OrdinalIgnoreCase));
            if (kind >= 0)
            {
                return new LevelPart(string.Join('/', [.. parts[..(content + 1)], .. parts[(content + 2)..^NameParts]]), kind == 0);
            }
        }

        return null;
    }

    /// <summary>A path relative to the project, and where it is a level also the folders of its actors: they are of use only together.</summary>
    public static IReadOnlyList<string> WithActors(string path)
    {
        string[] parts = path.Replace('\\', '/').Split('/');
        int content = Array.FindIndex(parts, part => part.Equals(Content, StringComparison.OrdinalIgnoreCase));
        if (content < 0 || !path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
        {
            return [path];
        }

        string above = string.Join('/', parts[..(content + 1)]);
        string level = string.Join('/', parts[(content + 1)..])[..^Extension.Length];
        return [path, .. FoldersOf(above, level)];
    }

    /// <summary>The folders of a level's actors and objects, whether they are there or not.</summary>
    /// <param name="contentFolder">The Content folder the level lies in, "/"-separated.</param>
    /// <param name="level">The level below it, without its ending.</param>
    public static IReadOnlyList<string> FoldersOf(string contentFolder, string level) => [.. ActorFolders.Select(folder => $"{contentFolder}/{folder}/{level}")];
}
