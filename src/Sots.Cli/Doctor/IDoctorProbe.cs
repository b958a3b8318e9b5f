using Sots.Restic;
using Sots.Unreal;

namespace Sots.Cli.Doctor;

/// <summary>What the probes look at.</summary>
/// <param name="Run">Surroundings.</param>
/// <param name="Settings">The project and its backup.</param>
/// <param name="Project">The .uproject, or null where it cannot be read.</param>
/// <param name="WithSpeedTest">Whether a few MiB may be written and read to measure the disks.</param>
internal sealed record DoctorScene(CommandRun Run, ProjectSettings Settings, UnrealProject? Project, bool WithSpeedTest)
{
    /// <summary>The repository, once it could be opened.</summary>
    public OpenRepository? Repository { get; set; }

    /// <summary>Its snapshots, once they were loaded.</summary>
    public SnapshotListing? Snapshots { get; set; }
}

/// <summary>Answers a question or a few that belong together. Gathers facts; a pure function of its own makes the verdict.</summary>
internal interface IDoctorProbe
{
    /// <summary>What it looks at.</summary>
    string Question { get; }

    /// <summary>Looks. Whatever it throws becomes a finding; the others go on.</summary>
    Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken);
}
