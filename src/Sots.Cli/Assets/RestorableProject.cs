using Sots.Cli.Commands;
using Sots.Cli.Configuration;
using Sots.Restic;

namespace Sots.Cli.Assets;

/// <summary>
/// What a command works on that brings something back: an Unreal project, or a folder without one (a repository of plugins) that some snapshot
/// is of.
/// </summary>
/// <param name="Project">The project; null where there is none.</param>
/// <param name="Repository">Its repository, or the one that is named.</param>
internal sealed record RestorableProject(ProjectSettings? Project, RepositorySettings Repository)
{
    /// <summary>Finds the project and the repository.</summary>
    /// <exception cref="UsageException">Nothing names a repository.</exception>
    public static RestorableProject Find(CommandRun run, ProjectFlags flags) =>
        ProjectSettings.Find(run, flags) is { } project ? new RestorableProject(project, project.Repository) : new RestorableProject(null, RepositorySettings.Resolve(run));

    /// <summary>The project; else the folder that the command runs in, or that --project names, or the nearest above that a snapshot is of. Null where there is none.</summary>
    public ProjectSettings? FindFolder(CommandRun run, ProjectFlags flags, SnapshotListing listing)
    {
        if (Project is not null)
        {
            return Project;
        }

        string start = flags.Project is { } given ? run.Environment.FullPath(given) : run.Environment.WorkingDirectory;
        for (string? at = Path.TrimEndingDirectorySeparator(start); at is not null; at = Path.GetDirectoryName(at))
        {
            if (listing.Snapshots.Any(saved => SnapshotPath.IsOf(saved.Snapshot, at)))
            {
                return ProjectSettings.Of(run, flags, ConfigFile.None, new Setting<string>(at, flags.Project is null ? Setting.DefaultOrigin : "--project"));
            }
        }

        return null;
    }

    /// <summary>As <see cref="FindFolder"/>, where there must be one.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public ProjectSettings GetFolder(CommandRun run, ProjectFlags flags, SnapshotListing listing) =>
        FindFolder(run, flags, listing) ?? throw new UsageException(
            $"there is no Unreal project (*.uproject) in {flags.Project ?? run.Environment.WorkingDirectory} or above it, and no snapshot is of that folder",
            "Go into the project's folder or name it with --project; `restore-asset NAME --to FOLDER` puts an asset anywhere.");
}
