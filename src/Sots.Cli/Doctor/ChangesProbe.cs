using Sots.Backup.Alarms;

namespace Sots.Cli.Doctor;

/// <summary>Is anything suspicious about the newest backup? Asks what `status` asks.</summary>
internal sealed class ChangesProbe : IDoctorProbe
{
    /// <inheritdoc/>
    public string Question => "changes";

    /// <inheritdoc/>
    public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DoctorFinding>>(scene.Repository is null ? [] : [.. Judge(scene.History, scene.Thresholds)]);

    /// <summary>Judges the newest backup by those before it.</summary>
    public static IEnumerable<DoctorFinding> Judge(IReadOnlyList<SnapshotFacts> history, AlarmThresholds thresholds) =>
        AlarmRules.Changes(history, thresholds).Select(alarm => DoctorFinding.Of("changes", alarm))
            .DefaultIfEmpty(new DoctorFinding("changes", Verdict.Ok, "nothing unusual in the newest snapshot"));
}
