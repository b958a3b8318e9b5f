namespace Sots.Unreal;

/// <summary>What belongs to a level beside its .umap file.</summary>
public static class UnrealLevels
{
    private const string Extension = ".umap", Content = "Content";

    /// <summary>The folders in which levels keep one file for each actor, below a Content folder.</summary>
    private static readonly string[] ActorFolders = ["__ExternalActors__", "__ExternalObjects__"];

    /// <summary>Whether a path, "/"-separated, is a file of an actor.</summary>
    public static bool IsActor(string path) => ActorFolders.Any(folder => path.Contains($"/{folder}/", StringComparison.OrdinalIgnoreCase));

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
        return [path, .. ActorFolders.Select(folder => $"{above}/{folder}/{level}")];
    }
}
