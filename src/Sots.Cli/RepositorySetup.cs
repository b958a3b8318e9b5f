using Sots.Backup;
using Sots.Backup.Credentials;
using Sots.Backup.Restoring;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Locking;

namespace Sots.Cli;

/// <summary>Makes repositories, and what a project needs around one.</summary>
internal static class RepositorySetup
{
    private const string KeepThePassword = "Nobody can open the backup without it, and nobody can replace it.\n"
        + "Keep a copy of it where a broken disk or a stolen computer does not take it:\nin a password safe, or printed.";

    /// <summary>A file that is there only while somebody sets up the backup.</summary>
    private const string SetupMark = ".setup.lock";

    /// <summary>Makes a repository.</summary>
    /// <exception cref="RepositoryException">AlreadyExists, storage errors.</exception>
    public static Task CreateAsync(CommandRun run, RepositorySettings settings, int version, CancellationToken cancellationToken) =>
        CreateAsync(run, settings, version, remind: true, cancellationToken);

    private static async Task CreateAsync(CommandRun run, RepositorySettings settings, int version, bool remind, CancellationToken cancellationToken)
    {
        using IBackend backend = RepositorySession.CreateBackend(run, settings.Location.Value, pretend: false);
        if (await backend.FindLengthAsync(FileHandle.Config, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw AlreadyThere(settings);
        }

        using Password password = await settings.Password.ReadAsync(run, PasswordUse.NewRepository, cancellationToken).ConfigureAwait(false);
        CreateOptions options = new()
        {
            Version = version,
            Scrypt = run.Environment.KeyCost,
            Hostname = run.Environment.Host,
            Username = ProcessIdentity.Current.Username,
            Created = Commands.NewKeyFlags.Now(run.Environment.Clock),
        };
        using OpenRepository repository = await Repository.CreateAsync(backend, password.Bytes, options, cancellationToken).ConfigureAwait(false);
        run.Reporter.Initialized(repository.Config.Id, settings.Location.Value, remind);
    }

    /// <summary>
    /// Makes what is missing for a project: backup root, password file, repository. What is there is left alone; a repository whose
    /// password file is gone is an error, never a reason for a new password.
    /// </summary>
    /// <returns>True if the repository was made.</returns>
    public static Task<bool> EnsureAsync(CommandRun run, ProjectSettings project, CancellationToken cancellationToken) =>
        EnsureAsync(run, project, version: 2, cancellationToken);

    /// <summary>As <see cref="EnsureAsync(CommandRun, ProjectSettings, CancellationToken)"/>, with the format of a new repository.</summary>
    public static async Task<bool> EnsureAsync(CommandRun run, ProjectSettings project, int version, CancellationToken cancellationToken)
    {
        RefuseInsideEachOther(project);
        if (await ExistsAsync(run, project.Repository, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        PrepareFolders(project);
        using FileStream alone = BeAlone(project);
        if (await ExistsAsync(run, project.Repository, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        bool remind = true;
        if (project.Repository.Password is { Kind: PasswordKind.File } file && !File.Exists(file.Where))
        {
            // Said once is heard; the words of restic would say it again.
            remind = false;
            PasswordFile.CreateRandom(file.Where);
            run.Reporter.Message($"created password file {file.Where}\n{KeepThePassword}");
        }

        await CreateAsync(run, project.Repository, version, remind, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Programs that drive restic look for these words.</summary>
    public static RepositoryException AlreadyThere(RepositorySettings settings) => new(
        RepositoryErrorKind.AlreadyExists, $"create repository at {settings.Location.Value} failed: config file already exists", "It is ready to be used.");

    private static async Task<bool> ExistsAsync(CommandRun run, RepositorySettings settings, CancellationToken cancellationToken)
    {
        using IBackend backend = RepositorySession.CreateBackend(run, settings.Location.Value, pretend: false);
        return await Repository.IsThereAsync(backend, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Two that make a repository in the same place at the same time would make one that opens with neither password. The file is open for
    /// nobody else while this lasts, and is gone with the process, however that ends.
    /// </summary>
    private static FileStream BeAlone(ProjectSettings project)
    {
        string path = Path.Combine(project.BackupRoot.Value, SetupMark);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RepositoryException(
                RepositoryErrorKind.Storage, $"The backup folder {project.BackupRoot.Value} cannot be prepared: {e.Message}",
                "If another sots_backup is setting it up at this moment, try again when that is done; otherwise see that you may write there.", e);
        }
    }

    /// <summary>Makes the folders around a repository, where they are missing.</summary>
    /// <exception cref="RepositoryException">Storage: one cannot be made.</exception>
    public static void PrepareFolders(ProjectSettings project)
    {
        try
        {
            OwnerOnlyAccess.Current.CreateFolder(project.BackupRoot.Value);
            OwnerOnlyAccess.Current.CreateFolder(project.LogFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RepositoryException(RepositoryErrorKind.Storage, $"The backup folder {project.BackupRoot.Value} cannot be made: {e.Message}", "Choose another with --backup-root.", e);
        }
    }

    /// <summary>A backup in the project would be lost with it; a project in its backup would be saved into itself.</summary>
    public static void RefuseInsideEachOther(ProjectSettings project)
    {
        if (LiesIn(project.Repository.Location.Value, project.Root.Value) || LiesIn(project.Root.Value, project.Repository.Location.Value))
        {
            throw new UsageException(
                $"the repository {project.Repository.Location.Value} and the project {project.Root.Value} lie in each other",
                "Choose a folder outside the project, best on another drive, with --backup-root or --repo.");
        }
    }

    /// <summary>Whether a path is a folder or lies in it. Both absolute.</summary>
    public static bool IsAtOrBelow(string path, string folder)
    {
        string relative = Path.GetRelativePath(folder, path);
        return relative != ".." && !relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) && !Path.IsPathRooted(relative);
    }

    /// <summary>Whether two paths are one. Both absolute.</summary>
    public static bool IsSame(string one, string other) => IsAtOrBelow(one, other) && IsAtOrBelow(other, one);

    /// <summary>As <see cref="IsAtOrBelow"/>, also where links lead there.</summary>
    public static bool LiesIn(string path, string folder) => IsAtOrBelow(path, folder) || IsAtOrBelow(Real(path), Real(folder));

    private static string Real(string path) => RealPath.Of(DiskPath.FromText(path)).ToString();
}
