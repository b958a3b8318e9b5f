using System.Text;
using CsCheck;
using Sots.Restic;
using Sots.Testing;
using Sots.Unreal.Assets;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Tests.Assets;

/// <summary>Facts are packed in memory and in a file, and come back as they were.</summary>
public sealed class AssetFactsCacheTests
{
    private static readonly string[] Parts = ["Game", "Maps", "Türe", "", "Town.Town", "a:b", "😀"];

    /// <summary>Texts of any letters, and paths that share their fronts.</summary>
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Const(""),
        Gen.String.Select(Valid),
        Gen.Int[0, Parts.Length - 1].Select(static part => Parts[part]).Array[1, 30].Select(static parts => "/" + string.Join('/', parts)),
        Gen.Select(Gen.Char['a', 'z'], Gen.Int[400, 9000], static (letter, length) => new string(letter, length)),
        Gen.Const("""[{ "RelativeFilename" : "../Art/Lamp.fbx", "Timestamp" : "1700000000" }]"""));

    private static readonly Gen<AssetFacts> Facts = Gen.Select(
        Text.Array[7], Text.Array[0, 20], Text.Array[0, 3], Gen.Int[-1, (int)PackageFault.Damaged], Gen.Bool, Gen.Int,
        static (texts, hard, soft, fault, isLevel, version) => new AssetFacts
        {
            Fault = fault < 0 ? null : (PackageFault)fault, IsLevel = isLevel, Version = version, FaultMessage = texts[0], PackageName = texts[1], Class = texts[2],
            Label = texts[3], ObjectPath = texts[4], Engine = texts[5], ImportData = texts[6], HardDependencies = hard, SoftDependencies = soft,
        });

    [Fact]
    public void Facts_come_back_from_memory_and_from_the_file() => Facts.Array[0, 20].Sample(static all =>
    {
        using TempFolder folder = new();
        AssetFactsCache cache = new();
        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal((i, i > 0, false), (cache.Count, cache.HasNews, cache.Knows(Id(i))));
            cache.Add(Id(i), all[i]);
        }

        cache.Save(folder["assets"]);
        AssetFactsCache loaded = AssetFactsCache.Load(folder["assets"]);
        Assert.Equal((all.Length, false, false), (loaded.Count, loaded.HasNews, cache.HasNews));
        for (int i = 0; i < all.Length; i++)
        {
            Same(all[i], cache.Find(Id(i)));
            Same(all[i], loaded.Find(Id(i)));
        }

        Assert.Null(cache.Find(Id(-1)));
        Assert.False(loaded.Knows(Id(-1)));
    }, iter: 200);

    [Fact]
    public void Files_are_those_of_older_versions() => Facts.Array[0, 20].Sample(static all =>
    {
        using TempFolder folder = new();
        CacheFile.Save(folder["old"], "sots assets 1\n"u8, writer =>
        {
            CacheStrings strings = new();
            foreach (string text in all.SelectMany(AssetFactsCodec.StringsOf))
            {
                strings.Add(text);
            }

            strings.WriteTo(writer);
            writer.Write7BitEncodedInt(all.Length);
            for (int i = 0; i < all.Length; i++)
            {
                CacheFile.Write(writer, Id(i));
                AssetFactsCodec.Write(writer, strings, all[i]);
            }
        });
        AssetFactsCache cache = AssetFactsCache.Load(folder["old"]);
        Assert.Equal(all.Length, cache.Count);
        for (int i = 0; i < all.Length; i++)
        {
            Same(all[i], cache.Find(Id(i)));
        }

        cache.Save(folder["new"]);
        Assert.True(CacheFile.TryLoad(folder["new"], "sots assets 1\n"u8, reader =>
        {
            CacheStrings strings = new();
            strings.ReadFrom(reader);
            Assert.Equal(all.Length, reader.Read7BitEncodedInt());
            for (int i = 0; i < all.Length; i++)
            {
                Assert.Equal(Id(i), CacheFile.ReadId(reader));
                Same(all[i], AssetFactsCodec.Read(reader, strings));
            }
        }));
    }, iter: 100);

    [Fact]
    public void Half_a_pair_of_surrogates_becomes_the_replacement_character()
    {
        AssetFactsCache cache = new();
        cache.Add(Id(0), new AssetFacts { Label = "a\ud800b", Class = "\udc00" });
        Assert.Equal(("a\ufffdb", "\ufffd"), (cache.Find(Id(0))!.Label, cache.Find(Id(0))!.Class));
    }

    [Theory]
    [InlineData("/", 1)]
    [InlineData("/", 300_000)]
    [InlineData("/a.b:", 60_000)]
    [InlineData("x", 300_000)]
    [InlineData("ü", 70_000)]
    public void Texts_that_nobody_expects_come_back(string part, int times)
    {
        string text = string.Concat(Enumerable.Repeat(part, times));
        AssetFacts facts = new() { PackageName = text, Class = text, ImportData = text, HardDependencies = [text, text + "/b", text] };
        using TempFolder folder = new();
        AssetFactsCache cache = new();
        cache.Add(Id(0), facts);
        cache.Add(Id(1), new AssetFacts { Label = "next" });
        cache.Save(folder["assets"]);
        Same(facts, cache.Find(Id(0)));
        Same(facts, AssetFactsCache.Load(folder["assets"]).Find(Id(0)));
        Assert.Equal("next", cache.Find(Id(1))!.Label);
    }

    [Fact]
    public void The_first_facts_of_a_content_stay_and_there_is_an_end_of_room()
    {
        FactsMemory memory = new(maxEntries: 2);
        memory.Add(Id(0), new AssetFacts { Class = "First" });
        memory.Add(Id(0), new AssetFacts { Class = "Second" });
        memory.Add(Id(1), new AssetFacts());
        memory.Add(Id(2), new AssetFacts());
        Assert.Equal((2, "First", true, false), (memory.Count, memory.Find(Id(0))!.Class, memory.Knows(Id(1)), memory.Knows(Id(2))));
    }

    [Fact]
    public void A_cache_learns_what_another_one_knows()
    {
        AssetFactsCache seen = new(), empty = new(), known = new();
        seen.Add(Id(0), new AssetFacts { Class = "Seen", HardDependencies = ["/Game/A/B"] });
        known.Add(Id(1), new AssetFacts { Class = "Known" });
        empty.AddAll(seen);
        known.AddAll(seen);
        known.AddAll(known);
        Assert.Equal((1, true, "Seen"), (empty.Count, empty.HasNews, empty.Find(Id(0))!.Class));
        Assert.Equal((2, "Seen", "Known"), (known.Count, known.Find(Id(0))!.Class, known.Find(Id(1))!.Class));
        Assert.Equal(["/Game/A/B"], known.Find(Id(0))!.HardDependencies);
        Assert.Equal(1, seen.Count);
    }

    [Fact]
    public void Several_add_and_find_at_once()
    {
        const int Actors = 4000, Threads = 4;
        SampleActors samples = new(seed: 2);
        AssetFacts[] all = [.. Enumerable.Range(0, Actors).Select(_ => samples.Next())];
        AssetFactsCache cache = new();
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, thread =>
        {
            for (int i = 0; i < Actors; i++)
            {
                int number = (i + (thread * Actors / Threads)) % Actors;
                cache.Add(SampleActors.IdOf(number), all[number]);
                Same(all[number], cache.Find(SampleActors.IdOf(number)));
            }
        });
        Assert.Equal(Actors, cache.Count);
        Assert.All(Enumerable.Range(0, Actors), number => Same(all[number], cache.Find(SampleActors.IdOf(number))));
    }

    private static void Same(AssetFacts expected, AssetFacts? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.HardDependencies, actual.HardDependencies);
        Assert.Equal(expected.SoftDependencies, actual.SoftDependencies);
        Assert.Equal(expected with { HardDependencies = [], SoftDependencies = [] }, actual with { HardDependencies = [], SoftDependencies = [] });
    }

    private static ContentId Id(int number) => ContentId.Of(BitConverter.GetBytes(number));

    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
