using System.CommandLine;
using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Commands;

/// <summary><c>restore</c>: writes a snapshot into a folder; restic's own form.</summary>
internal static class RestoreCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Argument<string?> snapshot = new("snapshotID") { Description = "The start of an id, or latest; with :PATH behind it, only that folder", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> target = Symbols.Text("--target", "-t", "folder", "Where to restore to (required)");
        Option<string[]> include = Symbols.List("--include", "-i", "pattern", "Only what matches the pattern");
        Option<string[]> includeIgnoringCase = Symbols.List("--iinclude", null, "pattern", "The same without regard to upper and lower case");
        Option<string[]> includeFile = Symbols.List("--include-file", null, "file", "Read such patterns from a file, one a line");
        Option<string[]> includeFileIgnoringCase = Symbols.List("--iinclude-file", null, "file", "The same without regard to upper and lower case");
        Option<string[]> exclude = Symbols.List("--exclude", "-e", "pattern", "Leave out what matches the pattern");
        Option<string[]> excludeIgnoringCase = Symbols.List("--iexclude", null, "pattern", "The same without regard to upper and lower case");
        Option<string[]> excludeFile = Symbols.List("--exclude-file", null, "file", "Read such patterns from a file, one a line");
        Option<string[]> excludeFileIgnoringCase = Symbols.List("--iexclude-file", null, "file", "The same without regard to upper and lower case");
        Option<string?> overwrite = Symbols.Text("--overwrite", null, "behavior", "Which files that are there are written: always, if-changed, if-newer or never (default: always)").Offering("always", "if-changed", "if-newer", "never");
        Option<bool> delete = Symbols.Switch("--delete", null, "Delete what the snapshot does not have; see first with --dry-run -vv");
        Option<bool> dryRun = Symbols.Switch("--dry-run", null, "Write nothing, only say what would be done");
        Option<bool> sparse = Symbols.Switch("--sparse", null, "Write runs of zeros as holes");
        Option<bool> verify = Symbols.Switch("--verify", null, "Read everything again afterwards and compare");
        Option<bool> ownership = Symbols.Switch("--ownership-by-name", null, "Set owners by name in place of number");
        SnapshotFilterOptions filter = new(", for latest");
        VerbCommand command = new("restore", "Which snapshot should be written where?", ExitCode.OfReading)
        {
            snapshot, target, include, includeIgnoringCase, includeFile, includeFileIgnoringCase, exclude, excludeIgnoringCase, excludeFile,
            excludeFileIgnoringCase, overwrite, delete, dryRun, sparse, verify, ownership,
        };
        filter.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            SnapshotWord word = SnapshotWord.Parse(parse.GetValue(snapshot));
            RestoreOptions options = new()
            {
                Target = TargetOf(parse.GetValue(target), run.Environment),
                Subpath = word.Subpath,
                Filter = PatternRestoreFilter.Create(new RestorePatterns
                {
                    Include = [.. parse.GetValue(include) ?? [], .. FromFiles(includeFile)],
                    IncludeIgnoringCase = [.. parse.GetValue(includeIgnoringCase) ?? [], .. FromFiles(includeFileIgnoringCase)],
                    Exclude = [.. parse.GetValue(exclude) ?? [], .. FromFiles(excludeFile)],
                    ExcludeIgnoringCase = [.. parse.GetValue(excludeIgnoringCase) ?? [], .. FromFiles(excludeFileIgnoringCase)],
                }),
                Overwrite = OverwriteOf(parse.GetValue(overwrite)),
                Delete = parse.GetValue(delete),
                DryRun = parse.GetValue(dryRun),
                Sparse = parse.GetValue(sparse),
                Verify = parse.GetValue(verify),
                OwnershipByName = parse.GetValue(ownership),
            };
            SnapshotFilter wanted = filter.Read(parse, run.Environment);
            RepositorySession session = await RepositorySession.OpenAsync(run, RepositorySettings.Resolve(run), RepositoryUse.Read, cancellationToken)
                .ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await session.RunAsync(async token =>
                {
                    SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(token).ConfigureAwait(false);
                    SavedSnapshot saved = word.Find(listing, wanted, "failed to find snapshot: ");
                    bool stale = word.MayBeStale(listing, saved, run);
                    IndexedRepository indexed = await session.LoadIndexAsync(run, token).ConfigureAwait(false);
                    return await RestoreAction.RunAsync(run, indexed, saved, stale, options with { Snapshots = listing.Snapshots }, token, parse.GetValue(target)).ConfigureAwait(false);
                }).ConfigureAwait(false);
            }

            IEnumerable<string> FromFiles(Option<string[]> files) =>
                (parse.GetValue(files) ?? []).SelectMany(file => PatternFile.Read(run.Environment.FullPath(file), run.Environment.Variable));
        }));
        return command;
    }

    private static DiskPath TargetOf(string? target, CliEnvironment environment) => string.IsNullOrEmpty(target)
        ? throw new UsageException("please specify a directory to restore to (--target)")
        : DiskPath.FromText(environment.FullPath(target));

    private static OverwritePolicy OverwriteOf(string? text) => text switch
    {
        null or "always" => OverwritePolicy.Always,
        "if-changed" => OverwritePolicy.IfChanged,
        "if-newer" => OverwritePolicy.IfNewer,
        "never" => OverwritePolicy.Never,
        _ => throw new UsageException($"'{text}' is no behavior for --overwrite", "There are always, if-changed, if-newer and never."),
    };
}
