using Sots.Backup;
using Sots.Backup.Restoring;

namespace Sots.Cli;

/// <summary>Paths as somebody types them.</summary>
internal static class TypedPath
{
    /// <summary>
    /// A path of the project, absolute and under the project's own folder: it may be absolute, or relative to the current folder or to the
    /// project, and may lead through a link to the project. Null where it is none of the project's.
    /// </summary>
    /// <param name="path">As typed.</param>
    /// <param name="project">The project.</param>
    /// <param name="run">Knows the current folder.</param>
    /// <param name="mustBeThere">Relative to the current folder only what is there; what is not is relative to the project.</param>
    public static string? InProject(string path, ProjectSettings project, CommandRun run, bool mustBeThere)
    {
        string typed = run.Environment.FullPath(path);
        return Path.IsPathRooted(path) || (Within(typed, project) is not null && (!mustBeThere || Path.Exists(typed)))
            ? Within(typed, project)
            : Within(Path.GetFullPath(path, project.Root.Value), project);
    }

    // The last name stands for itself, be it a link: of the project it is an entry like any other.
    private static string? Within(string full, ProjectSettings project)
    {
        if (RepositorySetup.IsAtOrBelow(full, project.Root.Value))
        {
            return full;
        }

        DiskPath path = DiskPath.FromText(Path.TrimEndingDirectorySeparator(full));
        string real = RealPath.Of(DiskPaths.Parent(path)).Join(DiskPaths.Base(path)).ToString();
        return RepositorySetup.IsAtOrBelow(real, project.Root.Value) ? real
            : RepositorySetup.IsSame(RealPath.Of(path).ToString(), project.Root.Value) ? project.Root.Value
            : null;
    }
}
