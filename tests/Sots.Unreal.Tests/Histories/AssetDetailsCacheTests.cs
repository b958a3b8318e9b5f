using CsCheck;
using Sots.Restic;
using Sots.Testing;
using Sots.Unreal.Assets;
using Sots.Unreal.Health;
using Sots.Unreal.Histories;

namespace Sots.Unreal.Tests.Histories;

/// <summary>What is remembered of versions comes back, and never in the way.</summary>
public sealed class AssetDetailsCacheTests
{
    [Fact]
    public void What_a_cache_keeps_comes_back() => Gen.Select(Gen.String, Gen.String.Array[0, 5], Gen.Int[0, (int)PackageCause.Cooked]).Array[0, 20].Sample(all =>
    {
        using TempFolder folder = new();
        AssetDetailsCache cache = new();
        for (int i = 0; i < all.Length; i++)
        {
            (string text, string[] list, int cause) = all[i];
            cache.Add(Id(i), new AssetDetails
            {
                Facts = new AssetFacts { Class = Valid(text), SoftDependencies = [.. list.Select(Valid)] },
                Objects = [.. list.Select(static at => new AssetObject(Valid(at), "Class"))],
                Tags = [.. list.Select(static tag => KeyValuePair.Create(Valid(tag), "value"))],
                Findings = [new PackageFinding((PackageCause)cause, Valid(text))],
            });
        }

        cache.Save(folder["deep/folder/versions"]);
        AssetDetailsCache loaded = AssetDetailsCache.Load(folder["deep/folder/versions"]);
        Assert.Equal((all.Length, false), (loaded.Count, loaded.HasNews));
        for (int i = 0; i < all.Length; i++)
        {
            AssetDetails before = cache.Find(Id(i))!, after = loaded.Find(Id(i))!;
            Assert.Equal((before.Facts.Class, before.IsDamaged), (after.Facts.Class, after.IsDamaged));
            Assert.Equal(before.Facts.SoftDependencies, after.Facts.SoftDependencies);
            Assert.Equal(before.Objects, after.Objects);
            Assert.Equal(before.Tags, after.Tags);
            Assert.Equal(before.Findings, after.Findings);
        }
    }, iter: 50);

    [Fact]
    public void A_damaged_cache_is_an_empty_one_and_one_that_cannot_be_written_is_passed_over()
    {
        using TempFolder folder = new();
        AssetDetailsCache cache = new();
        cache.Add(Id(1), new AssetDetails { Facts = new AssetFacts { Class = "World" }, Tags = [KeyValuePair.Create("a", "b")] });
        cache.Save(folder["versions"]);
        byte[] whole = File.ReadAllBytes(folder["versions"]);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 0x11;
            File.WriteAllBytes(folder["versions"], damaged);
            Assert.Equal(0, AssetDetailsCache.Load(folder["versions"]).Count);
            File.WriteAllBytes(folder["versions"], whole[..i]);
            Assert.Equal(0, AssetDetailsCache.Load(folder["versions"]).Count);
        }

        // A file where the folder should be, and a folder where the file should be.
        cache.Save(folder["versions/below"]);
        Directory.CreateDirectory(folder["taken/x"]);
        cache.Save(folder["taken"]);
        Assert.Equal(0, AssetDetailsCache.Load(folder["taken"]).Count);
        Assert.Equal(["taken", "versions"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_cache_is_for_its_owner_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("there are no permission bits");
            return;
        }

        using TempFolder folder = new();
        new AssetDetailsCache().Save(folder["cache/versions"]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["cache/versions"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["cache"]));
    }

    private static ContentId Id(int number) => ContentId.Of(BitConverter.GetBytes(number));

    private static string Valid(string text) => string.Concat(text.Where(static c => !char.IsSurrogate(c)));
}
