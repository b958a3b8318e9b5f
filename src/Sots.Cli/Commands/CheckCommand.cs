using System.CommandLine;
using System.Globalization;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Sources;
using Sots.Cli.Output;
using Sots.Cli.Runs;
using Sots.Restic.Maintenance;

namespace Sots.Cli.Commands;

/// <summary><c>check</c>: verifies a repository.</summary>
internal static class CheckCommand
{
    /// <summary>The command.</summary>
    public static Command Build(CliEnvironment environment, GlobalOptions global)
    {
        Option<bool> readData = Symbols.Switch("--read-data", null, "Read and verify every byte that is stored");
        Option<string?> subset = Symbols.Text("--read-data-subset", null, "subset", "Read a part: n/t for part n of t, x% or a size with k, m, g, t for a random one");
        Option<bool> withCache = Symbols.Switch("--with-cache", null, "Accepted for restic's sake: there is no cache");
        VerbCommand command = new("check", "Is the backup sound? Verifies its structure, and with --read-data every byte.", ExitCode.OfReading)
        {
            readData, subset, withCache,
        };
        SnapshotFilterOptions filter = new(", in place of all");
        filter.AddTo(command);
        command.SetAction(CommandRun.Action(environment, global, async (run, parse, cancellationToken) =>
        {
            CheckOptions options = new()
            {
                ReadData = SubsetOf(parse.GetValue(readData), parse.GetValue(subset)),
                Filter = filter.Read(parse, run.Environment),
            };
            if ((parse.GetValue(subset) ?? (parse.GetValue(readData) ? "all" : null)) is { } part)
            {
                run.Journal?.Tally.AddReadData(part);
            }

            if (!options.Filter.IsEmpty)
            {
                run.Journal?.Tally.AddSomeSnapshots();
            }

            RepositorySettings settings = RepositorySettings.Resolve(run);
            run.Reporter.Message(run.Global.NoLock ? "no lock is taken" : "create exclusive lock for repository");
            RepositorySession session = await RepositorySession.OpenAsync(run, settings, RepositoryUse.Exclusive, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                run.Journal?.Tally.AddContentRead(options.ReadData.Mode switch { ReadDataMode.None => "none", ReadDataMode.All => "all", _ => "part" });
                OperationCounters counters = new();
                CheckReport report;
                IAsyncDisposable display = run.Reporter.Track(ProgressKind.Check, counters);
                await using (display.ConfigureAwait(false))
                {
                    report = await session.RunAsync(token => CheckOperation.RunAsync(session.Repository, options, counters, run.Reporter, token))
                        .ConfigureAwait(false);
                }

                run.Reporter.CheckSummary(report);
                if (RunLogFolder.FindProject(run, parse) is not null)
                {
                    await SayMoreAsync(run, parse, session, options, cancellationToken).ConfigureAwait(false);
                }

                return run.Finish(report.Errors, ExitCode.Failed, ErrorReport.RepositoryContainsErrors);
            }
        }));
        return command;
    }

    /// <summary>
    /// In a project, where no program that drives restic reads along: what this check could not see, and whether snapshots are missing that
    /// the record of the runs knows.
    /// </summary>
    private static async Task SayMoreAsync(CommandRun run, ParseResult parse, RepositorySession session, CheckOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunRecord> runs = RunLogFolder.Find(run, parse) is { } folder ? RunsCommand.ReadRuns(run, folder.Path) : [];
        IReadOnlyList<MissingSnapshot> missing = await SnapshotWitness.FindAsync(session.Repository, runs, cancellationToken).ConfigureAwait(false);
        if (missing.Count > 0)
        {
            run.Reporter.Warning($"warning: {SnapshotWitness.Sentence(missing, run.Environment.Clock.LocalTimeZone)}\n  {SnapshotWitness.Advice(missing)}");
        }

        run.Reporter.Message(options.ReadData.Mode switch
        {
            _ when !options.Filter.IsEmpty => "this check looked at some of the snapshots; `sots_backup check` looks at all, and with --read-data at every byte",
            ReadDataMode.All => "this was a full check: every byte was read",
            ReadDataMode.None => "this was a quick check: it finds what is missing, cut short or does not fit together; changed bytes in file contents only `sots_backup check --read-data` finds",
            _ => "this check read a part of the contents; `sots_backup check --read-data` reads all",
        });
    }

    /// <summary>Reads the two flags.</summary>
    /// <exception cref="UsageException">They contradict each other, or the subset makes no sense.</exception>
    internal static ReadDataSubset SubsetOf(bool all, string? subset)
    {
        if (subset is null)
        {
            return new ReadDataSubset(all ? ReadDataMode.All : ReadDataMode.None);
        }

        if (all)
        {
            throw new UsageException("check flags --read-data and --read-data-subset cannot be used together");
        }

        CultureInfo culture = CultureInfo.InvariantCulture;
        if (subset.Split('/') is [var part, var of]
            && int.TryParse(part, NumberStyles.None, culture, out int n) && int.TryParse(of, NumberStyles.None, culture, out int t) && n >= 1 && n <= t && t <= 256)
        {
            return new ReadDataSubset(ReadDataMode.Bucket, Part: n, Of: t);
        }

        if (subset.EndsWith('%') && double.TryParse(subset[..^1], NumberStyles.AllowDecimalPoint, culture, out double percent) && percent is > 0 and <= 100)
        {
            return new ReadDataSubset(ReadDataMode.Percentage, Percentage: percent);
        }

        return SizeText.TryParse(subset, out long bytes) && bytes > 0
            ? new ReadDataSubset(ReadDataMode.Size, SizeBytes: bytes)
            : throw new UsageException(
                $"'{subset}' is no subset for --read-data-subset", "Write n/t with n from 1 to t and t up to 256, a percentage such as 2.5%, or a size such as 500M.");
    }
}
