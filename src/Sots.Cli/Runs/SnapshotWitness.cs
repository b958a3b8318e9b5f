using Sots.Backup.Alarms;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Cli.Runs;

/// <summary>
/// The format knows no list of the snapshots that there should be: one whose file is deleted, or a repository that is put back to an older
/// state, looks whole. The records of the runs on this computer remember what was reported as saved and what was forgotten; this compares
/// them with what is there. It decides nothing, it only says.
/// </summary>
internal static class SnapshotWitness
{
    /// <summary>Fewer digits of an id say too little.</summary>
    private const int ShortestWord = 8;

    private const int Shown = 5;

    /// <summary>Commands that never remove a snapshot.</summary>
    internal static readonly string[] KeepAll =
    [
        "init", "full", "push", "backup", "restore", "restore-latest", "restore-asset", "restore-level", "restore-undo", "check", "prune", "unlock", "drill", "verify-assets",
        "repair-index", "repair-packs", "recover", "key-add", "key-remove", "key-passwd",
    ];

    /// <summary>Commands that remove some and record which.</summary>
    internal static readonly string[] RecordAll = ["forget", "forget-prune", "tag"];

    /// <summary>Words of a forget that are the start of an id: whether or not there is such a snapshot, the user knows that it goes.</summary>
    public static IEnumerable<string> KnownToBeGone(IEnumerable<string> words) =>
        words.Where(static word => word.Length >= ShortestWord && word.All(char.IsAsciiHexDigit)).Select(static word => word.ToLowerInvariant());

    /// <summary>Runs whose snapshot was reported as saved, is not there, and was not forgotten here; oldest first.</summary>
    /// <param name="runs">All recorded runs, oldest first.</param>
    /// <param name="repository">Id of the repository; empty where it is not known, and then nothing is missing.</param>
    /// <param name="present">Names of all snapshot files, readable or not.</param>
    public static IReadOnlyList<MissingSnapshot> Find(IReadOnlyList<RunRecord> runs, string repository, IReadOnlySet<string> present)
    {
        RunRecord[] own = [.. runs.Where(run => repository.Length > 0 && run.Repository == repository)];
        string[] forgotten = [.. own.Where(static run => !run.DryRun).SelectMany(static run => run.Forgotten ?? [])];
        HashSet<string> ids = [.. forgotten.Where(static id => id.Length == ContentId.HexLength)];
        string[] starts = [.. forgotten.Where(static id => id.Length < ContentId.HexLength)];

        // A run that never ended may have opened any repository.
        DateTimeOffset lastDoubt = runs.LastOrDefault(run => MayHaveRemoved(run) && (run.Repository is null || run.Repository == repository))?.Start ?? DateTimeOffset.MinValue;
        return
        [
            .. own.Where(run => run is { Verb: "full" or "push" or "backup", DryRun: false, Snapshot: { } id, ExitCode: ExitCode.Complete or ExitCode.Incomplete }
                    && !present.Contains(id) && !ids.Contains(id) && !Array.Exists(starts, start => id.StartsWith(start, StringComparison.Ordinal)))
                .Select(run => new MissingSnapshot(run.Snapshot!, run.End ?? run.Start, MayBeExplained: run.Start < lastDoubt)),
        ];
    }

    /// <summary>What <see cref="Find"/> needs of a repository, and what it makes of it.</summary>
    public static async Task<IReadOnlyList<MissingSnapshot>> FindAsync(OpenRepository repository, IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken)
    {
        HashSet<string> present = [];
        await foreach (StoredFile file in repository.Backend.ListAsync(FileType.Snapshot, cancellationToken).ConfigureAwait(false))
        {
            present.Add(file.Name.ToString());
        }

        return Find(runs, repository.Config.Id, present);
    }

    /// <summary>
    /// The alarm for those that nothing explains. Another computer that saves to the same repository, or another program that ran here, may
    /// have forgotten old ones; nobody's policy forgets the newest.
    /// </summary>
    /// <param name="missing">What is missing.</param>
    /// <param name="newest">When the newest snapshot that is there was made, or null.</param>
    /// <param name="shared">Whether other computers save to the repository.</param>
    /// <param name="zone">For the text.</param>
    public static Alarm? ToAlarm(IReadOnlyList<MissingSnapshot> missing, DateTimeOffset? newest, bool shared, TimeZoneInfo zone)
    {
        MissingSnapshot[] unexplained = [.. missing.Where(one => (!shared && !one.MayBeExplained) || newest is null || one.Saved > newest)];
        return unexplained.Length == 0 ? null : new Alarm(AlarmKind.SnapshotMissing, Sentence(unexplained, zone), Advice(unexplained));
    }

    /// <summary>One sentence about all of them.</summary>
    public static string Sentence(IReadOnlyList<MissingSnapshot> missing, TimeZoneInfo zone)
    {
        string names = string.Join(", ", missing.Reverse().Take(Shown).Select(one => $"{one.Id[..8]} that was saved on {TimeZoneInfo.ConvertTime(one.Saved, zone):yyyy-MM-dd HH:mm}"));
        string rest = missing.Count > Shown ? $", and {missing.Count - Shown} more" : "";
        return missing.Count == 1
            ? $"snapshot {names} is not in the repository, and was not forgotten here"
            : $"snapshots {names}{rest} are not in the repository, and were not forgotten here";
    }

    /// <summary>What to do.</summary>
    public static string Advice(IReadOnlyList<MissingSnapshot> missing) =>
        "If another computer or another program forgot it, `sots_backup forget " + missing[^1].Id[..8] + "` takes note of that. "
        + "Otherwise the backup folder was put back to an older state or lost files: look for a copy of it, and push now.";

    private static bool MayHaveRemoved(RunRecord run) => !run.DryRun && !KeepAll.Contains(run.Verb) && (run.Event != RunRecord.EndEvent || !RecordAll.Contains(run.Verb));
}

/// <summary>A snapshot that should be there.</summary>
/// <param name="Id">Its whole id.</param>
/// <param name="Saved">When it was saved.</param>
/// <param name="MayBeExplained">A later run on this computer may have removed it without recording that.</param>
internal sealed record MissingSnapshot(string Id, DateTimeOffset Saved, bool MayBeExplained);
