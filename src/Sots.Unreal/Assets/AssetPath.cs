namespace Sots.Unreal.Assets;

/// <summary>What the path of a file says about the asset in it. Paths are "/"-separated; upper and lower case are the same, as in the engine.</summary>
public static class AssetPath
{
    private const string Game = "Game", Content = "/Content/";

    /// <summary>Name of the asset of a package: that of its file without the ending. Of any other file, the name with it.</summary>
    public static string NameOf(string path)
    {
        int start = path.LastIndexOf('/') + 1;
        return AssetFacts.IsPackage(path) ? path[start..path.LastIndexOf('.')] : path[start..];
    }

    /// <summary>Whether a word is the long name of a package, "/Game/Folder/Name" or "/Plugin/Folder/Name", that would lie in this file.</summary>
    /// <param name="path">Path of a package.</param>
    /// <param name="longName">The word; anything behind a dot in its last name is passed over, as in "/Game/Lamp.Lamp".</param>
    public static bool IsLongNameOf(string path, string longName)
    {
        int slash = longName.LastIndexOf('/'), dot = longName.IndexOf('.', slash + 1);
        ReadOnlySpan<char> name = dot < 0 ? longName : longName.AsSpan(0, dot);
        int mountEnd = name.Length > 1 ? name[1..].IndexOf('/') : -1;
        if (!AssetFacts.IsPackage(path) || !name.StartsWith('/') || mountEnd < 1)
        {
            return false;
        }

        ReadOnlySpan<char> mount = name[1..(mountEnd + 1)], below = name[(mountEnd + 1)..];
        ReadOnlySpan<char> file = path.AsSpan(0, path.LastIndexOf('.'));
        string folder = Content[..^1];
        if (!file.EndsWith(below, StringComparison.OrdinalIgnoreCase) || !file[..^below.Length].EndsWith(folder, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        // A project may have any name; a plugin is mounted under its own.
        ReadOnlySpan<char> root = file[..^(below.Length + folder.Length)];
        return mount.Equals(Game, StringComparison.OrdinalIgnoreCase)
            || root[(root.LastIndexOf('/') + 1)..].Equals(mount, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a word is the end of a path, with the ending of the file or without: "Maps/Arena" of "/Game/Content/Maps/Arena.umap".</summary>
    public static bool IsEndOf(string path, string word)
    {
        ReadOnlySpan<char> end = word.AsSpan().TrimEnd('/');
        if (end.Length == 0)
        {
            return false;
        }

        return IsAtEnd(path, end) || (AssetFacts.IsPackage(path) && IsAtEnd(path.AsSpan(0, path.LastIndexOf('.')), end));
    }

    private static bool IsAtEnd(ReadOnlySpan<char> path, ReadOnlySpan<char> end) =>
        path.EndsWith(end, StringComparison.OrdinalIgnoreCase)
        && (path.Length == end.Length || end[0] == '/' || path[path.Length - end.Length - 1] == '/');
}
