using System.CommandLine;
using System.Globalization;
using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Sources;
using Sots.Cli.Output;
using Sots.Restic;

namespace Sots.Cli.Commands;

/// <summary><c>drill</c>: gets some files back to see that it can be done.</summary>
internal static class DrillCommand
{
    private const int MostFiles = 100_000, MostSnapshots = 10_000;

    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Option<string?> files = Symbols.Text("--files", null, "n", "How many files at most? (default: 50)");
        Option<string?> size = Symbols.Text("--max-size", null, "size", "How much may they have together? (default: 256M)");
        Option<string?> snapshots = Symbols.Text("--snapshots", null, "n", "From how many snapshots? The newest is always one of them (default: 8)");
        Option<string?> seed = Symbols.Text("--seed", null, "n", "Choose as the drill did that named this number (default: another choice each time)");
        Option<string?> folder = Symbols.Text("--target", "-t", "folder", "Make the temporary folder in this one (default: where the system wants temporary files)");
        SnapshotFilterOptions filter = new();
        VerbCommand command = new(
            "drill", "Can the backup be restored? Restores some files to a temporary place, compares them and removes them.", ExitCode.OfReading)
        {
            files, size, snapshots, seed, folder,
        };
        filter.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            int chosenSeed = parse.GetValue(seed) is { } given ? NumberOf(given, seed.Name, 0, int.MaxValue) : new Random().Next();
            string? target = parse.GetValue(folder);
            DrillOptions options = new()
            {
                Folder = DiskPath.FromText(run.Environment.FullPath(target ?? Path.GetTempPath())),
                Files = parse.GetValue(files) is { } count ? NumberOf(count, files.Name, 1, MostFiles) : 50,
                MaxBytes = parse.GetValue(size) is { } bytes ? SizeText.Parse(bytes, size.Name) : 256L << 20,
                Snapshots = parse.GetValue(snapshots) is { } most ? NumberOf(most, snapshots.Name, 1, MostSnapshots) : 8,
                Filter = filter.Read(parse, run.Environment),
                Random = new Random(chosenSeed),
                Host = BackupCommand.HostOf(null, run.Environment),
            };
            if (target is not null && !Directory.Exists(options.Folder.ToString()))
            {
                throw new UsageException($"there is no folder {options.Folder}", "Name one with --target that is there, or leave it away.");
            }

            RepositorySession session = await RepositorySession.OpenAsync(run, RepositorySettings.Resolve(run), RepositoryUse.Read, cancellationToken)
                .ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                DrillResult result = await session.RunAsync(token => RunAsync(run, session, options, token)).ConfigureAwait(false);
                run.Journal?.Tally.Add(result);
                run.Reporter.Report(new DrillReport(result, chosenSeed));
                long missing = Math.Max(result.Files - result.WholeFiles, 0);
                return run.Finish(
                    result.Problems,
                    ExitCode.Failed,
                    missing > 0
                        ? string.Create(CultureInfo.InvariantCulture, $"Fatal: {missing} of {result.Files} files could not be restored; `check --read-data` says more")
                        : "Fatal: the drill met problems, see above");
            }
        }));
        return command;
    }

    private static async Task<DrillResult> RunAsync(CommandRun run, RepositorySession session, DrillOptions options, CancellationToken cancellationToken)
    {
        SnapshotListing listing = await session.Repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
        IndexedRepository indexed = await session.LoadIndexAsync(run, cancellationToken).ConfigureAwait(false);
        OperationCounters counters = new();
        IAsyncDisposable display = run.Reporter.Track(ProgressKind.Restore, counters);
        await using (display.ConfigureAwait(false))
        {
            return await DrillOperation.RunAsync(indexed, listing, options, counters, run.Reporter, cancellationToken).ConfigureAwait(false);
        }
    }

    private static int NumberOf(string text, string option, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"'{text}' is no number for {option}"), string.Create(CultureInfo.InvariantCulture, $"It is {least} to {most}."));
}
