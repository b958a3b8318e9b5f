using Sots.Unreal;

namespace Sots.Cli;

/// <summary>What the flags of the project commands say; null where they say nothing.</summary>
/// <param name="Project">Folder of the project, or one in it.</param>
/// <param name="BackupRoot">Folder that holds everything that belongs to the backup.</param>
internal sealed record ProjectFlags(string? Project = null, string? BackupRoot = null);

/// <summary>
/// An Unreal project and where its backup lies: flag, else environment, else the default beside the project. The one place that knows
/// these defaults.
/// </summary>
internal sealed record ProjectSettings
{
    /// <summary>Folder of the project, absolute.</summary>
    public required Setting<string> Root { get; init; }

    /// <summary>Folder that holds repository, logs and password file; absolute.</summary>
    public required Setting<string> BackupRoot { get; init; }

    /// <summary>The repository and its password.</summary>
    public required RepositorySettings Repository { get; init; }

    /// <summary>Folder of the logs, absolute.</summary>
    public string LogFolder => Path.Combine(BackupRoot.Value, "logs");

    /// <summary>Name of the project's folder.</summary>
    public string Name => Path.GetFileName(Root.Value);

    /// <summary>The project at the flag's folder, or that the current folder lies in; null where there is none.</summary>
    public static ProjectSettings? Find(CommandRun run, ProjectFlags flags)
    {
        CliEnvironment environment = run.Environment;
        Setting<string> searched = flags.Project is { } named ? new Setting<string>(environment.FullPath(named), "--project") : Setting.Default(environment.WorkingDirectory);
        if (UnrealProject.Find(searched.Value) is not { } project)
        {
            return null;
        }

        string root = Path.TrimEndingDirectorySeparator(project.Root);
        Setting<string> backupRoot = flags.BackupRoot is { } chosen
            ? new Setting<string>(environment.FullPath(chosen), "--backup-root")
            : Setting.Default(root + "_Backup");
        string passwordFile = Path.Combine(backupRoot.Value, ".restic_pass.txt");
        return new ProjectSettings
        {
            Root = searched with { Value = root },
            BackupRoot = backupRoot,
            Repository = new RepositorySettings(
                RepositorySettings.FindNamed(run.Global, environment) ?? backupRoot with { Value = Path.Combine(backupRoot.Value, "repo") },
                PasswordSource.Choose(run.Global, environment, passwordFile)),
        };
    }

    /// <summary>As <see cref="Find"/>, where there must be a project.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static ProjectSettings Get(CommandRun run, ProjectFlags flags) => Find(run, flags) ?? throw new UsageException(
        $"there is no Unreal project (*.uproject) in {flags.Project ?? run.Environment.WorkingDirectory} or above it",
        "Go into the project's folder or name it with --project. For any other folder use `sots_backup backup`.");

    /// <summary>One line for each value, with who said so.</summary>
    public IEnumerable<string> Describe() =>
    [
        $"project     {Root.Value} ({Root.Origin})",
        $"backup root {BackupRoot.Value} ({BackupRoot.Origin})",
        $"repository  {Repository.Location.Value} ({Repository.Location.Origin})",
        $"password    {Repository.Password.Kind.ToString().ToLowerInvariant()} ({Repository.Password.Origin})",
    ];
}
