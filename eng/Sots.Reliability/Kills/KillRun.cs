using System.Diagnostics;
using Sots.Backup.Restoring;
using Sots.Reliability.Processes;

namespace Sots.Reliability.Kills;

/// <summary>One project that lives through all the kills.</summary>
internal sealed class KillRun
{
    /// <summary>The figure that the trial goes by.</summary>
    public const string Kills = "kills";

    private const int ReadEverythingEvery = 20, KeptByPrune = 4;

    /// <summary>A lock settles for this long before anything is done; most kills come after it.</summary>
    private const double LockSeconds = 0.2;

    private static readonly string[] Push = ["push", "--pack-size", "4"], Full = ["full", "--pack-size", "4"], Restore = ["restore-latest", "--target", "out"],
        Prune = ["forget-prune", "--keep-last", "4", "--max-unused", "0", "--remove-protected", "--pack-size", "4"],
        InPlace = ["restore-latest", "--in-place", "--delete", "--yes", "--pack-size", "4"], Undo = ["restore-undo", "--yes", "--pack-size", "4"];

    private readonly TrialSettings _settings;
    private readonly TrialResult _result;
    private readonly Random _random;
    private readonly ProjectBackup _backup;
    private readonly Executable _ours;
    private readonly Executable? _restic;
    private readonly Dictionary<string, double> _usualSeconds = new(StringComparer.Ordinal);
    private readonly string _out;
    private int _firsts;

    public KillRun(TrialSettings settings, TrialResult result)
    {
        (_settings, _result, _random) = (settings, result, new Random(settings.Seed));
        _ours = new Executable(settings.Program!);
        _restic = settings.Restic is { } program ? new Executable(program) : null;
        ChangingProject project = new(Path.Combine(settings.Work, "Trial"), _random);
        _backup = new ProjectBackup(_ours, _restic, project, Path.Combine(settings.Work, "Backup"), settings.Work, result);
        _out = Path.Combine(settings.Work, "out");
    }

    /// <summary>Makes the project and its first snapshots.</summary>
    public async Task PrepareAsync()
    {
        _backup.Project.Create();
        await _backup.CreateAsync();
        Timed(Full);
        Timed(Push);
        Timed(Restore);
        _backup.Remember(_backup.List());
    }

    /// <summary>One kill.</summary>
    public void Next()
    {
        switch (_random.Next(12))
        {
            case < 4:
                _backup.Project.Change();
                Adding(Push);
                break;
            case 4:
                Adding(Full);
                break;
            case < 7:
                Removing();
                break;
            case < 9:
                Restoring();
                break;
            case 9:
                ChangingInPlace();
                break;
            case 10:
                Undoing();
                break;
            default:
                First();
                break;
        }

        if (_result[Kills] % ReadEverythingEvery == 0)
        {
            _backup.ResticMustAgree();
        }
    }

    /// <summary>At the end every snapshot is compared.</summary>
    public void Finish()
    {
        _backup.List().ForEach(snapshot => _backup.MustHold(snapshot.Id));
        _backup.MustBeClean(readData: true);
        _backup.ResticMustAgree();
    }

    private void Adding(string[] verb)
    {
        List<ListedSnapshot> before = _backup.List();
        Ended killed = Kill(verb);
        List<ListedSnapshot> after = NothingLost(before, killed);
        LookAfter(after);
        Timed(verb);
        _backup.Remember(_backup.List());
    }

    private void Removing()
    {
        List<ListedSnapshot> before = _backup.List();
        Kill(Prune);
        List<ListedSnapshot> after = _backup.List();

        // What forget-prune keeps is kept by a killed one too.
        if (before.TakeLast(KeptByPrune).Any(kept => after.All(snapshot => snapshot.Id != kept.Id)))
        {
            throw new BrokenPromiseException("forget-prune removed one of the newest");
        }

        LookAfter(after);
        Timed(Prune);
        _backup.MustBeClean();
    }

    private void Restoring()
    {
        ProjectBackup.Discard(_out);
        List<ListedSnapshot> before = _backup.List();
        List<ListedSnapshot> after = NothingLost(before, Kill(Restore));

        // What stands under its own name is whole, however early the kill came.
        ListedSnapshot newest = before.FindLast(static snapshot => !snapshot.Tags.Contains(SafetyTags.Mark))!;
        FolderContents expected = _backup.Expected(newest.Id), got = FolderContents.Of(_out);
        if (got.Paths.FirstOrDefault(path => expected.Paths.Contains(path) && !got.HasSame(path, expected)) is { } torn)
        {
            throw new BrokenPromiseException($"a killed restore left {torn} with other content");
        }

        LookAfter(after);
        Timed(Restore);
        _backup.MustBe(newest.Id, _out);
    }

    /// <summary>A killed restore in place, run again, ends in the snapshot's state; the state before it can be had back.</summary>
    private void ChangingInPlace()
    {
        _backup.Project.Change();
        FolderContents work = _backup.Project.Contents();
        List<ListedSnapshot> before = _backup.List();
        ListedSnapshot target = before[_random.Next(before.Count)];
        string[] verb = [.. InPlace, "--snapshot", target.Id];
        Ended killed = Kill(verb);
        List<ListedSnapshot> after = List(work);
        _backup.EveryFileIsOldOrNew(work, _backup.Expected(target.Id), killed);
        LookAfter(after);
        Timed(verb);
        List(work);
        _backup.MustBe(target.Id, _backup.Project.Folder);
    }

