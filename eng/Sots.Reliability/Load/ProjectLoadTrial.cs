using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Reliability.Load;

/// <summary>
/// A project of 200 GB whose sizes and names are those of real ones. Every byte is cut, hashed, compressed, sealed and stored, and every
/// chunk is new; the contents compress about fifteenfold, so that the repository fits on a disk. Memory does not follow the size.
/// </summary>
internal sealed class ProjectLoadTrial : Trial
{
    private const long ProjectBytes = 200_000_000_000;

    /// <summary>Most memory of any job, the source and the trial itself included.</summary>
    private const long MostBytes = 600L << 20;

    private static readonly string[] Manifests = ["project-47GB-60730-files.tsv.gz", "project-24GB-9632-files.tsv.gz"];

    /// <inheritdoc/>
    public override string Name => "load-project";

    /// <inheritdoc/>
    public override string About => "a project of 200 GB with the sizes of real ones: full, push, forget, prune, check; memory";

    /// <inheritdoc/>
    public override string? WhyNot(TrialSettings settings) =>
        !OperatingSystem.IsLinux() ? "only Linux tells the peak of memory of each job" : SharedMaterial.Root is null ? SharedMaterial.Absent : null;

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        GeneratedContent content = new(settings.Seed, noise: 0);
        foreach (int part in (int[])[16, 4, 1])
        {
            ManifestTree tree = new(settings.Seed, [.. Manifests.Select(name => SharedMaterial.PathOf("data", name))], (long)(ProjectBytes * settings.Scale) / part);
            settings.Progress($"{tree.TotalBytes / 1_000_000:N0} MB in {tree.Files:N0} files");
            string folder = Path.Combine(settings.Work, $"{part}");
            using LocalBackend backend = new(folder);
            LoadRun run = new(tree, content, backend, settings.Progress);
            await run.RunAsync(readData: part > 1, samples: 100);
            Directory.Delete(folder, recursive: true);
            foreach ((string job, JobCost cost) in run.Costs.DistinctBy(cost => cost.Job))
            {
                LoadFigures.Add(part == 1 ? result : new TrialResult(), job, cost, MostBytes);
            }

            if (part == 1)
            {
                result.Add("files", run.Size.Files);
                result.Add("MB", run.Size.Bytes / 1_000_000);
            }
        }
    }
}
