using System.Collections.Concurrent;
using Sots.Reliability.Power;
using Sots.Reliability.Scenarios;
using Sots.Restic;
using Sots.Testing;

namespace Sots.Reliability.Calls;

/// <summary>
/// Every call that a command makes into the world goes wrong once, in every way that its kind can, and is once the last of the process.
/// After each the repository has to be whole, and the same command run again has to complete.
/// </summary>
internal sealed class CallsTrial : Trial
{
    private const int ContentEvery = 16, CompoundPairs = 5000, OpinionsAScenario = 12, MostBroken = 100;

    /// <inheritdoc/>
    public override string Name => "calls";

    /// <inheritdoc/>
    public override string About => "every call of every command fails once in every way, and is once the last";

    /// <summary>Only this scenario; null for all. For whoever looks for a fault.</summary>
    public string? Only { get; init; } = Environment.GetEnvironmentVariable("SOTS_SCENARIO");

    /// <inheritdoc/>
    public override async Task RunAsync(TrialSettings settings, TrialResult result, CancellationToken cancellationToken)
    {
        SecondOpinion opinion = new(settings.Restic);
        foreach (int number in Enumerable.Range(0, Scenario.All().Count))
        {
            string name = Scenario.All()[number].Name;
            if (Only is null || Only == name)
            {
                settings.Progress($"{name}: {await RunAsync(number, settings, opinion, result, cancellationToken)} points");
                result.Add("commands");
            }
        }
    }

    private static async Task<int> RunAsync(int scenario, TrialSettings settings, SecondOpinion opinion, TrialResult result, CancellationToken cancellationToken)
    {
        int workers = Environment.ProcessorCount;
        Bench[] benches = await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Bench.MakeAsync(
            Scenario.All()[scenario], Path.Combine(settings.Work, $"{scenario}-{worker}"), settings.Seed)));
        List<Point> points = await PointsAsync(benches[0], settings, result);
        ConcurrentQueue<Point> waiting = new(points);
        ConcurrentQueue<string> broken = [];
        await Parallel.ForEachAsync(benches, new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellationToken }, async (bench, token) =>
        {
            while (waiting.TryDequeue(out Point? point))
            {
                token.ThrowIfCancellationRequested();
                try
                {
                    await bench.RunAsync(point, opinion, result);
                }
                catch (BrokenPromiseException e) when (broken.Count < MostBroken)
                {
                    // The others tell whether it is one fault or many.
                    broken.Enqueue(e.Message);
                }
            }
        });
        if (!broken.IsEmpty)
        {
            throw new BrokenPromiseException($"{broken.Count} points:\n{string.Join('\n', broken.Order(StringComparer.Ordinal))}");
        }

        foreach (Bench bench in benches)
        {
            Directory.Delete(bench.World.Work, recursive: true);
        }

        return points.Count;
    }

    /// <summary>One run without faults says which calls there are; it has to keep the order of writes.</summary>
    private static async Task<List<Point>> PointsAsync(Bench bench, TrialSettings settings, TrialResult result)
    {
        FaultGate gate = await bench.RecordAsync();
        result.Add("writes and removals in order", await WriteOrder.HoldsAsync(bench.World, bench.Start.Image, gate));
        if (bench.Scenario is InPlaceScenario)
        {
            result.Add("files replaced in place in order", TargetOrder.Holds(gate));
        }

        List<FaultPlan> all = [];
        foreach (Seam seam in (IEnumerable<Seam>)[Seam.Files, Seam.Backend, .. bench.Scenario.OtherSeams])
        {
            IReadOnlyList<OutsideCall> calls = gate.CallsAt(seam);
            result.Add($"calls of the commands", calls.Count);
            for (int i = 0; i < calls.Count; i++)
            {
                all.AddRange(FaultPlan.At(seam, i + 1, calls[i].Nature));
            }
        }

        // A smaller programme takes some of the points, other ones with every seed.
        Random random = new(settings.Seed);
        FaultPlan[] chosen = [.. all];
        random.Shuffle(chosen);
        chosen = chosen[..Math.Min(chosen.Length, settings.Count(chosen.Length, atLeast: 10))];
        int compound = settings.Count(CompoundPairs / Scenario.All().Count);
        int opinionEvery = Math.Max(1, chosen.Length / settings.Count(OpinionsAScenario));
        List<Point> points = [.. chosen.Select((plan, i) => new Point(plan, WithContent: i % ContentEvery == 0, GoBack: i % 2 == 0, AskOthers: i % opinionEvery == 0))];
        FaultPlan[] deaths = [.. all.Where(static plan => plan.Dies || plan.Sticky)];
        for (int i = 0; i < compound; i++)
        {
            FaultPlan again = deaths[random.Next(deaths.Length)];
            points.Add(new Point(deaths[random.Next(deaths.Length)], GoBack: false) { Again = again with { Action = FaultAction.DieAfter, Sticky = false } });
        }

        return points;
    }
}

