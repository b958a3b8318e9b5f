using Sots.Backup.Restoring;
using Sots.Cli.Commands;
using Sots.Restic;

namespace Sots.Cli.Assets;

/// <summary>Where packages are that a command speaks of: a project and its snapshots, or whatever was saved.</summary>
internal abstract class AssetPlace
{
    /// <summary>The file of what is known to be damaged; null where nobody remembers.</summary>
    public virtual string? KnownDamageFile => null;

    /// <summary>A path in a snapshot as it is told.</summary>
    public abstract string Shown(string path);

    /// <summary>The snapshots that may have other versions, the newest first.</summary>
    public abstract IReadOnlyList<SnapshotPart> Parts(SnapshotListing listing);

    /// <summary>What brings a file back as a snapshot has it.</summary>
    public abstract string Command(string shown, SavedSnapshot good);
}

/// <summary>A project.</summary>
internal sealed class ProjectPlace(CommandRun run, ProjectSettings project, ProjectFlags flags) : AssetPlace
{
    private readonly string _root = SnapshotPath.OfTarget(project.Root.Value);

    public override string? KnownDamageFile => KnownDamage.PathOf(project);

    public override string Shown(string path) =>
        path.StartsWith(_root + "/", StringComparison.Ordinal) ? path[(_root.Length + 1)..] : path.TrimStart('/');

    public override IReadOnlyList<SnapshotPart> Parts(SnapshotListing listing) =>
        [.. ProjectWatch.SnapshotsOf(project, listing).Reverse().Select(Commands.InPlaceAction.Part)];

    public override string Command(string shown, SavedSnapshot good) => ShellWords.Join(
        ["sots_backup", "restore-latest", "--in-place", "--snapshot", good.Id.Value.ToShortString(), "--path", shown, .. FlagWords(run, project, flags)]);

    /// <summary>The flags without which a command would not find the same project and repository.</summary>
    public static IEnumerable<string> FlagWords(CommandRun run, ProjectSettings project, ProjectFlags flags)
    {
        if (!RepositorySetup.IsAtOrBelow(run.Environment.WorkingDirectory, project.Root.Value) || flags.Project is not null)
        {
            yield return "--project";
            yield return project.Root.Value;
        }

        if (flags.BackupRoot is { } root)
        {
            yield return "--backup-root";
            yield return run.Environment.FullPath(root);
        }

        foreach (string word in RepositoryWords(run))
        {
            yield return word;
        }
    }

    /// <summary>The flags that named a repository on this command line; a password that stood there is for the user to give again.</summary>
    public static IEnumerable<string> RepositoryWords(CommandRun run)
    {
        (string Name, Setting<string>? Value)[] named =
        [
            ("--repo", run.Global.Repository), ("--repository-file", run.Global.RepositoryFile), ("--password-file", run.Global.PasswordFile), ("--config", run.Global.Config),
        ];
        return named.Where(static flag => flag.Value is { Origin: ['-', ..] }).SelectMany(flag => new[] { flag.Name, run.Environment.FullPath(flag.Value!.Value) });
    }
}

/// <summary>Files and folders that are no project: told by their full paths.</summary>
internal sealed class FolderPlace(CommandRun run) : AssetPlace
{
    public override string Shown(string path) => path;

    public override IReadOnlyList<SnapshotPart> Parts(SnapshotListing listing) => [.. listing.Snapshots.Reverse().Select(static saved => new SnapshotPart(saved, ""))];

    public override string Command(string shown, SavedSnapshot good)
    {
        int name = shown.LastIndexOf('/');
        return ShellWords.Join(
            ["sots_backup", "restore", $"{good.Id.Value.ToShortString()}:{(name > 0 ? shown[..name] : "/")}", "--target", "Restored", "--include", "/" + RestoreLine.Literal(shown[(name + 1)..]), .. ProjectPlace.RepositoryWords(run)]);
    }
}
