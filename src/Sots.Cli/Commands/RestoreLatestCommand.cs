using System.CommandLine;
using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Commands;

/// <summary><c>restore-latest</c>: the newest snapshot of a project into a folder.</summary>
internal static class RestoreLatestCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        ProjectOptions projectOptions = new();
        Option<string?> target = Symbols.Text("--target", "-t", "folder", "Where to? The project's files are put right into this folder (required)");
        Option<bool> intoProject = Symbols.Switch("--into-project", null, "Allow a target in the project itself; close the editor first");
        Option<bool> verify = Symbols.Switch("--verify", null, "Read everything again afterwards and compare");
        Option<bool> dryRun = Symbols.Switch("--dry-run", "-n", "Write nothing, only say what would be done");
        VerbCommand command = new("restore-latest", "Get the project back as it was last saved?", ExitCode.OfReading) { target, intoProject, verify, dryRun };
        projectOptions.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            string folder = parse.GetValue(target) is { Length: > 0 } given
                ? run.Environment.FullPath(given)
                : throw new UsageException("please specify a directory to restore to (--target)");
            ProjectSettings project = ProjectSettings.Get(run, projectOptions.Read(parse));
            if (!parse.GetValue(intoProject) && RepositorySetup.IsAtOrBelow(folder, project.Root.Value))
            {
                throw new UsageException(
                    $"{folder} lies in the project that is to be restored", "Restore beside it and compare, or close the editor and say --into-project.");
            }

            RepositorySession session = await RepositorySession.OpenAsync(run, project.Repository, RepositoryUse.Read, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await session.RunAsync(async token =>
                {
                    SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(token).ConfigureAwait(false);
                    SavedSnapshot saved = Newest(listing, project);
                    bool stale = new SnapshotWord(SnapshotSelection.Latest, "").MayBeStale(listing, run.Reporter);
                    RestoreOptions options = new()
                    {
                        Target = DiskPath.FromText(folder),
                        Subpath = SnapshotPath.OfTarget(saved.Snapshot.Paths![0]),
                        Verify = parse.GetValue(verify),
                        DryRun = parse.GetValue(dryRun),
                    };
                    return await RestoreAction.RunAsync(run, session, saved, stale, options, token).ConfigureAwait(false);
                }).ConfigureAwait(false);
            }
        }));
        return command;
    }

    /// <summary>The newest snapshot of this folder alone; else of one with its name, for a project that has moved.</summary>
    private static SavedSnapshot Newest(SnapshotListing listing, ProjectSettings project) =>
        listing.Snapshots.LastOrDefault(saved => saved.Snapshot.Paths is [var path] && path == project.Root.Value)
        ?? listing.Snapshots.LastOrDefault(saved => saved.Snapshot.Paths is [var path] && string.Equals(SnapshotPath.NameOf(path), project.Name, StringComparison.OrdinalIgnoreCase))
        ?? throw new RepositoryException(
            RepositoryErrorKind.InvalidRequest, $"There is no snapshot of {project.Root.Value} in {project.Repository.Location.Value}.",
            listing.Snapshots.Count == 0 ? "`sots_backup push` makes one." : "`sots_backup snapshots` lists what there is; `sots_backup restore` restores any of it.");
}
