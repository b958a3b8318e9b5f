using System.Diagnostics;
using Sots.Reliability.Processes;

namespace Sots.Reliability.PowerCuts;

/// <summary>One file system that loses its power again and again.</summary>
internal sealed class PowerCutRun
{
    private const int KeptByPrune = 3;
    private static readonly string[] Push = ["push", "--pack-size", "4"], Full = ["full", "--pack-size", "4"], Restore = ["restore-latest", "--target", "out"],
        Prune = ["forget-prune", "--keep-last", "3", "--max-unused", "0", "--remove-protected", "--pack-size", "4"];

    private readonly TrialSettings _settings;
    private readonly TrialResult _result;
    private readonly string _system, _place, _out;
    private readonly SmallDisk _disk;
    private readonly Random _random;
    private readonly ProjectBackup _backup;
    private readonly Dictionary<string, double> _usualSeconds = new(StringComparer.Ordinal);
    private int _firsts;

    public PowerCutRun(TrialSettings settings, TrialResult result, string system, string place, SmallDisk disk)
    {
        (_settings, _result, _system, _place, _disk) = (settings, result, system, place, disk);
        _random = new Random(settings.Seed + system.Length);
        _out = Path.Combine(disk.Folder, "out");
        _backup = Backup("Trial", files: 40);
    }

    /// <summary>Makes the project and its first snapshots.</summary>
    public async Task PrepareAsync()
    {
        _backup.Project.Create();
        await _backup.CreateAsync();
        Timed(_backup, Full);
        Timed(_backup, Push);
        Timed(_backup, Restore);
        _backup.Remember(_backup.List());
    }

    /// <summary>One power cut.</summary>
    public void Next()
    {
        switch (_random.Next(10))
        {
            case < 4:
                _backup.Project.Change();
                Adding(Push);
                break;
            case 4:
                Adding(Full);
                break;
            case < 8:
                Removing();
                break;
            case 8:
                Restoring();
                break;
            default:
                First();
                break;
        }
    }

    private void Adding(string[] verb)
    {
        List<ListedSnapshot> before = _backup.List();
        NothingLost(_backup, before, Cut(_backup, verb[0], verb));
        LookAfter(_backup);
        Timed(_backup, verb);
        _backup.Remember(_backup.List());
        _backup.MustHold(_backup.List()[^1].Id);
    }

    private void Removing()
    {
        List<ListedSnapshot> before = _backup.List();
        Ended cut = Cut(_backup, "forget-prune", Prune);
        NothingLost(_backup, [.. before.TakeLast(KeptByPrune)], cut);
        LookAfter(_backup);
        Timed(_backup, Prune);
        LookAfter(_backup);
    }

    private void Restoring()
    {
        ProjectBackup.Discard(_out);
        List<ListedSnapshot> before = _backup.List();
        Ended cut = Cut(_backup, "restore", Restore);
        NothingLost(_backup, before, cut);
        if (cut.Code == 0)
        {
            // A restore is flushed before it says that it is done.
            _backup.MustBe(before[^1].Id, _out);
        }

        Timed(_backup, Restore);
        _backup.MustBe(before[^1].Id, _out);
        LookAfter(_backup);
    }

    /// <summary>The very first run makes password, repository and snapshot.</summary>
    private void First()
    {
        ProjectBackup fresh = Backup("First" + _firsts++, files: 5);
        fresh.Project.Create();
        Ended cut = Cut(fresh, "first full", ["full"]);
        if (cut.Reported.Count > 0)
        {
            NothingLost(fresh, [], cut);
        }

        Timed(fresh, ["full"]);
        fresh.Remember(fresh.List());
        fresh.List().ForEach(snapshot => fresh.MustHold(snapshot.Id));
        LookAfter(fresh);
        ProjectBackup.Discard(fresh.Root);
    }

    private Ended Cut(ProjectBackup backup, string figure, string[] verb)
    {
        double usual = _usualSeconds.GetValueOrDefault(verb[0], 0.5), from = Math.Min(0.15, usual / 2);
        bool dies = _random.Next(8) > 0;
        using RunningProcess process = backup.Ours.Start(backup.Words(Words(verb)));
        process.EndsWithin(TimeSpan.FromSeconds(from + (_random.NextDouble() * (usual - from) * 1.1)));
        _disk.Cut(withJournal: _random.Next(2) == 0);
        if (dies)
        {
            process.Kill();
        }

        // One that lives on has to say what happened, in an orderly way; a forget has 3 for snapshots that could not be removed.
        Ended ended = process.WaitForEnd(TimeSpan.FromMinutes(2)).Orderly();
        if (!dies)
        {
            ended.Expect(verb[0].StartsWith("forget", StringComparison.Ordinal) ? [0, 1, 3] : [0, 1]);
            _result.Add("processes that outlived the cut and said so");
        }

        _disk.ComeBack();
        _result.Add("power cuts");
        _result.Add($"power cuts of {_system}");
        _result.Add($"power cuts of {figure}");
        return ended;
    }

    /// <summary>What was there is there, and so is what was reported.</summary>
    private static void NothingLost(ProjectBackup backup, List<ListedSnapshot> before, Ended cut)
    {
        List<ListedSnapshot> after = backup.List();
        if (before.Find(snapshot => after.All(other => other.Id != snapshot.Id)) is { } gone)
        {
            throw cut.Broken($"snapshot {gone.Id} is gone");
        }

        if (cut.Reported.FirstOrDefault(id => after.All(snapshot => !snapshot.Id.StartsWith(id, StringComparison.Ordinal))) is { } lost)
        {
            throw cut.Broken($"snapshot {lost} was reported as saved and is not there");
        }

        backup.Remember(after);
    }

    private void LookAfter(ProjectBackup backup)
    {
        List<ListedSnapshot> all = backup.List();
        backup.MustBeClean(readData: true);
        backup.ResticMustAgree();
        backup.MustHold(all[^1].Id);
        backup.MustHold(all[_random.Next(all.Count)].Id);
    }

    private void Timed(ProjectBackup backup, string[] verb)
    {
        long start = Stopwatch.GetTimestamp();
        backup.Succeed(Words(verb));
        double took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        _usualSeconds[verb[0]] = (0.6 * _usualSeconds.GetValueOrDefault(verb[0], took)) + (0.4 * took);
    }

    private ProjectBackup Backup(string name, int files) => new(
        new Executable(_settings.Program!),
        _settings.Restic is { } restic ? new Executable(restic) : null,
        new ChangingProject(Path.Combine(_place, name), _random, files),
        Path.Combine(_disk.Folder, name + "_Backup"),
        _place,
        _result);

    private string[] Words(string[] verb) => [.. verb.Select(word => word == "out" ? _out : word)];
}
