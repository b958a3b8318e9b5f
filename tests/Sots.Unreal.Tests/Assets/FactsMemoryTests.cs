using System.Runtime.CompilerServices;
using Sots.Unreal.Assets;

namespace Sots.Unreal.Tests.Assets;

/// <summary>Tests that look at the whole process, and so run while no other test does.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class RunsAlone;

/// <summary>The memory of facts is a budget: a backup keeps those of every package that it reads, and a large project has 200,000.</summary>
[Collection("Alone")]
public sealed class FactsMemoryTests
{
    private const int Actors = 50_000;
    private const int MostBytesAnActor = 220;

    [Fact]
    public void An_actor_in_a_file_of_its_own_takes_at_most_220_bytes()
    {
        Fill(100);
        long before = MemoryHeld();

        AssetFactsCache cache = Fill(Actors);

        long held = MemoryHeld() - before;
        Assert.Equal(Actors, cache.Count);
        // What earlier tests left may go in between: half of what it takes shows that it was measured, the budget is the upper end.
        Assert.InRange((double)held / Actors, MostBytesAnActor / 2, MostBytesAnActor);
        TestContext.Current.TestOutputHelper?.WriteLine($"{(double)held / Actors:f1} bytes an actor");
        GC.KeepAlive(cache);
    }

    private static long MemoryHeld()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static AssetFactsCache Fill(int actors)
    {
        AssetFactsCache cache = new();
        SampleActors samples = new(seed: 1);
        for (int i = 0; i < actors; i++)
        {
            cache.Add(SampleActors.IdOf(i), samples.Next());
        }

        return cache;
    }
}
