using Sots.Reliability;

namespace Sots.Reliability.Tests;

/// <summary>The programme itself: names, settings, figures.</summary>
public sealed class ProgrammeTests
{
    [Fact]
    public void Every_trial_has_a_name_of_its_own() =>
        Assert.Equal(Trials.All.Count, Trials.All.Select(trial => trial.Name).Append("all").Append("report").Distinct().Count() - 2);

    [Theory]
    [InlineData("--seed")]
    [InlineData("--colour", "red")]
    public void A_word_that_is_none_of_ours_is_refused(params string[] words) => Assert.Throws<ArgumentException>(() => TrialSettings.Parse(words));

    [Fact]
    public void A_smaller_programme_still_does_each_thing_once()
    {
        TrialSettings settings = TrialSettings.Parse(["--scale", "0.001", "--seed", "7"]);
        Assert.Equal((7, 1, 5), (settings.Seed, settings.Count(100), settings.Count(100, atLeast: 5)));
    }

    [Fact]
    public void Figures_of_several_threads_add_up()
    {
        TrialResult result = new();
        Parallel.For(0, 1000, _ => result.Add("points"));
        Assert.Equal((1000, "1,000 points"), (result["points"], result.ToString()));
    }
}
