using Sots.Restic.Backends;

namespace Sots.Restic.Tests.Backends;

public class SharingPatienceTests
{
    private readonly List<TimeSpan> _pauses = [];

    [Fact]
    public void It_ends_within_two_seconds_with_the_last_error()
    {
        int attempts = 0;
        int result = new SharingPatience(_pauses.Add).Try(() => { attempts++; return 32; }, error => error == 32);
        Assert.Equal(32, result);
        Assert.Equal(_pauses.Count + 1, attempts);
        Assert.InRange(_pauses.Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause).TotalSeconds, 1, 2);
    }

    [Fact]
    public void It_waits_only_for_what_may_pass()
    {
        Assert.Equal(112, new SharingPatience(_pauses.Add).Try(() => 112, error => error == 32));
        Assert.Empty(_pauses);
    }

    [Fact]
    public void It_goes_on_as_soon_as_the_file_is_free()
    {
        int attempts = 0;
        Assert.Equal(0, new SharingPatience(_pauses.Add).Try(() => ++attempts < 3 ? 5 : 0, error => error == 5));
        Assert.Equal(2, _pauses.Count);
    }
}
