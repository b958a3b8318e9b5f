namespace Sots.Unreal.Content;

/// <summary>A Content folder, and the name under which packages refer to what is in it.</summary>
/// <param name="Name">"/Game" for a project, "/" and its name for a plugin.</param>
/// <param name="Root">Folder of the project or plugin in its tree; empty for the top.</param>
/// <param name="Kind">What kind of root.</param>
/// <param name="Project">Folder of the project it belongs to; null for a plugin that lies in none.</param>
public sealed record ContentMount(string Name, string Root, UnrealRootKind Kind, string? Project)
{
    /// <summary>The folder of its packages.</summary>
    public string ContentFolder => TreePath.Join(Root, "Content");

    /// <summary>Where in the tree a package would lie, without the ending; null where the name is of another mount.</summary>
    public string? PathOf(string packageName) =>
        packageName.Length > Name.Length + 1 && packageName[Name.Length] == '/' && packageName.StartsWith(Name, StringComparison.OrdinalIgnoreCase)
            ? $"{ContentFolder}/{packageName[(Name.Length + 1)..]}"
            : null;
}

/// <summary>A package in a Content folder.</summary>
/// <param name="File">Its file.</param>
/// <param name="Mount">The Content folder.</param>
public sealed record ContentPackage(TreeFile File, ContentMount Mount)
{
    /// <summary>Long name that its place gives it: "/Game/Folder/Name".</summary>
    public string Name { get; } = $"{Mount.Name}/{TreePath.WithoutExtension(TreePath.Below(File.Path, Mount.ContentFolder))}";

    /// <summary>Short name: that of the file.</summary>
    public string ShortName => TreePath.NameOf(Name);

    /// <summary>Whether it is a level, by its ending.</summary>
    public bool IsLevel => UnrealFiles.Is(File.Path, UnrealFiles.Level);

    /// <summary>Whether it is an actor or object that its level keeps in a file of its own.</summary>
    public bool IsExternal => UnrealLevels.IsActor("/" + File.Path);
}
