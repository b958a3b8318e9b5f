using System.Runtime.CompilerServices;
using Sots.Testing;
using Sots.Unreal.Assets;

namespace Sots.Unreal.Tests.Assets;

/// <summary>The memory of facts is a budget: a backup keeps those of every package that it reads, and a large project has 200,000.</summary>
public sealed class FactsMemoryTests
{
    private const string Probe = "facts";
    private const int Actors = 50_000;
    private const int MostBytesAnActor = 220;

    [ModuleInitializer]
    internal static void AnswerProbe() => MemoryProbe.Answer(Probe, static () => Fill(100), static () => Fill(Actors));

    [Fact]
    public async Task An_actor_in_a_file_of_its_own_takes_at_most_220_bytes()
    {
        Assert.Equal(Actors, Fill(Actors).Count);
        double held = (double)await MemoryProbe.RunAsync(Probe, typeof(FactsMemoryTests).Assembly) / Actors;
        Assert.InRange(held, MostBytesAnActor / 2, MostBytesAnActor);
        TestContext.Current.TestOutputHelper?.WriteLine($"{held:f1} bytes an actor");
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