/// <summary>One point.</summary>
/// <param name="Plan">What goes wrong.</param>
/// <param name="WithContent">Read every file of every snapshot afterwards.</param>
/// <param name="GoBack">Where there is a way back, take it before the command is run again.</param>
/// <param name="AskOthers">Let other programs look at the repository.</param>
internal sealed record Point(FaultPlan Plan, bool WithContent = false, bool GoBack = false, bool AskOthers = false)
{
    /// <summary>Where the run that is to make it good dies; null where it does not.</summary>
    public FaultPlan? Again { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Again is null ? Plan.ToString() : $"{Plan}, then {Again}";
}

/// <summary>One scenario in a world of its own, put back to its start before each point.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="World">Its world.</param>
/// <param name="Start">The start.</param>
internal sealed record Bench(Scenario Scenario, World World, WorldState Start)
{
    /// <summary>Prepares one.</summary>
    public static async Task<Bench> MakeAsync(Scenario scenario, string work, int seed)
    {
        World world = new(work, new Random(seed));
        await scenario.PrepareAsync(world);
        return new Bench(scenario, world, world.Keep());
    }

    /// <summary>A run without faults.</summary>
    public async Task<FaultGate> RecordAsync()
    {
        World.Return(Start);
        await Scenario.ResetAsync(World);
        SimulatedProcess process = new(World);
        Outcome outcome = await Scenario.RunInAsync(World, process);
        Expect(outcome == Outcome.Complete, $"{Scenario.Name} without faults ended as {outcome}: {Scenario.LastError}");
        await HoldAsync(withContent: true);
        await Scenario.FinishedAsync(World);
        return process.Gate;
    }

    /// <summary>Runs one point.</summary>
    /// <exception cref="BrokenPromiseException">A promise is broken; the message names the point.</exception>
    public async Task RunAsync(Point point, SecondOpinion opinion, TrialResult result)
    {
        OutsideCall? hit = null;
        try
        {
            World.Return(Start);
            await Scenario.ResetAsync(World);
            SimulatedProcess process = new(World, point.Plan);
            Outcome outcome = await Scenario.RunInAsync(World, process);
            hit = process.Gate.FirstHit;
            result.Add(process.Gate.Fired ? point.Again is null ? $"points: {NameOf(point.Plan)}" : "points: dead twice" : "points that were not reached");
            if (outcome != Outcome.Complete)
            {
                await HoldAsync(point.WithContent);
                await Scenario.InterruptedAsync(World, point.GoBack);
                outcome = Scenario.HasSaidDone(World) ? Outcome.Complete : await AgainAsync(point);
            }

            if (outcome == Outcome.Complete)
            {
                await Scenario.FinishedAsync(World);
            }

            await HoldAsync(withContent: false);
            if (point.AskOthers && opinion.IsThere)
            {
                opinion.Ask(World, result);
            }
        }
        catch (Exception e) when (e is BrokenPromiseException or RepositoryException)
        {
            throw new BrokenPromiseException($"{Scenario.Name}, {point} ({hit?.Operation} {hit?.Subject}): {e.Message}");
        }
    }

    private async Task<Outcome> AgainAsync(Point point)
    {
        if (point.Again is not null)
        {
            Outcome second = await Scenario.RunInAsync(World, new SimulatedProcess(World, point.Again));
            await HoldAsync(point.WithContent);
            if (second == Outcome.Complete || Scenario.HasSaidDone(World))
            {
                return Outcome.Complete;
            }
        }

        Outcome again = await Scenario.RunInAsync(World, new SimulatedProcess(World));
        Expect(again == Outcome.Complete, $"run again it ended as {again}: {Scenario.LastError}");
        return again;
    }

    /// <summary>The laws, on a copy: what is to be healed is left for the next run of the program to heal.</summary>
    private async Task HoldAsync(bool withContent)
    {
        await Scenario.LearnAsync(World);
        await Scenario.HoldAsync(World, new SimulatedDisk(World.Disk.Snapshot()), withContent);
    }

    private static string NameOf(FaultPlan plan) => $"{plan.Seam switch
    {
        Seam.Files => "system call",
        Seam.Backend => "storage",
        Seam.Source => "source",
        _ => "target",
    }} {(plan.Dies ? "is the last" : plan.Sticky ? "fails for good" : "fails once")}";

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new BrokenPromiseException(otherwise);
        }
    }
}
