using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Reliability.Load;

/// <summary>Five thousand snapshots in one repository: listed, grouped, thinned out and pruned by the program in seconds, beside restic.</summary>
internal sealed class SnapshotLoadTrial : Trial
{
    private const int Snapshots = 5000;

    /// <summary>No command may take longer.</summary>
    private const double MostSeconds = 30;

    /// <inheritdoc/>
    public override string Name => "load-snapshots";

    /// <inheritdoc/>
    public override string About => "5,000 snapshots: snapshots, forget, prune and check by the program, in seconds and beside restic";

    /// <inheritdoc/>
    public override string? WhyNot(TrialSettings settings) => MeasuredProgram.WhyNot(settings.Program);

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        int count = settings.Count(Snapshots, atLeast: 50);
        string folder = Path.Combine(settings.Work, "repository");
        settings.Progress($"making {count:N0} snapshots");
        using (LocalBackend backend = new(folder))
        {
            await FillAsync(backend, count, settings.Seed);
        }

        MeasuredProgram ours = new(settings.Program!, folder, Path.Combine(settings.Work, "ours"));
        MeasuredProgram? restic = settings.Restic is { } program ? new MeasuredProgram(program, folder, Path.Combine(settings.Work, "restic")) : null;
        string[] policy = ["--keep-last", "10", "--keep-daily", "14", "--keep-weekly", "8", "--keep-monthly", "12", "--keep-yearly", "5"];
        Measure("snapshots", ["snapshots"]);
        Measure("snapshots --json", ["snapshots", "--json"]);
        Measure("snapshots --group-by", ["snapshots", "--group-by", "host,tags"]);
        Measure("forget --dry-run", ["forget", "--dry-run", .. policy]);
        Measure("check", ["check"]);

        // The two that change the repository: ours here, restic on a copy.
        if (restic is not null)
        {
            string copy = Path.Combine(settings.Work, "copy");
            CopyFolder(folder, copy);
            restic = new MeasuredProgram(settings.Restic!, copy, Path.Combine(settings.Work, "restic"));
        }

        Measure("forget", ["forget", .. policy]);
        Measure("prune", ["prune"]);
        if (restic is not null)
        {
            string left = ours.Run("snapshots", "--json").Output, leftByRestic = restic.Run("snapshots", "--json").Output;
            int number = left.Split("\"short_id\"").Length, numberByRestic = leftByRestic.Split("\"short_id\"").Length;
            if (number != numberByRestic)
            {
                throw new BrokenPromiseException($"the same policy left {number - 1} snapshots here and {numberByRestic - 1} with restic");
            }

            result.Add("snapshots left, as with restic", number - 1);
            new MeasuredProgram(settings.Restic!, folder, Path.Combine(settings.Work, "second")).Run("check", "--read-data");
        }

        result.Add("snapshots", count);

        void Measure(string what, string[] arguments)
        {
            ProgramRun mine = ours.Run(arguments);
            ProgramRun? theirs = restic?.Run(arguments);
            settings.Progress($"{what}: {mine.Seconds:N2} s, processor {mine.ProcessorSeconds:N2} s, {mine.PeakMiB} MiB"
                + (theirs is null ? "" : $"; restic {theirs.Seconds:N2} s, {theirs.ProcessorSeconds:N2} s, {theirs.PeakMiB} MiB: {mine.Seconds / theirs.Seconds:N2} of the time, {mine.ProcessorSeconds / theirs.ProcessorSeconds:N2} of the processor"));
            result.Add($"ms of {what}", (long)(mine.Seconds * 1000));
            result.Add($"MiB at the peak of {what}", mine.PeakMiB);
            if (mine.Seconds > MostSeconds)
            {
                throw new BrokenPromiseException($"{what} of {count:N0} snapshots took {mine.Seconds:N1} s");
            }
        }
    }

    /// <summary>A few backups that are real, and snapshots of three hosts over four years that share their trees.</summary>
    private static async Task FillAsync(LocalBackend backend, int count, int seed)
    {
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        GeneratedContent content = new(seed, noise: 0.3);
        ActorTree tree = new(seed, files: 3000, filesInOne: 200);
        List<Snapshot> saved = [];
        for (int day = 0; day < GeneratedTree.Days; day++)
        {
            BackupOptions options = new()
            {
                Targets = [DiskPath.FromText(GeneratedSource.RootPath)],
                WorkingDirectory = DiskPath.FromText("/"),
                Host = "host0",
                FileSystem = new GeneratedSource(tree, content, day),
            };
            BackupResult made = await BackupOperation.RunAsync(repository, options, new OperationCounters(), SilentEvents.Instance, CancellationToken.None);
            saved.Add((await repository.LoadSnapshotAsync(made.Snapshot!.Value, CancellationToken.None)).Snapshot);
            await repository.RemoveSnapshotAsync(made.Snapshot.Value, CancellationToken.None);
        }

        const long end = 1_790_000_000, span = 4L * 365 * 86_400;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = 8 };
        await Parallel.ForAsync(0, count, parallel, async (number, cancellationToken) =>
        {
            long at = end - (span * number / count) - (long)(Chance.Of((ulong)number, (ulong)seed) % 1800);
            Snapshot snapshot = saved[number * saved.Count / count] with
            {
                Time = new NodeTime(at, number, 60),
                Hostname = $"host{number % 3}",
                Tags = number % 7 == 0 ? ["nightly", $"build{number % 5}"] : [],
                Paths = [number % 2 == 0 ? "/project" : "/projects/Other"],
            };
            await repository.SaveUnpackedAsync(FileType.Snapshot, SnapshotCodec.Write(snapshot), cancellationToken);
        });
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}
