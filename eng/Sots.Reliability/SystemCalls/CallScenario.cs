using Sots.Reliability.Processes;

namespace Sots.Reliability.SystemCalls;

/// <summary>A command, how things are before it, and what may never be otherwise after it, however it ended.</summary>
/// <param name="Name">Its figure.</param>
/// <param name="Verb">The command; <c>OUT</c> stands for a folder to restore to.</param>
internal abstract record CallScenario(string Name, params string[] Verb)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<CallScenario> All { get; } =
    [
        new AddingScenario("full", "full", "--pack-size", "4"),
        new AddingScenario("push", "push", "--pack-size", "4"),
        new RemovingScenario("forget-prune", "forget-prune", "--keep-last", "2", "--max-unused", "0", "--remove-protected"),
        new RestoringScenario("restore", "restore-latest", "--target", "OUT"),
        new InPlaceScenario("restore in place", "restore-latest", "--in-place", "--delete", "--yes", "--path", "Content"),
        new UndoScenario("undo", "restore-undo", "--yes"),
        new CheckingScenario("check", "check", "--read-data"),
        new FirstScenario("init", "init", "--yes"),
    ];

    /// <summary>Only every so-many-th call is hurt; 1 for all.</summary>
    public virtual int Every => 1;

    /// <summary>Makes a new project and its backup ready for the command.</summary>
    public abstract Task PrepareAsync(ProjectBackup backup);

    /// <summary>Looks after a run that was hurt, and runs the command again to its end.</summary>
    /// <param name="backup">The project and its backup.</param>
    /// <param name="before">The snapshots from before.</param>
    /// <param name="hurt">How the hurt run ended.</param>
    /// <param name="target">Folder of a restore.</param>
    public abstract void Judge(ProjectBackup backup, List<ListedSnapshot> before, Ended hurt, string target);

    /// <summary>Three states, each saved.</summary>
    protected static async Task SaveThreeAsync(ProjectBackup backup)
    {
        backup.Project.Create();
        await backup.CreateAsync();
        for (int i = 0; i < 3; i++)
        {
            backup.Succeed("push", "--pack-size", "4");
            backup.Remember(backup.List());
            backup.Project.Change(share: 0.3);
        }
    }

    /// <summary>All that was there is there, as is what was reported; returns what is new.</summary>
    protected static List<ListedSnapshot> NewOnes(ProjectBackup backup, List<ListedSnapshot> before, Ended ended)
    {
        List<ListedSnapshot> after = backup.List();
        if (before.Find(snapshot => after.All(other => other.Id != snapshot.Id)) is { } gone)
        {
            throw ended.Broken($"snapshot {gone.Id} is gone");
        }

        if (ended.Reported.FirstOrDefault(id => after.All(snapshot => !snapshot.Id.StartsWith(id, StringComparison.Ordinal))) is { } lost)
        {
            throw ended.Broken($"snapshot {lost} was reported as saved and is not there");
        }

        return after.FindAll(snapshot => before.All(other => other.Id != snapshot.Id));
    }

    /// <summary>What stands under its own name is whole, or was named; everything else is not there.</summary>
    protected static void ExactOrNamed(FolderContents expected, FolderContents got, Ended ended)
    {
        foreach (string path in got.Paths.Where(path => expected.Paths.Contains(path) && !got.HasSame(path, expected)))
        {
            if (!ended.Error.Contains(path, StringComparison.Ordinal))
            {
                throw ended.Broken($"{path} has other content and nobody said so");
            }
        }
    }
}

/// <summary>Makes password and repository.</summary>
internal sealed record FirstScenario(string Name, params string[] Verb) : CallScenario(Name, Verb)
{
    /// <summary>Most of its calls make one of 256 folders, all alike.</summary>
    public override int Every => 12;

    /// <inheritdoc/>
    public override Task PrepareAsync(ProjectBackup backup)
    {
        backup.Project.Create();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Judge(ProjectBackup backup, List<ListedSnapshot> before, Ended hurt, string target)
    {
        if (!hurt.WasKilled)
        {
            hurt.Expect(0, 1);
        }

        backup.Succeed(Verb);
        backup.Succeed("full");
        backup.Remember(backup.List());
        backup.MustHold(backup.List().Single().Id);
        backup.MustBeClean();
    }
}

/// <summary>Saves.</summary>
internal sealed record AddingScenario(string Name, params string[] Verb) : CallScenario(Name, Verb)
{
    /// <inheritdoc/>
    public override Task PrepareAsync(ProjectBackup backup) => SaveThreeAsync(backup);

    /// <inheritdoc/>
    public override void Judge(ProjectBackup backup, List<ListedSnapshot> before, Ended hurt, string target)
    {
        List<ListedSnapshot> made = NewOnes(backup, before, hurt);
        int atLeast = hurt.Code is 0 or 3 ? 1 : 0, atMost = hurt.Code is 0 or 3 || hurt.WasKilled ? 1 : 0;
        if (made.Count < atLeast || made.Count > atMost)
        {
            throw hurt.Broken($"{made.Count} snapshots were made");
        }

        backup.MustBeClean(readData: true);
        if (made.Count == 1 && hurt.Code != 3)
        {
            backup.Remember(made);
            backup.MustHold(made[0].Id);
        }
        else if (made.Count == 1)
        {
            backup.MustHoldExactOrNamed(made[0].Id, backup.Work, hurt);
        }

        backup.MustHold(before[^1].Id);
        backup.Succeed(Verb);
        ListedSnapshot newest = backup.List()[^1];
        backup.Remember([newest]);
        backup.MustHold(newest.Id);
    }
}

/// <summary>Removes.</summary>
internal sealed record RemovingScenario(string Name, params string[] Verb) : CallScenario(Name, Verb)
{
    private const int Kept = 2;

