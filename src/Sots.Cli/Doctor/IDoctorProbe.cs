using Sots.Backup.Alarms;
using Sots.Cli.Runs;
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
    /// <summary>Folder of the logs and of the record of the runs.</summary>
    public required string LogFolder { get; init; }

    /// <summary>The repository, once it could be opened.</summary>
    public OpenRepository? Repository { get; set; }

    /// <summary>What is known of the project's snapshots, oldest first, once they were loaded.</summary>
    public IReadOnlyList<SnapshotFacts> History { get; set; } = [];

    /// <summary>The clock.</summary>
    public DateTimeOffset Now => Run.Environment.Clock.GetUtcNow();

    /// <summary>From where on something is suspicious, as the config says.</summary>
    public AlarmThresholds Thresholds => Settings.Alarms.ToThresholds();
}

/// <summary>Answers a question or a few that belong together. Gathers facts; a pure function of its own makes the verdict.</summary>
internal interface IDoctorProbe
{
    /// <summary>What it looks at.</summary>
    string Question { get; }

    /// <summary>Looks. Whatever it throws becomes a finding; the others go on.</summary>
    Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken);
}
