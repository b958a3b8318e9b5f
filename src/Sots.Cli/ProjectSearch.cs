using Sots.Backup;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Cli.Configuration;
using Sots.Unreal;

namespace Sots.Cli;

/// <summary>Finds the project that is meant, and the config that holds for it.</summary>
/// <param name="Config">The config, or <see cref="ConfigFile.None"/>.</param>
/// <param name="Root">Folder of the project as it is named, or found; null where there is none. A named one need not exist.</param>
/// <param name="Project">The project, or null where there is none.</param>
internal sealed record ProjectSearch(ConfigFile Config, Setting<string>? Root, UnrealProject? Project)
{
    /// <summary>
    /// Searches. The flag names the project, else the config, else the folder the command runs in, and for a config that was named its own
    /// folder. A config above the project that names another project is not this one's.
    /// </summary>
    /// <exception cref="UsageException">The config cannot be used.</exception>
    public static ProjectSearch Run(CommandRun run, ProjectFlags flags)
    {
        CliEnvironment environment = run.Environment;
        string start = flags.Project is { } given ? environment.FullPath(given) : environment.WorkingDirectory;
        if (run.Global.Config is { } named)
        {
            string path = environment.FullPath(named.Value);
            ConfigFile config = ConfigFile.Load(path, environment.Variable);
            return flags.Project is not null || config.Values.Find(ConfigKeys.ProjectRoot) is not null
                ? Of(config, flags, start)
                : Of(config, flags, UnrealProject.Find(Path.GetDirectoryName(path)!)?.Root ?? start);
        }

        if (ConfigFile.FindUpwards(start) is not { } found)
        {
            return Of(ConfigFile.None, flags, start);
        }

        ConfigFile nearest = ConfigFile.Load(found, environment.Variable);
        if (nearest.Values.Find(ConfigKeys.ProjectRoot) is { } root && UnrealProject.Find(start) is { } here
            && RepositorySetup.IsAtOrBelow(here.Root, Path.GetDirectoryName(found)!) && !RepositorySetup.IsSame(here.Root, Path.GetDirectoryName(found)!)
            && !RepositorySetup.IsSame(RootOf(here), UnrealProject.Find(root.Value) is { } meant ? RootOf(meant) : root.Value))
        {
            run.Reporter.Detail($"{found} is for the project {root.Value}, not for {here.Root}");
            return Of(ConfigFile.None, flags, start);
        }

        return Of(nearest, flags, start);
    }

    private static ProjectSearch Of(ConfigFile config, ProjectFlags flags, string start)
    {
        if (flags.Project is null && config.Values.Find(ConfigKeys.ProjectRoot) is { } named)
        {
            UnrealProject? there = UnrealProject.Find(named.Value);
            return new ProjectSearch(config, there is null ? named : named with { Value = RootOf(there) }, there);
        }

        UnrealProject? found = UnrealProject.Find(start);
        return new ProjectSearch(config, found is null ? null : new Setting<string>(RootOf(found), flags.Project is null ? Setting.DefaultOrigin : "--project"), found);
    }

    // Every backup of a folder has to record the same path, however it was typed. And a walk does not follow links, so it begins at the folder itself.
    private static string RootOf(UnrealProject project) =>
        PathSpelling.Current.OnDisk(RealPath.OfFolder(DiskPath.FromText(Path.TrimEndingDirectorySeparator(project.Root))).ToString());
}
