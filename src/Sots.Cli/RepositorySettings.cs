using System.Text;
using Sots.Cli.Configuration;

namespace Sots.Cli;

/// <summary>Which repository, and where its password comes from.</summary>
/// <param name="Location">Absolute path of its folder.</param>
/// <param name="Password">Source of its password.</param>
/// <param name="Engine">How it is worked on.</param>
internal sealed record RepositorySettings(Setting<string> Location, PasswordSource Password, EngineSettings Engine)
{
    private static readonly string[] RemoteSchemes = ["sftp:", "s3:", "rest:", "b2:", "azure:", "gs:", "swift:", "rclone:"];

    /// <summary>
    /// From flags and variables; else of the config, or of the Unreal project that the current folder lies in. A project that is gone is no
    /// reason not to reach its backup, as long as the config says where it is.
    /// </summary>
    /// <exception cref="UsageException">Nothing names a repository, or the config cannot be used.</exception>
    public static RepositorySettings Resolve(CommandRun run)
    {
        if (FindNamed(run.Global, run.Environment) is { } named && run.Global.Config is null)
        {
            ConfigValues values = EngineSettings.Overlay(ConfigValues.None, run.Global, run.Environment);
            return new RepositorySettings(named, PasswordSource.Choose(run.Global, run.Environment, configured: null), EngineSettings.Of(values));
        }

        ProjectSearch search = ProjectSearch.Run(run, new ProjectFlags());
        Setting<string> root = search.Root ?? (search.Config.Path is { } config ? Setting.Default(Path.GetDirectoryName(config)!) : throw NothingNamed());
        return search.Root is not null || search.Config.Values.Find(ConfigKeys.BackupRoot) is not null || search.Config.Values.Find(ConfigKeys.Repository) is not null
            ? ProjectSettings.Of(run, new ProjectFlags(), search.Config, root).Repository
            : throw NothingNamed();
    }

    private static UsageException NothingNamed() => new(
        "Please specify repository location (-r or --repository-file)", "Inside the folder of an Unreal project its own backup is used without asking.");

    /// <summary>The location that flags or variables name, or null.</summary>
    /// <exception cref="UsageException">Two flags contradict each other, or the location is of a kind that is not supported.</exception>
    public static Setting<string>? FindNamed(GlobalSettings global, CliEnvironment environment)
    {
        if (global is { Repository.Origin: ['-', ..], RepositoryFile.Origin: ['-', ..] })
        {
            throw new UsageException("--repo and --repository-file contradict each other", "Name one of them.");
        }

        Setting<string>? named = global switch
        {
            { Repository.Origin: ['-', ..] } => global.Repository,
            { RepositoryFile: { } file } when file.Origin.StartsWith('-') || global.Repository is null => new Setting<string>(ReadLocation(environment.FullPath(file.Value)), file.Origin),
            _ => global.Repository,
        };
        return named is null ? null : named with { Value = environment.FullPath(LocalPath(named.Value)) };
    }

    private static string LocalPath(string location)
    {
        string path = location.StartsWith("local:", StringComparison.Ordinal) ? location["local:".Length..] : location;
        return path.Length == 0 ? throw new UsageException("the repository's location is empty")
            : RemoteSchemes.FirstOrDefault(scheme => path.StartsWith(scheme, StringComparison.Ordinal)) is { } remote
                ? throw new UsageException($"repositories at {remote[..^1]} are not supported", "Only folders on a disk or a network share are.")
                : path;
    }

    private static string ReadLocation(string path)
    {
        const int limit = 64 * 1024;
        try
        {
            FileInfo file = new(path);
            return file.Length <= limit
                ? File.ReadAllText(path, Encoding.UTF8).Trim()
                : throw new UsageException($"{path} is longer than {limit} bytes: that is no repository file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the repository file {path} cannot be read: {e.Message}", "Name the right one with --repository-file, or the repository itself with --repo.");
        }
    }
}
