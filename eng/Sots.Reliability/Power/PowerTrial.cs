using Sots.Reliability.Scenarios;
using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Reliability.Power;

/// <summary>
/// Power is lost, on paper, at every moment of recorded histories, and the disk is found in every state that it may be in then: after each
/// the laws hold, and now and then the work goes on from there.
/// </summary>
internal sealed class PowerTrial : Trial
{
    private const int States = 200_000, SubsetsAMoment = 20, GoOnEvery = 50, WithInitEvery = 8;

    /// <inheritdoc/>
    public override string Name => "power-states";

    /// <inheritdoc/>
    public override string About => "every state that a disk may be in after a power cut, simulated; and every kind of flush left out";

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        await new SwallowedFlushes(settings, result).RunAsync(cancellationToken);
        int target = settings.Count(States), histories = 0, found = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, Environment.ProcessorCount), cancellationToken, async (_, token) =>
        {
            while (Volatile.Read(ref found) < target)
            {
                token.ThrowIfCancellationRequested();
                int number = Interlocked.Increment(ref histories);
                int seed = (settings.Seed * 100_000) + number;
                RecordedHistory history = await RecordedHistory.MakeAsync(Path.Combine(settings.Work, $"{number}"), seed, withInit: number % WithInitEvery == 1);
                result.Add("histories");
                result.Add("steps of their disks", history.Steps.Steps.Count);
                foreach (FileSystemRules rules in (FileSystemRules[])[FileSystemRules.Journal, FileSystemRules.Posix])
                {
                    PowerLosses losses = new(history.Steps, rules, new Random(seed), SubsetsAMoment);
                    foreach (PowerState state in losses.States().TakeWhile(_ => Volatile.Read(ref found) < target))
                    {
                        token.ThrowIfCancellationRequested();
                        int count = Interlocked.Increment(ref found);
                        await HoldAsync(history, state, goesOn: count % GoOnEvery == 0, $"history {seed}, {rules}", result);
                        result.Add(rules == FileSystemRules.Posix ? "states by the rules of POSIX" : "states by the rules of a journal, as on Windows");
                        if (count % 10_000 == 0)
                        {
                            settings.Progress($"{count} states");
                        }
                    }

                    result.Add("states that a reader cannot tell from others", losses.Repeated);
                }
            }
        });
    }

    /// <summary>The laws in one state; every so often with what a user does next.</summary>
    private static async Task HoldAsync(RecordedHistory history, PowerState state, bool goesOn, string where, TrialResult result)
    {
        try
        {
            DiskImage? next = goesOn ? state.Image.Clone() : null;
            Ledger promised = history.Steps.PromisedAfter(state.After);
            await Laws.HoldAsync(new SimulatedDisk(state.Image), promised, history.KnownTrees, withContent: goesOn);
            if (next is not null)
            {
                await GoOnAsync(next, promised, history);
                result.Add("states from which work went on");
            }
        }
        catch (BrokenPromiseException e)
        {
            throw new BrokenPromiseException(
                $"{where}, after {state.After} steps ({(state.After > 0 ? history.Steps.Steps[state.After - 1] : "none")}), {state.How}: {e.Message}");
        }
    }

    /// <summary>Where there is no repository yet, one is made; the locks of the dead are cleared, and what is left over is removed.</summary>
    private static async Task GoOnAsync(DiskImage image, Ledger promised, RecordedHistory history)
    {
        SimulatedDisk disk = new(image);
        using LocalBackend backend = new(World.RepositoryPath, disk);
        try
        {
            if (await backend.FindLengthAsync(FileHandle.Config, CancellationToken.None) is null)
            {
                using OpenRepository made = await Repository.CreateAsync(backend, World.Bytes(World.FirstPassword), World.NewRepository, CancellationToken.None);
            }

            await PruneScenario.PruneAsync(disk, promised.Password);
        }
        catch (RepositoryException e)
        {
            throw new BrokenPromiseException($"work cannot go on: {e.Message}");
        }

        await Laws.HoldAsync(disk, promised with { HasRepository = true }, history.KnownTrees, allowLeftOvers: false);
    }
}
