namespace Sots.Comparison;

/// <summary>All jobs of restic, ours and the others on one data set.</summary>
internal sealed class Comparison(Settings settings, DataSet data, Table table, ResticContender theirs, ResticContender ours, Contender[] others)
{
    /// <summary>As many snapshots as a forget begins with; half of them stay.</summary>
    private const int Snapshots = 50;

    public void Run()
    {
        table.AddData(data);
        ForAll(static who => who.Clear());
        switch (data.Name.Split('/')[0])
        {
            case "days":
                Days();
                break;
            case "index":
                Index();
                break;
            default:
                foreach (string job in settings.Jobs)
                {
                    Run(job);
                }

                break;
        }

        if (ours.HasRepository && data.IsWhole)
        {
            new ResticContender("judge", settings.Restic, settings.Work) { Repository = ours.Repository }.Check();
        }

        ForAll(static who => who.Clear());
    }

    private void Run(string job)
    {
        switch (job)
        {
            case "baseline":
                Pairs("full backup", static who => who.NewRepository(), Save);
                break;
            case "unchanged":
                Pairs("backup, nothing changed", EnsureBackup, Save);
                break;
            case "changed":
                Pairs("backup, 1 % of files changed", EnsureBackup, Save, beforeRound: round => DataSet.ChangeOnePercent(data.Folder, settings.Seed + round));
                break;
            case "restore":
                Pairs("restore", EnsureCurrentBackup, Restore, after: VerifyRestored);
                break;
            case "inplace":
                Pairs("restore in place, 1 % differs", EnsureRestored, Restore, after: VerifyRestored, can: static who => who.CanRestoreInPlace);
                break;
            case "check":
                Pairs("check --read-data", EnsureBackup, static who => who.Check());
                break;
            case "snapshots":
                Pairs("snapshots (cost of opening)", EnsureBackup, static who => who.List());
                break;
            case "forget":
                KeepMany();
                Pairs("forget half of 50 snapshots, prune", static who => who.Reset(), static who => who.Thin(Snapshots / 2));
                break;
            default:
                throw new InvalidDataException($"There is no job '{job}'; see --help.");
        }

        table.AddSize(job, data, theirs.RepositoryBytes(), ours.RepositoryBytes());
    }

    /// <summary>The states of a project pushed in turn at one path: the first, then all others together.</summary>
    private void Days()
    {
        string[] states = data.States();
        void First(Contender who)
        {
            who.NewRepository();
            data.Show(states[0]);
        }

        Pairs("full backup", First, Save);
        table.AddSize("first day", data, theirs.RepositoryBytes(), ours.RepositoryBytes());
        Pairs(
            $"{states.Length - 1} days of work, one push each",
            who =>
            {
                First(who);
                Save(who);
            },
            who =>
            {
                Cost all = default;
                foreach (string state in states[1..])
                {
                    data.Show(state);
                    all += Save(who);
                }

                return all;
            });
        table.AddSize("all days", data, theirs.RepositoryBytes(), ours.RepositoryBytes());
        Pairs("restore", EnsureBackup, Restore, after: VerifyRestored);
    }

    /// <summary>Listing one snapshot of one file, where the index has millions of blobs besides: the cost of loading it.</summary>
    private void Index()
    {
        foreach (ResticContender who in (ResticContender[])[theirs, .. others.OfType<ResticContender>()])
        {
            who.NewRepository();
            Save(who);
            FakeIndex.AddTo(who.Repository, settings.Blobs);
        }

        Folders.Copy(theirs.Repository, ours.Repository, mayLink: true);
        Dictionary<Contender, List<Cost>> costs = Pairs(
            $"ls, index of {settings.Blobs} blobs",
            static _ => { },
            static who => ((ResticContender)who).ListFiles(),
            can: static who => who is ResticContender);
        double BytesOfBlob(Contender who) => costs[who].Max(static cost => cost.MemoryMiB) * (1 << 20) / settings.Blobs;
        table.Note($"index: {BytesOfBlob(ours):0.0} bytes a blob at the peak of ours, {BytesOfBlob(theirs):0.0} of restic's");
    }

