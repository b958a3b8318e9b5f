using Sots.Restic.Backends;

namespace Sots.Reliability.Load;

/// <summary>A million small files, and as many in one folder as there are: memory stays within a bound and cost grows in line.</summary>
internal sealed class FileLoadTrial : Trial
{
    private const int Files = 1_000_000;
    private const int FilesInOne = 200_000;

    /// <summary>How many times the processor time for a file may be that of a sixteenth of the files.</summary>
    private const double MostGrowth = 2;

    /// <summary>Most memory of any job, the source and the trial itself included. A third of it is for the tree of the one large folder.</summary>
    private const long MostBytes = 768L << 20;

    /// <inheritdoc/>
    public override string Name => "load-files";

    /// <inheritdoc/>
    public override string About => "1,000,000 generated files, 200,000 of them in one folder: full, push, forget, prune, check; memory and cost a file";

    /// <inheritdoc/>
    public override string? WhyNot(TrialSettings settings) => OperatingSystem.IsLinux() ? null : "only Linux tells the peak of memory of each job";

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        GeneratedContent content = new(settings.Seed, noise: 0.3);
        List<LoadRun> runs = [];
        foreach (int part in (int[])[16, 4, 1])
        {
            int files = settings.Count(Files) / part;
            string folder = Path.Combine(settings.Work, $"{part}");
            settings.Progress($"{files:N0} files, {settings.Count(FilesInOne) / part:N0} of them in one folder");
            using LocalBackend backend = new(folder);
            LoadRun run = new(new ActorTree(settings.Seed, files, settings.Count(FilesInOne) / part), content, backend, settings.Progress);
            await run.RunAsync(readData: true, samples: 1000);
            runs.Add(run);
            Directory.Delete(folder, recursive: true);
        }

        LoadRun largest = runs[^1];
        result.Add("files", largest.Size.Files);
        result.Add("MB", largest.Size.Bytes / 1_000_000);
        foreach ((string job, JobCost cost) in largest.Costs.DistinctBy(cost => cost.Job))
        {
            LoadFigures.Add(result, job, cost, MostBytes);
            double small = MicrosecondsOf(runs[0], job), large = MicrosecondsOf(largest, job);
            if (large > (small * MostGrowth) + 20)
            {
                throw new BrokenPromiseException($"{job} takes {large:N1} us of processor time a file, of a sixteenth of the files it takes {small:N1} us each");
            }
        }
    }

    private static double MicrosecondsOf(LoadRun run, string job) =>
        run.Costs.First(cost => cost.Job == job).Cost.Processor.TotalMicroseconds / run.Size.Files;
}

/// <summary>From costs to figures.</summary>
internal static class LoadFigures
{
    /// <summary>Adds a job's figures, and holds its memory against a bound.</summary>
    public static void Add(TrialResult result, string job, JobCost cost, long mostBytes)
    {
        result.Add($"s of {job}", (long)Math.Ceiling(cost.Wall.TotalSeconds));
        result.Add($"MiB at the peak of {job}", cost.PeakBytes >> 20);
        if (cost.PeakBytes > mostBytes)
        {
            throw new BrokenPromiseException($"{job} held {cost.PeakBytes >> 20} MiB at its peak, more than {mostBytes >> 20}");
        }
    }
}
