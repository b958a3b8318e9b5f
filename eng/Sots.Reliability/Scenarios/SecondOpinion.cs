using Sots.Testing;

namespace Sots.Reliability.Scenarios;

/// <summary>Real programs of other people look at a repository.</summary>
/// <param name="named">A program that was named; null for those that are found.</param>
internal sealed class SecondOpinion(string? named)
{
    private readonly IReadOnlyList<string> _programs =
        [.. new[] { named ?? ResticBinaries.Find("0.19.1"), ResticBinaries.Find("0.14.0") }.OfType<string>().Distinct()];

    /// <summary>Whether there is anybody to ask.</summary>
    public bool IsThere => _programs.Count > 0;

    /// <summary>Asks for a check of every byte; each program is a figure.</summary>
    /// <exception cref="BrokenPromiseException">It finds damage.</exception>
    public void Ask(World world, TrialResult result)
    {
        string folder = Path.Combine(world.Work, "second-opinion");
        world.Disk.Snapshot().WriteTo(World.RepositoryPath, folder);
        foreach (string program in _programs)
        {
            ResticRun run = new ResticProgram(program, folder, world.Work).Run("check", "--read-data", "--no-lock");
            if (run.ExitCode != 0)
            {
                throw new BrokenPromiseException($"{Path.GetFileName(program)} finds damage: {run.Output}\n{run.Errors}");
            }

            result.Add("checks by real restic");
        }

        Directory.Delete(folder, recursive: true);
    }
}
