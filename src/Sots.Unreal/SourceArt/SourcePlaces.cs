using Sots.Unreal.Content;

namespace Sots.Unreal.SourceArt;

/// <summary>
/// Finds the files that import data name. The editor writes a path relative to the asset's folder where the file lies in the project, and
/// else one relative to its own program, which is on a computer that need not be this one: such a path still says where below the root of the
/// drive the file was, and its end may be that of a file in the tree.
/// </summary>
/// <param name="tree">Where the assets are.</param>
/// <param name="drive">Root of the drive that paths of the editor are tried on, "/" or "D:\"; null to try none.</param>
public sealed class SourcePlaces(ContentTree tree, string? drive)
{
    private readonly ILookup<string, TreeFile> _byName = tree.Content.Files.ToLookup(static file => file.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The file in the tree; null where it is not in it. The second value: whether its place is only concluded from its end.</summary>
    public IReadOnlyList<(TreeFile File, bool IsGuess)> FindInside(ImportedFile imported, ContentPackage asset)
    {
        if (!IsRooted(imported.Name) && Collapse($"{asset.File.Folder}/{imported.Name}") is { } path && tree.FindFile(path) is { } there)
        {
            return [(there, false)];
        }

        // Two parts of a path in common are hardly ever an accident; one is decided by the content.
        string[] parts = Collapse(WithoutRoot(imported.Name))?.Split('/') ?? [];
        return parts.Length == 0 ? [] : [.. _byName[parts[^1]]
            .Select(file => (File: file, Common: Common(file.Path.Split('/'), parts)))
            .OrderByDescending(static found => found.Common)
            .Select(static found => (found.File, found.Common < 2))];
    }

    /// <summary>Where it would be in the tree, for messages; null where the path leads out of it.</summary>
    public static string? PlaceInside(ImportedFile imported, ContentPackage asset) =>
        IsRooted(imported.Name) ? null : Collapse($"{asset.File.Folder}/{imported.Name}");

    /// <summary>Its full path on this computer; null where it is not there.</summary>
    public string? FindOutside(ImportedFile imported)
    {
        foreach (string path in Candidates(imported.Name))
        {
            try
            {
                if (File.Exists(path))
                {
                    return Path.GetFullPath(path);
                }
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException or IOException)
            {
                // No path of this system.
            }
        }

        return null;
    }

    /// <summary>Folders that ".." leads out of are dropped; null where it leads out of the top.</summary>
    internal static string? Collapse(string path)
    {
        List<string> parts = [];
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count == 0)
                {
                    return null;
                }

                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private IEnumerable<string> Candidates(string name)
    {
        if (IsRooted(name))
        {
            if (Path.IsPathRooted(name))
            {
                yield return name;
            }
        }
        else if (drive is not null && name.StartsWith("../", StringComparison.Ordinal) && Collapse(WithoutRoot(name)) is { Length: > 0 } below)
        {
            yield return Path.Combine(drive, below);
        }
    }

    private static bool IsRooted(string name) => name.StartsWith('/') || (name.Length > 2 && name[1] == ':' && char.IsAsciiLetter(name[0]));

    /// <summary>Without the drive, and without the steps that lead up from the editor's program; steps further in that undo it are followed.</summary>
    private static string WithoutRoot(string name)
    {
        string path = name.Length > 2 && name[1] == ':' ? name[2..] : name;
        List<string> parts = [];
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("." or ".."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private static int Common(string[] one, string[] other)
    {
        int common = 0;
        while (common < one.Length && common < other.Length && one[^(common + 1)].Equals(other[^(common + 1)], StringComparison.OrdinalIgnoreCase))
        {
            common++;
        }

        return common;
    }
}
