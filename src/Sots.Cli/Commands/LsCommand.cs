using System.CommandLine;
using Sots.Backup.Operations;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Commands;

/// <summary><c>ls</c>: lists what is in a snapshot.</summary>
internal static class LsCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string?> snapshot = new("snapshotID") { Description = "The start of an id, or latest; with :PATH behind it, only that folder", Arity = ArgumentArity.ZeroOrOne };
        Argument<string[]> folders = new("dir") { Description = "Only what is in these folders, absolute with /", Arity = ArgumentArity.ZeroOrMore };
        SnapshotFilterOptions filter = new(", for latest");
        Option<bool> longStyle = Symbols.Switch("--long", "-l", "Show mode, owner, size and time");
        Option<bool> recursive = Symbols.Switch("--recursive", null, "With folders given: show what is below them as well");
        Option<bool> human = Symbols.Switch("--human-readable", null, "With --long: sizes with units");
        VerbCommand command = new("ls", "Which files are in a snapshot?", ExitCode.OfReading) { snapshot, folders, longStyle, recursive, human };
        filter.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            SnapshotWord word = SnapshotWord.Parse(parse.GetValue(snapshot));
            ListOptions options = new()
            {
                Subpath = word.Subpath,
                Folders = [.. (parse.GetValue(folders) ?? []).Select(CheckedFolder)],
                Recursive = parse.GetValue(recursive),
            };
            ListingStyle style = new(parse.GetValue(longStyle), parse.GetValue(human));
            SnapshotFilter wanted = filter.Read(parse, run.Environment);
            RepositorySession session = await RepositorySession.OpenAsync(run, RepositorySettings.Resolve(run), RepositoryUse.Read, cancellationToken)
                .ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await session.RunAsync(async token =>
                {
                    SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(token).ConfigureAwait(false);
                    SavedSnapshot saved = word.Find(listing, wanted);
                    bool stale = word.MayBeStale(listing, saved, run);
                    IndexedRepository indexed = await session.LoadIndexForAsync(run, saved, token).ConfigureAwait(false);
                    run.Reporter.ListingStarts(saved, options.Folders);
                    await ListOperation.RunAsync(indexed, saved.Snapshot, options, (path, node) => run.Reporter.ListingEntry(path, node, style), token)
                        .ConfigureAwait(false);
                    return run.Finish(stale ? 1 : 0, ExitCode.Failed, ErrorReport.MayBeStale);
                }).ConfigureAwait(false);
            }
        }));
        return command;
    }

    private static string CheckedFolder(string folder) => folder.StartsWith('/')
        ? folder
        : throw new UsageException("All path filters must be absolute, starting with a forward slash '/'", "Paths in a snapshot are written as `ls` shows them.");
}
