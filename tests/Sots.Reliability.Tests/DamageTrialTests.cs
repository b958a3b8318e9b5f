using Sots.Reliability.Damage;
using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Reliability.Tests;

/// <summary>Smaller runs of the trials that hurt a repository, and the laws they judge by.</summary>
public sealed class DamageTrialTests
{
    [Fact]
    public async Task Bits_of_every_kind_of_file_that_flip_are_found_and_named_and_take_nothing_else()
    {
        TrialResult result = await RunAsync(new BitTrial(), scale: 0.02);
        Assert.True(result["bits flipped, found and named"] > 1000);
        foreach (FileType type in Enum.GetValues<FileType>())
        {
            Assert.True(result[$"of them in {type} files"] > 0, $"no bit of a {type} file was flipped");
        }
    }

    [Fact]
    public async Task Files_hurt_in_every_way_keep_the_word_of_check_and_restore()
    {
        TrialResult result = await RunAsync(new DamageTrial(), scale: 0.3);
        Assert.True(result["injuries found for what they are"] > 100);
        Assert.True(result["files of restores compared byte by byte"] > 100);
    }

    [Fact]
    public async Task A_restore_that_gives_a_wrong_file_breaks_the_promise()
    {
        using TempFolder folder = new();
        Directory.CreateDirectory(folder["target"]);
        await File.WriteAllTextAsync(folder["target", "a"], "wrong", TestContext.Current.CancellationToken);
        Assert.Throws<BrokenPromiseException>(() => DiskRestore.Compare(folder["target"], new() { ["/a"] = "right"u8.ToArray() }, problems: 1, "test"));
        Assert.Throws<BrokenPromiseException>(() => DiskRestore.Compare(folder["target"], [], problems: 1, "test"));
        Assert.Throws<BrokenPromiseException>(() => DiskRestore.Compare(folder["nothing"], new() { ["/a"] = [] }, problems: 0, "test"));
    }

    private static async Task<TrialResult> RunAsync(Trial trial, double scale)
    {
        using TempFolder folder = new();
        TrialResult result = new();
        await trial.RunAsync(new TrialSettings { Work = folder.Path, Scale = scale, Seed = 7 }, result, TestContext.Current.CancellationToken);
        return result;
    }
}
