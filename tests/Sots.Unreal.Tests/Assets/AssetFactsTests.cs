using CsCheck;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Trees;
using Sots.Testing;
using Sots.Testing.Unreal;
using Sots.Unreal.Assets;
using Sots.Unreal.Packages;
using Sots.Unreal.Tests.Packages;

namespace Sots.Unreal.Tests.Assets;

/// <summary>Facts of packages in snapshots, and the cache that keeps them.</summary>
public sealed class AssetFactsTests
{
    [Fact]
    public async Task Facts_from_a_snapshot_are_those_of_the_file()
    {
        using TempFolder folder = new();
        byte[] lamp = PackageReaderTests.Lamp(522, 1018).Write();
        byte[] large = new PackageWriter { PackageName = "/Game/Large", Objects = [.. Enumerable.Range(0, 60_000).Select(i => $"Object_{i}_with_a_long_name")] }.Write();
        File.WriteAllBytes(folder["Lamp.uasset"], lamp);
        File.WriteAllBytes(folder["Large.uasset"], large);
        File.WriteAllText(folder["Pointer.uasset"], "version https://git-lfs.github.com/spec/v1\n");
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        await SmallRepository.BackupAsync(repository, folder.Path);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        AssetFactsCache cache = new();
        SnapshotPackages packages = new(indexed, cache);
        Dictionary<string, AssetFacts> facts = [];
        foreach (Node node in await FilesOf(indexed))
        {
            facts[System.Text.Encoding.UTF8.GetString(node.Name)] = await packages.FactsOfAsync(node, CancellationToken.None);
        }

        Assert.Equal(("Blueprint", "A lamp ü", "/Game/Things/Lamp"), (facts["Lamp.uasset"].Class, facts["Lamp.uasset"].Label, facts["Lamp.uasset"].PackageName));
        Assert.Equal("/Game/Large", facts["Large.uasset"].PackageName);
        Assert.Equal(PackageFault.LfsPointer, facts["Pointer.uasset"].Fault);
        Assert.Equal(3, cache.Count);
    }

    [Fact]
    public void What_a_cache_keeps_comes_back() => Gen.Select(Gen.String, Gen.String, Gen.String.Array[0, 5], Gen.Bool, Gen.Int[-1, 7]).Array[0, 30].Sample(all =>
    {
        using TempFolder folder = new();
        string path = folder["cache/assets"];
        AssetFactsCache cache = new();
        for (int i = 0; i < all.Length; i++)
        {
            (string a, string b, string[] list, bool level, int fault) = all[i];
            cache.Add(ContentId.Of(BitConverter.GetBytes(i)), new AssetFacts
            {
                Class = Valid(a), Label = Valid(b), HardDependencies = [.. list.Select(Valid)], IsLevel = level, Fault = fault < 0 ? null : (PackageFault)fault, Version = i,
            });
        }

        cache.Save(path);
        AssetFactsCache loaded = AssetFactsCache.Load(path);
        Assert.Equal((all.Length, false), (loaded.Count, loaded.HasNews));
        for (int i = 0; i < all.Length; i++)
        {
            AssetFacts before = cache.Find(ContentId.Of(BitConverter.GetBytes(i)))!, after = loaded.Find(ContentId.Of(BitConverter.GetBytes(i)))!;
            Assert.Equal(before.HardDependencies, after.HardDependencies);
            Assert.Equal(before with { HardDependencies = [], SoftDependencies = [] }, after with { HardDependencies = [], SoftDependencies = [] });
        }
    }, iter: 50);

    [Fact]
    public void A_damaged_cache_is_an_empty_one()
    {
        using TempFolder folder = new();
        string path = folder["assets"];
        AssetFactsCache cache = new();
        cache.Add(ContentId.Of([1]), new AssetFacts { Class = "World", HardDependencies = ["/Game/A"] });
        cache.Save(path);
        byte[] whole = File.ReadAllBytes(path);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 0x20;
            File.WriteAllBytes(path, damaged);
            Assert.Equal(0, AssetFactsCache.Load(path).Count);
            File.WriteAllBytes(path, whole[..i]);
            Assert.Equal(0, AssetFactsCache.Load(path).Count);
        }

        Assert.Equal(0, AssetFactsCache.Load(folder["none"]).Count);
    }

    private static string Valid(string text) => string.Concat(text.Where(static c => !char.IsSurrogate(c)));

    private static async Task<List<Node>> FilesOf(IndexedRepository repository)
    {
        SnapshotListing listing = await repository.Repository.LoadSnapshotsAsync(CancellationToken.None);
        List<Node> files = [], open = await repository.LoadTreeAsync(listing.Snapshots[^1].Snapshot.Tree, CancellationToken.None);
        while (open.Count > 0)
        {
            Node node = open[^1];
            open.RemoveAt(open.Count - 1);
            if (node.Subtree is { } tree)
            {
                open.AddRange(await repository.LoadTreeAsync(tree, CancellationToken.None));
            }
            else
            {
                files.Add(node);
            }
        }

        return files;
    }
}