    /// <summary>Runs a job with all in turn, round after round, and puts it into the table.</summary>
    /// <param name="job">What it is called there.</param>
    /// <param name="prepare">What has to be done before, and is not measured.</param>
    /// <param name="measure">The job.</param>
    /// <param name="beforeRound">What changes for all of them from round to round.</param>
    /// <param name="after">What has to be done afterwards, and is not measured.</param>
    /// <param name="can">Which of the others can do it; all of them unless something else is said.</param>
    private Dictionary<Contender, List<Cost>> Pairs(
        string job,
        Action<Contender> prepare,
        Func<Contender, Cost> measure,
        Action<int>? beforeRound = null,
        Action<Contender>? after = null,
        Func<Contender, bool>? can = null)
    {
        Contender[] able = [.. others.Where(who => can?.Invoke(who) ?? true)], all = [theirs, ours, .. able];
        Dictionary<Contender, List<Cost>> costs = all.ToDictionary(static who => who, static _ => new List<Cost>());
        for (int round = 0; round <= settings.Pairs; round++)
        {
            beforeRound?.Invoke(round);
            Dictionary<Contender, Cost> inRound = [];

            // Who begins changes from round to round, so that a drift of the machine favours nobody.
            int first = round % all.Length;
            foreach (Contender who in (Contender[])[.. all[first..], .. all[..first]])
            {
                prepare(who);
                if (settings.IsCold)
                {
                    Commands.Must("sh", ["-c", "sync && echo 3 > /proc/sys/vm/drop_caches"]);
                }

                inRound[who] = measure(who);
                after?.Invoke(who);
            }

            string called = round == 0 ? "warm-up" : $"pair {round}";
            Console.Error.WriteLine($"{data.Name}: {job}, {called}: {string.Join("; ", all.Select(who => $"{who.Name} {inRound[who]}"))}");
            foreach (Contender who in round > 0 ? all : [])
            {
                costs[who].Add(inRound[who]);
            }
        }

        table.Add(job, data, costs[theirs], costs[ours]);
        foreach (Contender who in able)
        {
            table.AddBeside(job, data, who.Name, (costs[who], who.RepositoryBytes()), (costs[ours], ours.RepositoryBytes()));
        }

        foreach (Contender who in others.Except(able))
        {
            table.Note($"{data.Name}: '{job}' is left out for {who.Name}, which cannot do it");
        }

        return costs;
    }

    private void ForAll(Action<Contender> action) => Array.ForEach([theirs, ours, .. others], action);

    private Cost Save(Contender who) => who.Save(data.Folder);

    private static Cost Restore(Contender who) => who.Restore();

    private void EnsureBackup(Contender who)
    {
        Folders.Remove(who.Target);
        if (!who.HasRepository)
        {
            who.NewRepository();
            Save(who);
        }
    }

    /// <summary>Jobs before may have changed the data, or taken the newest snapshot away.</summary>
    private void EnsureCurrentBackup(Contender who)
    {
        EnsureBackup(who);
        Save(who);
    }

    private void EnsureRestored(Contender who)
    {
        EnsureCurrentBackup(who);
        Restore(who);
        DataSet.ChangeOnePercent(who.Target + data.Folder, settings.Seed);
    }

    private void VerifyRestored(Contender who)
    {
        data.MustEqual(who.Target + data.Folder);
        Folders.Remove(who.Target);
    }

    /// <summary>Saves many snapshots with all programs, and keeps the repositories.</summary>
    private void KeepMany()
    {
        ForAll(static who => who.NewRepository());
        for (int i = 0; i < Snapshots; i++)
        {
            ForAll(who => Save(who));
            DataSet.ChangeOnePercent(data.Folder, settings.Seed + 1000 + i);
        }

        ForAll(static who => who.Keep());
    }
}
