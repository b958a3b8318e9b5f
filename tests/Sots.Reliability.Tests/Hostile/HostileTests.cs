using System.Text;
using Sots.Cli;
using Sots.Reliability.Hostile;
using Sots.Restic.Crypto;
using Sots.Testing;
using Sots.Testing.Hostile;

namespace Sots.Reliability.Tests.Hostile;

/// <summary>The small programme: every case that is quick to make, the commands that matter most, in this process. Memory is the large one's.</summary>
public sealed class HostileTests
{
    private const int Parts = 4;

    public static TheoryData<int> AllParts => [.. Enumerable.Range(0, Parts)];

    [Theory]
    [MemberData(nameof(AllParts))]
    public async Task Commands_on_hostile_repositories_keep_their_promises(int part)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs pipes, devices and links");
        using TempFolder folder = new();
        TrialResult result = new();
        HostileMatrix matrix = new(folder.Path, new ProgramInProcess(), result);
        await matrix.PrepareAsync();
        HostileVerb[] always = [.. HostileVerb.All.Where(static verb => verb.Law == HostileLaw.ChecksData || verb.Planted)];
        HostileVerb[] others = [.. HostileVerb.All.Except(always).Where(static verb => verb.Words is not "doctor")];
        int number = 0;
        foreach (HostileCase hostile in HostileCases.All.Where(static hostile => !hostile.IsLarge && (!hostile.NeedsRoot || Environment.IsPrivilegedProcess)))
        {
            if (number % Parts == part)
            {
                await matrix.RunAsync(hostile, [.. always, others[number / Parts % others.Length]]);
            }

            number++;
        }

        Assert.True(matrix.Broken.Count == 0, string.Join('\n', matrix.Broken));
        Assert.True(result["commands run on them"] > 100, result.ToString());
    }

    [Fact]
    public void Every_case_has_a_name_of_its_own() => Assert.Equal(HostileCases.All.Count, HostileCases.All.Select(hostile => hostile.Name).Distinct().Count());

    /// <summary>Waits are a fiftieth of what they are: those for other processes, of which there are none, and for storage to get well, which it does not.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 50 : dueTime, period);
    }

    /// <summary>The commands without a process of their own.</summary>
    private sealed class ProgramInProcess : IProgramUnderTest
    {
        public async Task<ProgramAnswer> RunAsync(string folder, IReadOnlyList<string> words, TimeSpan limit)
        {
            StringBuilder output = new(), error = new();
            CliEnvironment environment = new()
            {
                Out = TextWriter.Synchronized(new StringWriter(output)),
                Error = TextWriter.Synchronized(new StringWriter(error)),
                Variable = static _ => null,
                Clock = new HurriedTime(),
                WorkingDirectory = folder,
                Host = System.Net.Dns.GetHostName(),
                KeyCost = new ScryptParameters(16, 1, 1),
            };
            try
            {
                int code = await Task.Run(() => CliRoot.RunAsync(words, environment, CancellationToken.None)).WaitAsync(limit);
                return new ProgramAnswer(code, output.ToString(), error.ToString(), 0, TimeSpan.Zero);
            }
            catch (TimeoutException)
            {
                return new ProgramAnswer(null, output.ToString(), error.ToString(), 0, TimeSpan.Zero);
            }
        }
    }
}
