using Sots.Testing;

namespace Sots.Unreal.Tests;

/// <summary>A wait ends when nothing has changed for as long as was asked for, or at its limit, and looks no more often than it must.</summary>
public sealed class QuietWaitTests
{
    private static readonly TimeSpan Ten = TimeSpan.FromSeconds(10), Limit = TimeSpan.FromMinutes(5);

    private readonly ManualTime _time = new();
    private readonly SortedDictionary<TimeSpan, ContentState> _states = [];
    private int _looks, _begun;

    [Fact]
    public async Task What_is_quiet_already_is_not_waited_for()
    {
        At(0, changedAt: -11);
        Assert.Equal(new QuietMoment(true, TimeSpan.Zero), await RunAsync());
        Assert.Equal((1, 0), (_looks, _begun));
    }

    [Theory]
    [InlineData(-4, 6)]
    [InlineData(0, 10)]
    [InlineData(1000, 10)]
    public async Task It_waits_for_the_rest_of_the_time_and_a_time_in_the_future_counts_as_now(int changedAt, int waited)
    {
        At(0, changedAt);
        Assert.Equal(new QuietMoment(true, TimeSpan.FromSeconds(waited)), await RunAsync());
        Assert.Equal((2, 1), (_looks, _begun));
    }

    [Fact]
    public async Task Each_change_begins_it_anew_from_the_time_of_the_change()
    {
        At(0, changedAt: -1);
        At(5, changedAt: 5);
        At(12, changedAt: 12);
        Assert.Equal(new QuietMoment(true, TimeSpan.FromSeconds(22)), await RunAsync());
    }

    [Fact]
    public async Task A_file_that_is_moved_here_with_an_old_time_or_removed_counts_from_when_it_is_seen()
    {
        At(0, changedAt: -1);
        _states[TimeSpan.FromSeconds(3)] = _states[TimeSpan.Zero] with { Entries = 7 };
        Assert.Equal(new QuietMoment(true, TimeSpan.FromSeconds(19)), await RunAsync());
    }

    [Fact]
    public async Task What_never_stands_still_ends_at_the_limit()
    {
        for (int second = 0; second < 400; second += 3)
        {
            At(second, second);
        }

        Assert.Equal(new QuietMoment(false, Limit), await RunAsync());
    }

    [Fact]
    public void Every_change_below_the_folders_is_seen_and_links_are_not_followed()
    {
        using TempFolder folder = new();
        Directory.CreateDirectory(folder["Content", "Maps"]);
        File.WriteAllText(folder["Content", "Maps", "A.umap"], "a");
        HashSet<ContentState> seen = [Look()];
        Assert.Equal(3, Look().Entries);
        File.WriteAllText(folder["Content", "Maps", "A.umap"], "ab");
        Assert.True(seen.Add(Look()));
        File.SetLastWriteTimeUtc(folder["Content", "Maps", "A.umap"], new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.True(seen.Add(Look()));
        File.Move(folder["Content", "Maps", "A.umap"], folder["Content", "Maps", "B.umap"]);
        Assert.True(seen.Add(Look()));
        File.Delete(folder["Content", "Maps", "B.umap"]);
        Assert.True(seen.Add(Look()));
        Assert.Equal(0, ContentState.Look([folder["nowhere"]], CancellationToken.None).Entries);
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateSymbolicLink(folder["Content", "loop"], folder["Content"]);
            Assert.Equal(3, Look().Entries);
        }

        ContentState Look() => ContentState.Look([folder["Content"]], CancellationToken.None);
    }

    private void At(int second, int changedAt) =>
        _states[TimeSpan.FromSeconds(second)] = new ContentState(ManualTime.Start.AddSeconds(changedAt), 5, changedAt);

    private Task<QuietMoment> RunAsync() => _time.RunAsync(new QuietWait(_time, _ =>
    {
        _looks++;
        return _states.Last(state => state.Key <= _time.Elapsed).Value;
    }).RunAsync(Ten, Limit, () => _begun++, CancellationToken.None));
}
