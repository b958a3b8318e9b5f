using System.Globalization;
using Sots.Reliability.Processes;
using Sots.Reliability.SystemCalls;

namespace Sots.Reliability.Crowds;

/// <summary>
/// A push is suspended, as with the lid of a laptop; forty minutes later another host takes its lock for a dead one, removes it and
/// prunes. When the push wakes up it must not write on.
/// </summary>
internal sealed class SleepRun(TrialSettings settings, TrialResult result, Shim shim)
{
    private const string Later = "+40m";

    /// <summary>Where it falls asleep: before something in a folder of the repository.</summary>
    private static readonly (string Folder, string Call)[] Moments =
        [("data", "create"), ("data", "rename"), ("index", "create"), ("index", "rename"), ("snapshots", "create"), ("snapshots", "rename")];

    /// <summary>Every moment so many times, each time a few calls later.</summary>
    public async Task RunAsync(int times)
    {
        for (int time = 1; time <= times; time++)
        {
            foreach ((string folder, string call) in settings.Scale < 0.2 ? Moments[^1..] : Moments)
            {
                await OnceAsync(folder, call, number: folder == "data" ? time : 1, seed: settings.Seed + time);
            }
        }
    }

    private async Task OnceAsync(string folder, string call, int number, int seed)
    {
        string place = Path.Combine(settings.Work, string.Create(CultureInfo.InvariantCulture, $"sleep-{folder}-{call}-{seed}"));
        ProjectBackup backup = Crowd.NewBackup(settings, result, place, seed);
        await backup.CreateAsync();
        for (int i = 0; i < 2; i++)
        {
            backup.Succeed("push");
            backup.Remember(backup.List());
            backup.Project.Change(share: 0.4);
        }

        string clock = Path.Combine(place, "clock"), log = Path.Combine(place, "hit");
        File.WriteAllText(clock, "+0");
        Executable sleeper = shim.Around(OtherHost.WithClock(backup.Ours, clock), new Hurt("STOP", false, call), number, log, Path.Combine(backup.Repository, folder));
        using RunningProcess asleep = sleeper.Start(backup.Words("push", "--pack-size", "4"));
        while (!Signals.IsStopped(asleep) && !asleep.EndsWithin(TimeSpan.FromMilliseconds(5)))
        {
        }

        if (asleep.EndsWithin(TimeSpan.Zero))
        {
            // There was no such call any more.
            asleep.WaitForEnd(TimeSpan.FromMinutes(1)).Expect(0);
            ProjectBackup.Discard(place);
            return;
        }

        Executable other = OtherHost.At(OtherHost.Elsewhere(backup.Ours), Later);
        other.Run(backup.Words("unlock")).Expect(0);
        other.Run(backup.Words("forget-prune", "--keep-last", "1", "--remove-protected", "--max-unused", "0", "--force")).Expect(0);
        string[] before = Files(backup);
        File.WriteAllText(clock, Later);
        Signals.Resume(asleep);
        Ended woken = asleep.WaitForEnd(TimeSpan.FromMinutes(2)).Expect(1);
        if (!woken.Error.Contains("lock", StringComparison.Ordinal) || woken.Reported.Count > 0)
        {
            throw woken.Broken($"slept at {call} {number} in {folder} and did not say that its lock is lost");
        }

        if (Files(backup).Except(before).FirstOrDefault() is { } written)
        {
            throw woken.Broken($"slept at {call} {number} in {folder} and wrote {written} afterwards");
        }

        backup.MustBeClean(readData: true);
        backup.Succeed("push");
        backup.Remember(backup.List());
        backup.List().ForEach(snapshot => backup.MustHold(snapshot.Id));
        backup.ResticMustAgree();
        result.Add("pushes that slept until their lock was gone");
        ProjectBackup.Discard(place);
    }

    private static string[] Files(ProjectBackup backup) =>
        [.. Directory.GetFiles(Path.Combine(backup.Repository, "index")), .. Directory.GetFiles(Path.Combine(backup.Repository, "snapshots"))];
}
