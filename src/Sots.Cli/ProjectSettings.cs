using Sots.Backup;
using Sots.Cli.Configuration;

namespace Sots.Cli;

/// <summary>What the flags of the project commands say; null where they say nothing.</summary>
/// <param name="Project">Folder of the project, or one in it.</param>
/// <param name="BackupRoot">Folder that holds everything that belongs to the backup.</param>
internal sealed record ProjectFlags(string? Project = null, string? BackupRoot = null);

/// <summary>
/// An Unreal project and everything that is set for it: flag, else environment, else config, else the default beside the project. The one
/// place that knows what follows from what.
/// </summary>
internal sealed record ProjectSettings
{
    /// <summary>Every value in force, with where it comes from.</summary>
    public required ConfigValues Values { get; init; }

    /// <summary>The config, or <see cref="ConfigFile.None"/>.</summary>
    public required ConfigFile Config { get; init; }

    /// <summary>The repository and its password.</summary>
    public required RepositorySettings Repository { get; init; }

    /// <summary>Folder of the project, absolute.</summary>
    public Setting<string> Root => Values.Get(ConfigKeys.ProjectRoot);

    /// <summary>Folder that holds repository, logs and password file; absolute.</summary>
    public Setting<string> BackupRoot => Values.Get(ConfigKeys.BackupRoot);

    /// <summary>Folder of the logs, absolute.</summary>
    public string LogFolder => Logs.Folder.Value;

    /// <summary>Where the logs lie and how long they are kept.</summary>
    public LogSettings Logs => LogSettings.Of(Values);

    /// <summary>What a backup leaves out.</summary>
    public ExcludeSettings Excludes => ExcludeSettings.Of(Values);

    /// <summary>Folders that belong to the backup itself: wherever they lie, no snapshot holds them and no restore touches them.</summary>
    public IReadOnlyList<DiskPath> OwnFolders => [DiskPath.FromText(Repository.Location.Value), DiskPath.FromText(BackupRoot.Value), DiskPath.FromText(LogFolder)];

    /// <summary>Tags of each snapshot beside full or push.</summary>
    public Setting<IReadOnlyList<string>> Tags => Values.Get(ConfigKeys.Tags);

    /// <summary>Which snapshots forget-prune keeps.</summary>
    public RetentionSettings Retention => RetentionSettings.Of(Values);

    /// <summary>How much of what was written a backup reads back, in bytes at most.</summary>
    public long VerifyWrittenBytes => Values.Get(ConfigKeys.VerifyWritten).Value ?? 0;

    /// <summary>What counts as unusual.</summary>
    public AlarmSettings Alarms => AlarmSettings.Of(Values);

    /// <summary>The real restic, a path or a name on PATH; null where nobody said which.</summary>
    public Setting<string>? ResticProgram => Values.Find(ConfigKeys.ResticProgram);

    /// <summary>Name of the project's folder.</summary>
    public string Name => Path.GetFileName(Root.Value);

    /// <summary>The project of the flag, of the config, or that the current folder lies in; null where there is none.</summary>
    /// <exception cref="UsageException">The config cannot be used.</exception>
    public static ProjectSettings? Find(CommandRun run, ProjectFlags flags)
    {
        ProjectSearch search = ProjectSearch.Run(run, flags);
        return search.Project is null ? null : Of(run, flags, search.Config, search.Root!);
    }

    /// <summary>As <see cref="Find"/>, where there must be a project.</summary>
    /// <exception cref="UsageException">There is none, or the config cannot be used.</exception>
    public static ProjectSettings Get(CommandRun run, ProjectFlags flags)
    {
        ProjectSearch search = ProjectSearch.Run(run, flags);
        return search.Project is not null ? Of(run, flags, search.Config, search.Root!)
            : search.Root is { } named
                ? throw new UsageException(
                    $"there is no Unreal project (*.uproject) in {named.Value}, which project_root names ({named.Origin})", "Correct it in the config, or name the project's folder with --project.")
                : throw new UsageException(
                    $"there is no Unreal project (*.uproject) in {flags.Project ?? run.Environment.WorkingDirectory} or above it",
                    "Go into the project's folder or name it with --project. For any other folder use `sots_backup backup`.");
    }

    /// <summary>
    /// The settings of a project whose folder is known. For reading a backup the folder need not exist any more: that is when a backup is
    /// needed.
    /// </summary>
    public static ProjectSettings Of(CommandRun run, ProjectFlags flags, ConfigFile config, Setting<string> root)
    {
        CliEnvironment environment = run.Environment;
        ConfigValues values = EngineSettings.Overlay(config.Values, run.Global, environment)
            .With(ConfigKeys.ProjectRoot, root)
            .With(ConfigKeys.BackupRoot, flags.BackupRoot is { } chosen ? new Setting<string>(environment.FullPath(chosen), "--backup-root") : null)
            .WithDefault(ConfigKeys.BackupRoot, Setting.Default(root.Value + "_Backup"))
            .With(ConfigKeys.Repository, RepositorySettings.FindNamed(run.Global, environment));
        Setting<string> backupRoot = values.Get(ConfigKeys.BackupRoot);
        values = values
            .WithDefault(ConfigKeys.Repository, backupRoot with { Value = Path.Combine(backupRoot.Value, "repo") })
            .WithDefault(ConfigKeys.LogFolder, backupRoot with { Value = Path.Combine(backupRoot.Value, "logs") });
        Setting<string> passwordFile = values.Find(ConfigKeys.PasswordFile) ?? backupRoot with { Value = Path.Combine(backupRoot.Value, ".restic_pass.txt") };
        PasswordSource configured = values.Find(ConfigKeys.PasswordCommand) is { } command
            ? new PasswordSource(PasswordKind.Command, command.Value, command.Origin)
            : new PasswordSource(PasswordKind.File, passwordFile.Value, passwordFile.Origin);
        return new ProjectSettings
        {
            Values = values,
            Config = config,
            Repository = new RepositorySettings(
                values.Get(ConfigKeys.Repository), PasswordSource.Choose(run.Global, environment, configured), EngineSettings.Of(values)),
        };
    }

    /// <summary>One line for each value that people ask for first, with who said so.</summary>
    public IEnumerable<string> Describe() =>
    [
        $"config      {Config.Path ?? "none"}",
        $"project     {Root.Value} ({Root.Origin})",
        $"backup root {BackupRoot.Value} ({BackupRoot.Origin})",
        $"repository  {Repository.Location.Value} ({Repository.Location.Origin})",
        $"password    {Repository.Password.Kind.ToString().ToLowerInvariant()} ({Repository.Password.Origin})",
    ];
}
