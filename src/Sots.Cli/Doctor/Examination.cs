using Sots.Restic;

namespace Sots.Cli.Doctor;

/// <summary>Runs the probes, one after the other; none stops the others.</summary>
internal static class Examination
{
    private static readonly TimeSpan ResticLimit = TimeSpan.FromSeconds(5);

    /// <summary>All probes, in the order of their answers. The repository is opened before what needs it.</summary>
    public static IReadOnlyList<IDoctorProbe> AllProbes(SystemFacts system) =>
    [
        new ProjectProbe(), new ConfigProbe(), new SizeProbe(), new EditorProbe(), new PasswordProbe(), new RepositoryProbe(), new ChangesProbe(), new ClockProbe(),
        new RunsProbe(), new SpaceProbe(), new SameDiskProbe(system), new SpeedProbe(), new LongPathsProbe(system), new AntivirusProbe(system), new ResticProbe(ResticLimit),
    ];

    /// <summary>Asks every probe.</summary>
    public static async Task<IReadOnlyList<DoctorFinding>> RunAsync(IReadOnlyList<IDoctorProbe> probes, DoctorScene scene, CancellationToken cancellationToken)
    {
        List<DoctorFinding> findings = [];
        foreach (IDoctorProbe probe in probes)
        {
            try
            {
                findings.AddRange(await probe.LookAsync(scene, cancellationToken).ConfigureAwait(false));
            }
#pragma warning disable CA1031 // A probe that fails is an answer too.
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                findings.Add(Failed(probe.Question, e));
            }
        }

        return findings;
    }

    /// <summary>The exit code for what was found.</summary>
    public static int CodeOf(IEnumerable<DoctorFinding> findings) => findings.Select(finding => finding.Verdict).DefaultIfEmpty(Verdict.Ok).Max() switch
    {
        Verdict.Problem => ExitCode.Failed,
        Verdict.Warning => ExitCode.Incomplete,
        _ => ExitCode.Complete,
    };

    /// <summary>What a failure says. Only what is known to stop backups is a problem.</summary>
    public static DoctorFinding Failed(string question, Exception e) => e switch
    {
        RepositoryException repository => new DoctorFinding(question, Verdict.Problem, repository.Message, repository.Advice),
        UsageException usage => new DoctorFinding(question, Verdict.Problem, usage.Message, usage.Advice),
        _ => new DoctorFinding(question, Verdict.Note, $"could not be looked at: {e.Message}"),
    };
}
