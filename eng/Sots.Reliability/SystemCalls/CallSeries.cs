using System.Globalization;
using Sots.Reliability.Processes;

namespace Sots.Reliability.SystemCalls;

/// <summary>All points of one scenario, shared out among workers.</summary>
internal sealed class CallSeries(TrialSettings settings, TrialResult result, Shim shim, CallScenario scenario)
{
    /// <summary>Enough that packs are written in pieces.</summary>
    private const int LargestFile = 400_000;

    private const int ResticEvery = 20;
    private readonly int[] _next = new int[Hurt.All.Count], _end = [.. Enumerable.Repeat(int.MaxValue, Hurt.All.Count)];
    private readonly Lock _gate = new();

    /// <summary>The share of the points that a smaller run takes: every so-many-th call.</summary>
    private readonly int _step = Math.Max(1, (int)Math.Round(scenario.Every / settings.Scale));

    /// <summary>One worker: takes points until there are none.</summary>
    public async Task RunAsync(int worker, List<string> failures, CancellationToken cancellationToken)
    {
        string place = Path.Combine(settings.Work, string.Create(CultureInfo.InvariantCulture, $"{scenario.Name.Replace(' ', '-')}-{worker}"));
        string live = Path.Combine(place, "live"), kept = Path.Combine(place, "kept");
        Executable ours = new(settings.Program!);
        Executable? restic = settings.Restic is { } program ? new Executable(program) : null;
        ChangingProject project = new(Path.Combine(live, "Trial"), new Random(settings.Seed + worker), files: 10, largest: LargestFile);
        ProjectBackup backup = new(ours, restic, project, Path.Combine(live, "Trial_Backup"), place, result);
        Directory.CreateDirectory(live);
        await scenario.PrepareAsync(backup);
        RemoveEmptyFolders(Path.Combine(backup.Repository, "data"));
        List<ListedSnapshot> before = Directory.Exists(backup.Repository) ? backup.List() : [];
        backup.Work = project.Contents();
        Copy(live, kept);
        while (Take() is (int which, int number))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string log = Path.Combine(place, "hit");
            Hurt hurt = Hurt.All[which];
            try
            {
                if (!Point(backup, before, hurt, number, log, Path.Combine(live, "out")))
                {
                    End(which, number);
                }
            }
            catch (BrokenPromiseException e)
            {
                string failure = $"{scenario.Name}, {hurt} at call {number} ({(File.Exists(log) ? File.ReadAllText(log).Trim() : "none")}): {e.Message}";
                lock (failures)
                {
                    failures.Add(failure);
                }

                // At once: a run of hours may be stopped before its end.
                settings.Progress(failure);
            }

            ProjectBackup.Discard(live);
            Copy(kept, live);
        }

        ProjectBackup.Discard(place);
    }

    /// <summary>One point; false where the run had no such call any more.</summary>
    private bool Point(ProjectBackup backup, List<ListedSnapshot> before, Hurt hurt, int number, string log, string target)
    {
        File.Delete(log);
        string live = Path.GetDirectoryName(backup.Project.Folder)!;
        string[] words = backup.Words([.. scenario.Verb.Select(word => word == "OUT" ? target : word)]);
        Ended ended = shim.Around(backup.Ours, hurt, number, log, live).Run(words).Orderly();
        if (!File.Exists(log))
        {
            return false;
        }

        if (ended.WasKilled != (hurt.Name == "KILL"))
        {
            throw ended.Broken("ended otherwise than by what was done to it");
        }

        scenario.Judge(backup, before, ended, target);
        result.Add(CallTrial.Points);
        result.Add($"{CallTrial.Points} in {scenario.Name}");
        result.Add($"{CallTrial.Points} with {hurt}");
        if (result[CallTrial.Points] % ResticEvery == 0)
        {
            backup.ResticMustAgree();
        }

        return true;
    }

    private (int Which, int Number)? Take()
    {
        lock (_gate)
        {
            for (int which = 0; which < _next.Length; which++)
            {
                int number = 1 + ((settings.Seed + which) % _step) + (_next[which] * _step);
                if (number < _end[which])
                {
                    _next[which]++;
                    return (which, number);
                }
            }
        }

        return null;
    }

    private void End(int which, int number)
    {
        lock (_gate)
        {
            _end[which] = Math.Min(_end[which], number);
        }
    }

    /// <summary>The 256 folders of packs are made when they are needed too; listing them would be most of all calls.</summary>
    private static void RemoveEmptyFolders(string data)
    {
        foreach (string folder in Directory.Exists(data) ? Directory.GetDirectories(data) : [])
        {
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
    }

    private static void Copy(string from, string to) => new Executable("cp", "-a", from, to).Run().Expect(0);
}
