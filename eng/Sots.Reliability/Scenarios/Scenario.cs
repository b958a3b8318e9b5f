using Sots.Reliability.Calls;
using Sots.Restic;
using Sots.Testing;

namespace Sots.Reliability.Scenarios;

/// <summary>How a run of the program ended.</summary>
internal enum Outcome
{
    /// <summary>It did everything, and said so.</summary>
    Complete,

    /// <summary>It did a part, and said what is missing.</summary>
    Told,

    /// <summary>It ended with an error.</summary>
    Failed,

    /// <summary>It was killed.</summary>
    Died,
}

/// <summary>One command on a repository, with what has to be there before it and what has to hold after it. A new one is a file and a line in <see cref="All"/>.</summary>
internal abstract class Scenario
{
    /// <summary>All of them, new for each world.</summary>
    public static IReadOnlyList<Scenario> All() =>
    [
        new InitScenario(), new FullScenario(), new PushScenario(), new RestoreScenario(), new RestoreOverScenario(), new InPlaceScenario(),
        new UndoScenario(), new ForgetScenario(), new PruneScenario(), new ForgetPruneScenario(), new CheckScenario(), new TagScenario(), new UnlockScenario(),
        new RepairIndexScenario(), new RepairPacksScenario(), new RepairSnapshotsScenario(), new RecoverScenario(), new PasswordScenario(),
    ];

    /// <summary>Its word.</summary>
    public abstract string Name { get; }

    /// <summary>Where it touches the world, beside the repository.</summary>
    public virtual IReadOnlyList<Seam> OtherSeams => [];

    /// <summary>Makes what has to be there, once for a world. By default a repository with two snapshots, and a project that has changed since.</summary>
    public virtual async Task PrepareAsync(World world)
    {
        await InitScenario.MakeAsync(world);
        await PushScenario.SaveAsync(world);
        world.ChangeProject();
        await PushScenario.SaveAsync(world);
        world.ChangeProject();
        await world.ExpectTreeAsync();
    }

    /// <summary>Puts the real folders back to where they were before a run.</summary>
    public virtual Task ResetAsync(World world) => Task.CompletedTask;

    /// <summary>Runs the command. False where it did not do everything and said so.</summary>
    public abstract Task<bool> RunAsync(World world, SimulatedProcess process);

    /// <summary>What has to hold once a run was complete, beside the laws of the repository.</summary>
    /// <exception cref="BrokenPromiseException">It does not.</exception>
    public abstract Task FinishedAsync(World world);

    /// <summary>What has to hold at every moment. By default the laws of a repository.</summary>
    /// <param name="world">The world.</param>
    /// <param name="disk">A copy of its disk.</param>
    /// <param name="withContent">Also read every file of every snapshot.</param>
    /// <exception cref="BrokenPromiseException">It does not hold.</exception>
    public virtual Task HoldAsync(World world, Power.SimulatedDisk disk, bool withContent) => Laws.HoldAsync(disk, world.Ledger, world.KnownTrees, withContent);

    /// <summary>Before the laws: what may have been saved truthfully of a project that was between two states becomes known.</summary>
    public virtual Task LearnAsync(World world) => Task.CompletedTask;

    /// <summary>Whether the last run had done everything and said so when it was interrupted: running it again means something else then.</summary>
    public virtual bool HasSaidDone(World world) => false;

    /// <summary>What has to hold after a run that was not, beside the laws of the repository.</summary>
    /// <param name="world">The world.</param>
    /// <param name="goBack">Where there is a way back, take it.</param>
    /// <exception cref="BrokenPromiseException">It does not.</exception>
    public virtual Task InterruptedAsync(World world, bool goBack) => Task.CompletedTask;

    /// <summary>Runs the command in a process and says how it ended. Only errors of the documented kinds may get through.</summary>
    public async Task<Outcome> RunInAsync(World world, SimulatedProcess process)
    {
        try
        {
            bool complete = await RunAsync(world, process);
            return process.Gate.IsDead ? Outcome.Died : complete ? Outcome.Complete : Outcome.Told;
        }
        catch (Exception) when (process.Gate.IsDead)
        {
            return Outcome.Died;
        }
        catch (Exception e) when (e is RepositoryException or Backup.Sources.SourceException or Backup.Restoring.TargetException)
        {
            LastError = e.Message;
            return Outcome.Failed;
        }
        catch (Exception e) when (e is not BrokenPromiseException)
        {
            throw new BrokenPromiseException($"{e.GetType().Name} got through: {e}");
        }
    }

    /// <summary>What the last run that failed said.</summary>
    public string LastError { get; private set; } = "";

    /// <summary>States a promise.</summary>
    protected static void Promise(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new BrokenPromiseException(otherwise);
        }
    }

    /// <summary>The newest snapshot.</summary>
    protected static async Task<SavedSnapshot> NewestAsync(OpenRepository repository)
    {
        SnapshotListing listing = await repository.LoadSnapshotsAsync(CancellationToken.None);
        return listing.Damaged is [var damage, ..] ? throw damage : listing.Snapshots[^1];
    }

    /// <summary>Looks at the repository with nothing in the way.</summary>
    protected static Task<T> LookAsync<T>(World world, Func<OpenRepository, Task<T>> look) =>
        new SimulatedProcess(world).WithRepositoryAsync(exclusive: false, (repository, _) => look(repository));
}
