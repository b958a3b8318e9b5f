using System.Globalization;
using Sots.Reliability.Processes;

namespace Sots.Reliability.Crowds;

/// <summary>Several that make the same repository at the same moment.</summary>
internal sealed class SetupRun(TrialSettings settings, TrialResult result)
{
    private const int AtOnce = 3;

    /// <summary>So many rounds of a project's first <c>full</c>, and of a plain <c>init</c>.</summary>
    public void Run(int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            Projects(round);
            Plain(round);
        }
    }

    private void Projects(int round)
    {
        string place = Path.Combine(settings.Work, string.Create(CultureInfo.InvariantCulture, $"setup{round}"));
        ProjectBackup backup = Crowd.NewBackup(settings, result, place, settings.Seed + round);
        Ended[] ended = Together(_ => backup.Ours.Run(backup.Words("full")).Expect(0, 1, 11));
        backup.Succeed("full");
        List<ListedSnapshot> all = backup.List();
        backup.Remember(all);
        if (ended.SelectMany(one => one.Reported).FirstOrDefault(id => !all.Exists(snapshot => snapshot.Id.StartsWith(id, StringComparison.Ordinal))) is { } lost)
        {
            throw new BrokenPromiseException($"snapshot {lost} was reported as saved and is not there");
        }

        all.ForEach(snapshot => backup.MustHold(snapshot.Id));
        backup.MustBeClean(readData: true);
        result.Add("set-ups at once", AtOnce);
        ProjectBackup.Discard(place);
    }

    /// <summary>Whoever says that there is a repository now, with one's own password, is right; the others can try again.</summary>
    private void Plain(int round)
    {
        string place = Path.Combine(settings.Work, string.Create(CultureInfo.InvariantCulture, $"plain{round}")), repository = Path.Combine(place, "repo");
        Directory.CreateDirectory(place);
        Executable ours = new Executable(settings.Program!) with { Folder = place };
        Ended[] ended = Together(one => ours.With("RESTIC_PASSWORD", $"word{one}").Run("init", "-r", repository).Expect(0, 1));
        for (int one = 0; one < AtOnce; one++)
        {
            if (ended[one].Code == 0)
            {
                ours.With("RESTIC_PASSWORD", $"word{one}").Run("snapshots", "-r", repository).Expect(0);
            }
        }

        if (ended.Count(one => one.Code == 0) > 1)
        {
            throw ended[^1].Broken("two made the same repository, each with another password");
        }

        result.Add("set-ups at once", AtOnce);
        ProjectBackup.Discard(place);
    }

    private static Ended[] Together(Func<int, Ended> run)
    {
        Task<Ended>[] all = [.. Enumerable.Range(0, AtOnce).Select(one => Task.Factory.StartNew(
            () => run(one), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        return Task.WhenAll(all).GetAwaiter().GetResult();
    }
}
