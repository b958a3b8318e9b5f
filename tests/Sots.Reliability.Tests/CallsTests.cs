using Sots.Reliability.Calls;
using Sots.Testing;

namespace Sots.Reliability.Tests;

/// <summary>A smaller run of the programme in which every call goes wrong.</summary>
public sealed class CallsTests
{
    [Fact]
    public async Task Whatever_call_fails_or_is_the_last_nothing_is_lost_and_the_command_run_again_completes()
    {
        using TempFolder folder = new();
        TrialResult result = new();
        int seed = Random.Shared.Next();
        try
        {
            await new CallsTrial().RunAsync(new TrialSettings { Work = folder["work"], Scale = 0.004, Seed = seed }, result, TestContext.Current.CancellationToken);
        }
        catch (BrokenPromiseException e)
        {
            Assert.Fail($"seed {seed}: {e.Message}");
        }

        Assert.True(result["calls of the commands"] > 2000 && result["points: system call is the last"] > 0 && result["points: dead twice"] > 0, result.ToString());
    }

    [Fact]
    public void A_call_has_as_many_points_as_it_can_go_wrong_in()
    {
        Assert.Equal(11, FaultPlan.At(Seam.Files, 1, CallNature.Looks).Count());
        Assert.Equal(16, FaultPlan.At(Seam.Files, 1, CallNature.Changes).Count());
        Assert.Equal(21, FaultPlan.At(Seam.Files, 1, CallNature.Writes).Count());
    }
}
