using Sots.Reliability.Churn;
using Sots.Testing;

namespace Sots.Reliability.Tests;

/// <summary>Files that are saved while they are backed up.</summary>
public sealed class ChurnTests
{
    [Fact]
    public async Task What_other_threads_save_meanwhile_is_whole_or_named()
    {
        using TempFolder folder = new();
        TrialResult result = new();
        await new ChurnTrial().RunAsync(new TrialSettings { Work = folder.Path, Scale = 0.03, Seed = 11 }, result, TestContext.Current.CancellationToken);
        Assert.True(result["files that are whole"] > 300, result.ToString());
        Assert.True(result["savings by other threads"] > 20, result.ToString());
        Assert.Equal(48, result["files compared with the disk at rest"]);
    }

    [Fact]
    public void Content_of_two_savings_is_told_from_that_of_one_moment()
    {
        using TempFolder folder = new();
        foreach (Saving saving in Enum.GetValues<Saving>())
        {
            ChurningFile file = new(folder[saving.ToString()], 3, 5, saving);
            file.Save(new Random(1));
            byte[] first = File.ReadAllBytes(file.Path);
            file.Save(new Random(2));
            byte[] second = File.ReadAllBytes(file.Path);
            int half = 2 * ChurningFile.BlockLength;
            byte[] readAcross = [.. first.AsSpan(0, half), .. second.AsSpan(half)];
            byte[] inTheMiddle = [.. second.AsSpan(0, half), .. first.AsSpan(half)];
            Assert.Null(file.WhyTorn(first));
            Assert.Null(file.WhyTorn(second));
            Assert.NotNull(file.WhyTorn(readAcross));
            Assert.Equal(saving is Saving.InPlace or Saving.InPlaceWithOldTime, file.WhyTorn(inTheMiddle) is null);
            Assert.Equal(saving == Saving.TruncateAndAppend, file.WhyTorn(second.AsSpan(0, half)) is null);
        }
    }
}
