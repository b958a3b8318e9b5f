using System.CommandLine;
using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Restoring;
using Sots.Cli.Assets;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Unreal;
using Sots.Unreal.Content;

namespace Sots.Cli.Commands;

/// <summary><c>restore-latest</c>: the newest snapshot of a project, or a chosen one, into another folder or into the project itself.</summary>
internal static class RestoreLatestCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        InPlaceFlags flags = new();
        Option<string?> target = Symbols.Text("--target", "-t", "folder", "Where to? The project's files are put right into this folder (required, unless --in-place)");
        Option<bool> inPlace = Symbols.Switch("--in-place", null, "Change the project itself; shows first what would change, and can be undone");
        Option<string?> snapshot = Symbols.Text("--snapshot", null, "ID", "This snapshot in place of the newest; the start of its id");
        Option<string[]> paths = Symbols.List("--path", null, "path", "With --in-place: only this file, folder or level of the project, such as Content/Maps");
        Option<bool> delete = Symbols.Switch("--delete", null, "With --in-place: remove files that the snapshot does not have, but nothing a backup leaves out");
        Option<bool> verify = Symbols.Switch("--verify", null, "With --target: read everything again afterwards and compare");
        VerbCommand command = new(
            "restore-latest", "Get the project back as it was last saved?", ExitCode.OfSaving)
        {
            target, inPlace, snapshot, paths, delete, verify,
        };
        projectOptions.AddTo(command);
        flags.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            InPlaceChoice choice = flags.Read(parse);
            bool isInPlace = parse.GetValue(inPlace);
            string[] chosenPaths = parse.GetValue(paths) ?? [];
            string? folder = Folder(parse.GetValue(target), isInPlace, chosenPaths.Length > 0 || parse.GetValue(delete), run);
            ProjectSettings project = ProjectSettings.Get(run, projectOptions.Read(parse));
            if (folder is not null && RepositorySetup.LiesIn(folder, project.Root.Value))
            {
                throw new UsageException(
                    $"{folder} lies in the project that is to be restored", "Restore beside it and compare, or say --in-place in place of --target: that can be undone.");
            }

            RepositoryUse use = isInPlace && !choice.DryRun ? RepositoryUse.Append : RepositoryUse.Read;
            RepositorySession session = await RepositorySession.OpenAsync(run, project.Repository, use, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await session.RunAsync(async token =>
                {
                    SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(token).ConfigureAwait(false);
                    SavedSnapshot saved = parse.GetValue(snapshot) is { } word and not SnapshotSelection.Latest
                        ? SnapshotSelection.Find(listing, word, new SnapshotFilter())
                        : SafetySnapshots.NewestBackup(listing, project);
                    if (folder is null && parse.GetValue(snapshot) is null)
                    {
                        SafetySnapshots.RefuseDamaged(
                            listing, $"The newest snapshot that can be read is {saved.Id.Value.ToShortString()}: if it is the one you want, say --snapshot {saved.Id.Value.ToShortString()}.");
                    }

                    IndexedRepository indexed = await session.LoadIndexAsync(run, token).ConfigureAwait(false);
                    SnapshotPart part = await new ProjectInSnapshot(new TreeMemory(indexed), project.Root.Value).GetAsync(saved, token).ConfigureAwait(false);
                    if (folder is null)
                    {
                        InPlaceOptions options = InPlaceAction.Options(run, project, part, choice, token) with
                        {
                            Paths = [.. chosenPaths.SelectMany(path => UnrealLevels.WithActors(Relative(path, project, run)))],
                            Delete = parse.GetValue(delete),
                        };
                        return await InPlaceAction.RunAsync(run, project, session, indexed, listing, options, choice, token).ConfigureAwait(false);
                    }

                    bool stale = parse.GetValue(snapshot) is null && new SnapshotWord(SnapshotSelection.Latest, "").MayBeStale(listing, saved, run);
                    RestoreOptions plain = new()
                    {
                        Target = DiskPath.FromText(folder),
                        Subpath = part.Subpath,
                        Verify = parse.GetValue(verify),
                        DryRun = choice.DryRun,
                        Snapshots = listing.Snapshots,
                    };
                    return await RestoreAction.RunAsync(run, indexed, saved, stale, plain, token).ConfigureAwait(false);
                }).ConfigureAwait(false);
            }
        }));
        return command;
    }

    /// <summary>The folder to restore to; null for the project itself.</summary>
    private static string? Folder(string? target, bool isInPlace, bool hasInPlaceFlags, CommandRun run) => (target, isInPlace) switch
    {
        ({ Length: > 0 }, true) => throw new UsageException("--target and --in-place contradict each other", "Say one of them."),
        (_, true) => null,
        ({ Length: > 0 }, false) when hasInPlaceFlags => throw new UsageException(
            "--path and --delete are for --in-place", "`sots_backup restore` takes --include and --delete together with --target."),
        ({ Length: > 0 }, false) => run.Environment.FullPath(target),
        _ => throw new UsageException("please specify a directory to restore to (--target)", "Or say --in-place to change the project itself."),
    };

    /// <summary>A path as typed, relative to the project.</summary>
    private static string Relative(string path, ProjectSettings project, CommandRun run) =>
        TypedPath.InProject(path, project, run, mustBeThere: true) is { } full
            ? Path.GetRelativePath(project.Root.Value, full).Replace(Path.DirectorySeparatorChar, '/')
            : throw new UsageException($"{path} is not in the project {project.Root.Value}", "Name a file or folder of the project, such as Content/Maps.");
}
