using System.Globalization;
using Sots.Reliability.Processes;
using Sots.Reliability.SystemCalls;

namespace Sots.Reliability.Crowds;

/// <summary>What a lock that somebody left behind means for a push and for a prune.</summary>
internal sealed class LockRun(TrialSettings settings, TrialResult result, Shim shim)
{
    /// <summary>The figure.</summary>
    public const string Cases = "cases of locks and clocks";

    /// <summary>Below this share of the programme only a few of the cases are taken.</summary>
    private const double Whole = 0.2;

    private static readonly string[] Push = ["push"], Prune = ["forget-prune", "--keep-last", "2", "--remove-protected"];

    private static readonly Hurt KillAtPack = new("KILL", false, "create"), KillAtRemoval = new("KILL", false, "remove");
    private int _case;

    /// <summary>Locks that processes really left, because they were killed.</summary>
    public async Task LocksOfOthersAsync(bool withGarbage)
    {
        await CaseAsync(static host => host, exclusive: true, push: 0, afterUnlock: 0);
        await CaseAsync(static host => OtherHost.At(OtherHost.Elsewhere(host), "-31m"), exclusive: true, push: 11, afterUnlock: 0);
        if (settings.Scale < Whole)
        {
            return;
        }

        await CaseAsync(static host => host, exclusive: false, push: 0, afterUnlock: 0);
        await CaseAsync(OtherHost.Elsewhere, exclusive: false, push: 0, afterUnlock: 0, prune: 11);
        await CaseAsync(OtherHost.Elsewhere, exclusive: true, push: 11, afterUnlock: 11);
        await CaseAsync(static host => OtherHost.At(OtherHost.Elsewhere(host), "-2y"), exclusive: true, push: 11, afterUnlock: 0);
        await CaseAsync(static host => OtherHost.At(OtherHost.Elsewhere(host), "+31m"), exclusive: true, push: 11, afterUnlock: 11);
        await CaseAsync(static host => OtherHost.At(OtherHost.Elsewhere(host), "+2y"), exclusive: true, push: 11, afterUnlock: 11);
        await FileInLocksAsync([], code: 0);
        if (withGarbage)
        {
            // It is looked at again for 35 seconds: whoever wrote it may be about to finish.
            await FileInLocksAsync([1, 2, 3], code: 11);
        }
    }

    /// <summary>A clock that is wrong: everything works, and nothing is removed for it.</summary>
    public async Task WrongClocksAsync()
    {
        foreach (string offset in (string[])["-31m", .. settings.Scale < Whole ? [] : (string[])["-2y", "-1h", "+31m", "+1h", "+2y"]])
        {
            ProjectBackup backup = await NewAsync();
            List<ListedSnapshot> before = backup.List();
            backup.Project.Change();
            OtherHost.At(backup.Ours, offset).Run(backup.Words(Push)).Expect(0);
            List<ListedSnapshot> after = backup.List();
            backup.Remember(after);
            after.ForEach(snapshot => backup.MustHold(snapshot.Id));
            Ended forget = OtherHost.At(backup.Ours, "-3y").Run(backup.Words(Prune)).Expect(1);
            if (!forget.Error.Contains("clock", StringComparison.Ordinal) || backup.List().Count != before.Count + 1)
            {
                throw forget.Broken("a clock of long ago is to be refused");
            }

            backup.Succeed(Push);
            End(backup);
        }
    }

    private async Task CaseAsync(Func<Executable, Executable> holder, bool exclusive, int push, int afterUnlock, int? prune = null)
    {
        ProjectBackup backup = await NewAsync();
        string log = Path.Combine(settings.Work, "hit");
        File.Delete(log);
        string part = Path.Combine(backup.Repository, exclusive ? "snapshots" : "data");
        Executable killed = shim.Around(holder(backup.Ours), exclusive ? KillAtRemoval : KillAtPack, 1, log, part);
        string[] verb = exclusive ? ["forget-prune", "--keep-last", "1", "--remove-protected", "--force"] : Push;
        backup.Project.Change();
        killed.Run(backup.Words(verb)).Expect(Ended.Killed);
        if (Locks(backup) != 1)
        {
            throw new BrokenPromiseException($"{Locks(backup)} locks where a killed process left one");
        }

        backup.Remember(backup.List());
        if (prune is { } pruneCode)
        {
            backup.Ours.Run(backup.Words(Prune)).Expect(pruneCode);
        }

        Ended pushed = backup.Ours.Run(backup.Words(Push)).Expect(push);
        if (push == 11 && !pushed.Error.Contains("already locked", StringComparison.Ordinal))
        {
            throw pushed.Broken("it was not said who holds the lock");
        }

        backup.Succeed("unlock");
        backup.Ours.Run(backup.Words(Push)).Expect(afterUnlock);
        backup.Succeed("unlock", "--remove-all");
        backup.Succeed(Push);
        End(backup);
    }

    private async Task FileInLocksAsync(byte[] content, int code)
    {
        ProjectBackup backup = await NewAsync();
        File.WriteAllBytes(Path.Combine(backup.Repository, "locks", new string('a', 64)), content);
        foreach (string[] verb in (string[][])[Prune, .. code == 0 ? [Push] : Array.Empty<string[]>()])
        {
            Ended ended = backup.Ours.Run(backup.Words(verb)).Expect(code);
            if (code != 0 && !ended.Error.Contains("aaaaaaaa", StringComparison.Ordinal))
            {
                throw ended.Broken("the file was not named");
            }
        }

        backup.Succeed("unlock", "--remove-all");
        backup.Succeed(Push);
        End(backup);
    }

    private async Task<ProjectBackup> NewAsync()
    {
        string place = Path.Combine(settings.Work, string.Create(CultureInfo.InvariantCulture, $"case{_case++}"));
        ProjectBackup backup = Crowd.NewBackup(settings, result, place, settings.Seed + _case);
        await backup.CreateAsync();
        for (int i = 0; i < 2; i++)
        {
            backup.Succeed(Push);
            backup.Remember(backup.List());
            backup.Project.Change(share: 0.3);
        }

        return backup;
    }

    private void End(ProjectBackup backup)
    {
        backup.Remember(backup.List());
        backup.MustBeClean(readData: true);
        backup.ResticMustAgree();
        backup.MustHold(backup.List()[^1].Id);
        if (Locks(backup) != 0)
        {
            throw new BrokenPromiseException("a lock was left behind");
        }

        result.Add(Cases);
        ProjectBackup.Discard(Path.GetDirectoryName(backup.Root)!);
    }

    private static int Locks(ProjectBackup backup) => Directory.GetFiles(Path.Combine(backup.Repository, "locks")).Length;
}
