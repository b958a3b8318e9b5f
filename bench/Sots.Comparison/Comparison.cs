namespace Sots.Comparison;

/// <summary>All jobs of both programs on one data set.</summary>
internal sealed class Comparison(Settings settings, DataSet data, Table table, Contender theirs, Contender ours)
{
    /// <summary>As many snapshots as a forget begins with; half of them stay.</summary>
    private const int Snapshots = 50;

    public void Run()
    {
        table.AddData(data);
        theirs.Clear();
        ours.Clear();
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
            new Contender("judge", settings.Restic, settings.Work) { Empty = ours.Empty, Repository = ours.Repository }.Measure("check", "--read-data");
        }

        theirs.Clear();
        ours.Clear();
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
                Pairs("restore in place, 1 % differs", EnsureRestored, Restore, after: VerifyRestored);
                break;
            case "check":
                Pairs("check --read-data", EnsureBackup, static who => who.Measure("check", "--read-data"));
                break;
            case "snapshots":
                Pairs("snapshots (cost of opening)", EnsureBackup, static who => who.Measure("snapshots"));
                break;
            case "forget":
                KeepMany();
                Pairs("forget half of 50 snapshots, prune", Reset, static who => who.Measure("forget", "--keep-last", "25", "--prune"));
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
        theirs.NewRepository();
        Save(theirs);
        FakeIndex.AddTo(theirs.Repository, settings.Blobs);
        Folders.Copy(theirs.Repository, ours.Repository, mayLink: true);
        List<(Cost Theirs, Cost Ours)> costs = Pairs($"ls, index of {settings.Blobs} blobs", static _ => { }, static who => who.Measure("ls", "latest"));
        table.Note($"index: {costs.Max(static pair => pair.Ours.MemoryMiB) * (1 << 20) / settings.Blobs:0.0} bytes a blob at the peak of ours, {costs.Max(static pair => pair.Theirs.MemoryMiB) * (1 << 20) / settings.Blobs:0.0} of restic's");
    }

    private List<(Cost Theirs, Cost Ours)> Pairs(
        string job, Action<Contender> prepare, Func<Contender, Cost> measure, Action<int>? beforeRound = null, Action<Contender>? after = null)
    {
        List<(Cost Theirs, Cost Ours)> costs = [];
        for (int round = 0; round <= settings.Pairs; round++)
        {
            beforeRound?.Invoke(round);
            Cost a = default, b = default;

            // Who begins changes from pair to pair, so that a drift of the machine favours nobody.
            foreach (Contender who in round % 2 == 0 ? [theirs, ours] : (Contender[])[ours, theirs])
            {
                prepare(who);
                if (settings.IsCold)
                {
                    Commands.Must("sh", ["-c", "sync && echo 3 > /proc/sys/vm/drop_caches"]);
                }

                Cost cost = measure(who);
                after?.Invoke(who);
                (a, b) = who == ours ? (a, cost) : (cost, b);
            }

            Console.Error.WriteLine($"{data.Name}: {job}, {(round == 0 ? "warm-up" : $"pair {round}")}: restic {a.WallSeconds:0.00} s, ours {b.WallSeconds:0.00} s; CPU {a.CpuSeconds:0.00} and {b.CpuSeconds:0.00} s; peak {a.MemoryMiB:0} and {b.MemoryMiB:0} MiB");
            if (round > 0)
            {
                costs.Add((a, b));
            }
        }

        table.Add(job, data, costs);
        return costs;
    }

    private Cost Save(Contender who) => who.Measure("backup", data.Folder);

    private static Cost Restore(Contender who) => who.Measure("restore", "latest", "--target", who.Target);

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

    /// <summary>Saves many snapshots with both programs, and keeps the repositories.</summary>
    private void KeepMany()
    {
        theirs.NewRepository();
        ours.NewRepository();
        for (int i = 0; i < Snapshots; i++)
        {
            Save(theirs);
            Save(ours);
            DataSet.ChangeOnePercent(data.Folder, settings.Seed + 1000 + i);
        }

        Folders.Copy(theirs.Repository, theirs.Kept, mayLink: true);
        Folders.Copy(ours.Repository, ours.Kept, mayLink: true);
    }

    /// <summary>Files of a repository are replaced or removed, never written into: links are as good as copies.</summary>
    private static void Reset(Contender who) => Folders.Copy(who.Kept, who.Repository, mayLink: true);
}
