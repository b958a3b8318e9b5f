using Sots.Restic.Trees;

namespace Sots.Unreal.Content;

/// <summary>A file of a tree, in a snapshot or on the disk.</summary>
/// <param name="Path">From the top of the tree, "/"-separated, without a "/" in front.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="Node">Its node in the snapshot; null on the disk.</param>
public sealed record TreeFile(string Path, long SizeBytes, Node? Node = null)
{
    /// <summary>The folder it lies in; empty for the top.</summary>
    public string Folder => TreePath.FolderOf(Path);

    /// <summary>Its name.</summary>
    public string Name => TreePath.NameOf(Path);
}

/// <summary>Paths in a tree: "/"-separated, without a "/" in front, empty for the top.</summary>
public static class TreePath
{
    /// <summary>The folder that something lies in.</summary>
    public static string FolderOf(string path) => path.LastIndexOf('/') is >= 0 and int slash ? path[..slash] : "";

    /// <summary>The last part.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The path of something in a folder.</summary>
    public static string Join(string folder, string name) => folder.Length == 0 ? name : name.Length == 0 ? folder : $"{folder}/{name}";

    /// <summary>The path without the ending of its name.</summary>
    public static string WithoutExtension(string path) => path.LastIndexOf('.') is var dot && dot > path.LastIndexOf('/') ? path[..dot] : path;

    /// <summary>Whether a path is a folder, or lies in it.</summary>
    public static bool IsAtOrBelow(string path, string folder) =>
        folder.Length == 0
        || (path.StartsWith(folder, StringComparison.OrdinalIgnoreCase) && (path.Length == folder.Length || path[folder.Length] == '/'));

    /// <summary>The part of a path below a folder that it lies in.</summary>
    public static string Below(string path, string folder) => folder.Length == 0 ? path : path.Length == folder.Length ? "" : path[(folder.Length + 1)..];
}