    /// <summary>A killed undo, run again, ends in the state before the restore.</summary>
    private void Undoing()
    {
        _backup.Project.Change();
        FolderContents work = _backup.Project.Contents();
        ListedSnapshot target = _backup.List()[^1];
        Timed([.. InPlace, "--snapshot", target.Id]);
        List(work);
        FolderContents restored = _backup.Project.Contents();
        Ended killed = Kill(Undo);
        List<ListedSnapshot> after = List(restored);
        _backup.EveryFileIsOldOrNew(restored, work, killed);
        LookAfter(after);
        if (_backup.Project.Contents().DifferenceTo(work) is null)
        {
            // It had done everything: what is undone now would be the undo.
            return;
        }

        Timed(Undo);
        List(restored);
        if (work.DifferenceTo(_backup.Project.Contents()) is { } difference)
        {
            throw new BrokenPromiseException($"after an undo that was killed and run again: {difference}");
        }
    }

    /// <summary>The very first run makes password, repository and snapshot: killed anywhere, the second one is as good as the first.</summary>
    private void First()
    {
        ChangingProject project = new(Path.Combine(_settings.Work, "First" + _firsts++, "Fresh"), _random, files: 6);
        project.Create();
        ProjectBackup fresh = new(_ours, _restic, project, Path.Combine(Path.GetDirectoryName(project.Folder)!, "Backup"), _settings.Work, _result);
        string[] verb = _random.Next(2) == 0 ? ["full"] : ["init", "--yes"];
        Ended killed = Kill(fresh, "first " + verb[0], verb, settles: false);
        fresh.Succeed("full");
        fresh.Remember(fresh.List());
        foreach (ListedSnapshot snapshot in fresh.List())
        {
            fresh.MustHold(snapshot.Id);
        }

        if (killed.Reported.FirstOrDefault(id => fresh.List().All(snapshot => !snapshot.Id.StartsWith(id, StringComparison.Ordinal))) is { } lost)
        {
            throw killed.Broken($"snapshot {lost} was reported as saved and is not there");
        }

        fresh.MustBeClean();
        ProjectBackup.Discard(Path.GetDirectoryName(project.Folder)!);
    }

    /// <summary>Every snapshot from before is listed, and so is what the run has told of.</summary>
    private List<ListedSnapshot> NothingLost(List<ListedSnapshot> before, Ended killed)
    {
        List<ListedSnapshot> after = _backup.List();
        if (before.Find(snapshot => after.All(other => other.Id != snapshot.Id)) is { } gone)
        {
            throw killed.Broken($"snapshot {gone.Id} is gone");
        }

        if (killed.Reported.FirstOrDefault(id => after.All(snapshot => !snapshot.Id.StartsWith(id, StringComparison.Ordinal))) is { } lost)
        {
            throw killed.Broken($"snapshot {lost} was reported as saved and is not there");
        }

        _backup.Remember(after);
        return after;
    }

    /// <summary>The snapshots; those that are new hold a state of the project.</summary>
    private List<ListedSnapshot> List(FolderContents state)
    {
        List<ListedSnapshot> all = _backup.List();
        foreach (ListedSnapshot made in all.Where(snapshot => !_backup.Knows(snapshot.Id)))
        {
            _backup.Remember(made.Id, state);
        }

        return all;
    }

    private void LookAfter(List<ListedSnapshot> snapshots)
    {
        _backup.MustBeClean(readData: _result[Kills] % ReadEverythingEvery == 0);
        _backup.MustHold(snapshots[^1].Id);
        _backup.MustHold(snapshots[_random.Next(snapshots.Count)].Id);
    }

    private Ended Kill(string[] verb) => Kill(_backup, verb.Contains("--in-place") ? "restore in place" : verb[0], verb, settles: true);

    private Ended Kill(ProjectBackup backup, string figure, string[] verb, bool settles)
    {
        double usual = _usualSeconds.GetValueOrDefault(verb[0], 0.5) * 1.05;
        double from = settles && _random.Next(5) > 0 ? Math.Min(LockSeconds, usual / 2) : 0;
        using RunningProcess process = backup.Ours.Start(backup.Words(Words(verb)));
        process.EndsWithin(TimeSpan.FromSeconds(from + (_random.NextDouble() * (usual - from))));
        process.Kill();
        Ended ended = process.WaitForEnd(TimeSpan.FromMinutes(1)).Orderly();
        _result.Add(ended.WasKilled ? Kills : "kills that came too late");
        if (ended.WasKilled)
        {
            _result.Add($"kills of {figure}");
        }

        return ended;
    }

    private void Timed(string[] verb)
    {
        long start = Stopwatch.GetTimestamp();
        _backup.Succeed(Words(verb));
        double took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        _usualSeconds[verb[0]] = (0.7 * _usualSeconds.GetValueOrDefault(verb[0], took)) + (0.3 * took);
        _result.Add("commands that completed after a kill");
    }

    private string[] Words(string[] verb) => [.. verb.Select(word => word == "out" ? _out : word)];
}
