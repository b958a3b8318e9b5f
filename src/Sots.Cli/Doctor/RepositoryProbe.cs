using System.Globalization;
using Sots.Backup.Credentials;
using Sots.Backup.Restoring;
using Sots.Cli.Commands;
using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Cli.Doctor;

/// <summary>What was found in a repository.</summary>
/// <param name="Version">Version of its format.</param>
/// <param name="Snapshots">Number of snapshots of the project.</param>
/// <param name="Damaged">Snapshots that cannot be read.</param>
/// <param name="NewestAge">Age of the newest one, or null.</param>
/// <param name="Locks">Number of locks.</param>
internal readonly record struct RepositoryFacts(int Version, int Snapshots, int Damaged, TimeSpan? NewestAge, int Locks);

/// <summary>Can the repository be opened, what is in it, does anybody hold it?</summary>
internal sealed class RepositoryProbe : IDoctorProbe
{
    private static readonly TimeSpan Old = TimeSpan.FromDays(7);

    /// <inheritdoc/>
    public string Question => "repository";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken)
    {
        RepositorySettings settings = scene.Settings.Repository;
        IBackend backend = RepositorySession.CreateBackend(scene.Run, settings.Location.Value, pretend: false);
        OpenOptions options = new() { KeyHint = scene.Run.Global.KeyHint };
        using (Password password = await settings.Password.ReadAsync(scene.Run, isNew: false, cancellationToken).ConfigureAwait(false))
        {
            scene.Repository = await Repository.OpenAsync(backend, password.Bytes, options, cancellationToken).ConfigureAwait(false);
        }

        scene.Snapshots = await scene.Repository.LoadSnapshotsAsync(cancellationToken).ConfigureAwait(false);
        int locks = 0;
        await foreach (StoredFile _ in backend.ListAsync(FileType.Lock, cancellationToken).ConfigureAwait(false))
        {
            locks++;
        }

        List<SavedSnapshot> own = [.. scene.Snapshots.Snapshots.Where(saved => saved.Snapshot.Paths?.Any(path => SnapshotPath.IsSame(path, scene.Settings.Root.Value)) == true)];
        SavedSnapshot? newest = own.LastOrDefault(saved => !SafetyTags.IsSafety(saved.Snapshot));
        TimeSpan? age = newest is null ? null : scene.Run.Environment.Clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(newest.Snapshot.Time.UnixSeconds);
        return [.. Judge(new RepositoryFacts(scene.Repository.Config.Version, own.Count, scene.Snapshots.Damaged.Count, age, locks))];
    }

    /// <summary>Judges a repository that could be opened.</summary>
    public static IEnumerable<DoctorFinding> Judge(RepositoryFacts facts)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        yield return facts.Version == 1
            ? new DoctorFinding("repository", Verdict.Note, "opens; format version 1, without compression", "`restic migrate upgrade_repo_v2` makes it version 2.")
            : new DoctorFinding("repository", Verdict.Ok, string.Create(culture, $"opens; format version {facts.Version}"));
        yield return (facts.NewestAge, facts.Damaged) switch
        {
            (_, > 0) => new DoctorFinding("snapshots", Verdict.Problem, string.Create(culture, $"{facts.Damaged} cannot be read"), "`sots_backup check` says more."),
            (null, _) => new DoctorFinding("snapshots", Verdict.Warning, "none of this project yet", "`sots_backup full` makes the first one."),
            ({ } age, _) when age > Old => new DoctorFinding(
                "snapshots", Verdict.Warning, string.Create(culture, $"{facts.Snapshots}; the newest is {(long)age.TotalDays} days old"), "`sots_backup push` saves what changed."),
            ({ } age, _) => new DoctorFinding("snapshots", Verdict.Ok, string.Create(culture, $"{facts.Snapshots}; the newest is {AgeText(age)} old")),
        };
        yield return facts.Locks == 0
            ? new DoctorFinding("locks", Verdict.Ok, "none")
            : new DoctorFinding(
                "locks", Verdict.Note, string.Create(culture, $"{facts.Locks}: a backup may be at work, or one was killed"), "If none is at work: `sots_backup unlock` removes locks of dead processes.");
    }

    private static string AgeText(TimeSpan age)
    {
        (double number, string unit) = age.TotalDays >= 2 ? (age.TotalDays, "days") : age.TotalHours >= 2 ? (age.TotalHours, "hours") : (Math.Max(0, age.TotalMinutes), "minutes");
        return string.Create(CultureInfo.InvariantCulture, $"{(long)number} {unit}");
    }
}