    /// <inheritdoc/>
    public override Task PrepareAsync(ProjectBackup backup) => SaveThreeAsync(backup);

    /// <inheritdoc/>
    public override void Judge(ProjectBackup backup, List<ListedSnapshot> before, Ended hurt, string target)
    {
        List<ListedSnapshot> after = backup.List();
        if (before.TakeLast(Kept).Any(kept => after.All(snapshot => snapshot.Id != kept.Id)))
        {
            throw hurt.Broken("a snapshot is gone that was to be kept");
        }

        backup.MustBeClean(readData: true);
        after.ForEach(snapshot => backup.MustHold(snapshot.Id));
        backup.Succeed(Verb);
        List<ListedSnapshot> final = backup.List();
        if (final.Count != Kept)
        {
            throw hurt.Broken($"the same command again left {final.Count} snapshots");
        }

        backup.MustBeClean(readData: true);
        backup.MustHold(final[^1].Id);
    }
}

/// <summary>Restores beside the project.</summary>
internal sealed record RestoringScenario(string Name, params string[] Verb) : CallScenario(Name, Verb)
{
    /// <inheritdoc/>
    public override Task PrepareAsync(ProjectBackup backup) => SaveThreeAsync(backup);

    /// <inheritdoc/>
    public override void Judge(ProjectBackup backup, List<ListedSnapshot> before, Ended hurt, string target)
    {
        NewOnes(backup, before, hurt);
        if (hurt.Code == 0)
        {
            backup.MustBe(before[^1].Id, target);
        }
        else
        {
            ExactOrNamed(backup.Expected(before[^1].Id), FolderContents.Of(target), hurt);
        }

        backup.MustBeClean();
        backup.Succeed([.. Verb.Select(word => word == "OUT" ? target : word)]);
        backup.MustBe(before[^1].Id, target);
    }
}

/// <summary>Restores into the project.</summary>
internal sealed record InPlaceScenario(string Name, params string[] Verb) : CallScenario(Name, Verb)
{
    /// <inheritdoc/>
    public override Task PrepareAsync(ProjectBackup backup) => SaveThreeAsync(backup);

    /// <inheritdoc/>
    public override void Judge(ProjectBackup backup, List<ListedSnapshot> before, Ended hurt, string target)
    {
        FolderContents work = backup.Work;
        List<ListedSnapshot> made = NewOnes(backup, before, hurt);
        backup.EveryFileIsOldOrNew(work, backup.Expected(before[^1].Id), hurt);
        if (hurt.Code == 0)
        {
            backup.MustBe(before[^1].Id, backup.Project.Folder);
        }

        backup.MustBeClean();
        made.ForEach(snapshot => backup.MustHoldExactOrNamed(snapshot.Id, work, hurt));
        backup.Succeed(Verb);
        backup.MustBe(before[^1].Id, backup.Project.Folder);
    }
}

/// <summary>Undoes a restore into the project.</summary>
internal sealed record UndoScenario(string Name, params string[] Verb) : CallScenario(Name, Verb)
{
    /// <inheritdoc/>
    public override async Task PrepareAsync(ProjectBackup backup)
    {
        await SaveThreeAsync(backup);
        FolderContents work = backup.Project.Contents();
        backup.Succeed("restore-latest", "--in-place", "--delete", "--yes");
        backup.Remember(backup.List()[^1].Id, work);
    }

    /// <inheritdoc/>
    public override void Judge(ProjectBackup backup, List<ListedSnapshot> before, Ended hurt, string target)
    {
        FolderContents restored = backup.Expected(before[^2].Id), work = backup.Expected(before[^1].Id);
        List<ListedSnapshot> made = NewOnes(backup, before, hurt);
        backup.EveryFileIsOldOrNew(restored, work, hurt);
        backup.MustBeClean();
        made.ForEach(snapshot => backup.MustHoldExactOrNamed(snapshot.Id, restored, hurt));
        if (hurt.Code == 0 || backup.Project.Contents().DifferenceTo(work) is null)
        {
            // Everything was done: what is undone now would be the undo.
            backup.MustBe(before[^1].Id, backup.Project.Folder);
            return;
        }

        backup.Succeed(Verb);
        backup.MustBe(before[^1].Id, backup.Project.Folder);
    }
}

/// <summary>Reads everything and changes nothing.</summary>
internal sealed record CheckingScenario(string Name, params string[] Verb) : CallScenario(Name, Verb)
{
    /// <inheritdoc/>
    public override Task PrepareAsync(ProjectBackup backup) => SaveThreeAsync(backup);

    /// <inheritdoc/>
    public override void Judge(ProjectBackup backup, List<ListedSnapshot> before, Ended hurt, string target)
    {
        if (NewOnes(backup, before, hurt).Count > 0)
        {
            throw hurt.Broken("a check made a snapshot");
        }

        backup.Succeed(Verb);
        backup.MustHold(before[^1].Id);
    }
}
