using Sots.Backup;
using Sots.Backup.Restoring;

namespace Sots.Unreal;

/// <summary>What is known of running editors.</summary>
/// <param name="Open">The editor that has the project open, for people: <c>UnrealEditor (process 4711)</c>; null where there is none.</param>
/// <param name="Others">Editors that run, but have nothing to do with the project as far as can be seen.</param>
public sealed record EditorFinding(string? Open, int Others);

/// <summary>
/// Finds out whether an Unreal editor has a project open: it names the project on its command line, works in its folder, has files of it
/// open, or (where the system tells none of that) holds the project's log.
/// </summary>
public static class UnrealEditors
{
    private static readonly string[] Names = ["UnrealEditor", "UE4Editor"];

    /// <summary>Looks at the processes of this machine.</summary>
    public static EditorFinding Find(UnrealProject project, CancellationToken cancellationToken) =>
        Find(project, ProcessTable.Current, OpenFileProbe.Current, cancellationToken);

    internal static EditorFinding Find(UnrealProject project, ProcessTable processes, OpenFileProbe files, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunningProcess> editors = processes.Find(name => Names.Any(known => name.StartsWith(known, StringComparison.OrdinalIgnoreCase)));
        if (editors.FirstOrDefault(editor => HasOpen(editor, project)) is { } found)
        {
            return new EditorFinding($"{found.Name} (process {found.Id})", editors.Count - 1);
        }

        // The editor writes its log as long as it runs and lets nobody else write to it.
        DiskPath log = DiskPath.FromText(Path.Combine(project.Root, "Saved", "Logs", project.Name + ".log"));
        return editors.Count > 0 && files.Find([log], cancellationToken).Count > 0
            ? new EditorFinding(editors.Count == 1 ? $"{editors[0].Name} (process {editors[0].Id})" : "an Unreal editor", editors.Count - 1)
            : new EditorFinding(null, editors.Count);
    }

    /// <summary>Whether what is known of a process ties it to the project.</summary>
    internal static bool HasOpen(RunningProcess editor, UnrealProject project) =>
        editor.Arguments.Any(argument => NamesProject(argument.Trim('"'), project)) || editor.OpenPaths.Any(path => IsIn(path, project.Root));

    private static bool NamesProject(string argument, UnrealProject project)
    {
        if (!UnrealFiles.Is(argument, UnrealFiles.Project))
        {
            return false;
        }

        // A name without a folder is the only clue there is.
        string path = argument.StartsWith("-project=", StringComparison.OrdinalIgnoreCase) ? argument["-project=".Length..].Trim('"') : argument;
        return Path.IsPathRooted(path)
            ? string.Equals(Path.GetFullPath(path), project.File, StringComparison.OrdinalIgnoreCase)
            : string.Equals(Path.GetFileName(path), Path.GetFileName(project.File), StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsIn(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == Path.DirectorySeparatorChar);
}
