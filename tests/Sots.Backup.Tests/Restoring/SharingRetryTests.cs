using Sots.Backup.Restoring;

namespace Sots.Backup.Tests.Restoring;

public sealed class SharingRetryTests
{
    private readonly List<TimeSpan> _waits = [];

    [Fact]
    public void Success_is_not_waited_for()
    {
        Assert.Equal(0, SharingRetry.Run(() => 0, _waits.Add));
        Assert.Empty(_waits);
    }

    [Fact]
    public void Other_errors_are_final()
    {
        Assert.Equal(112, SharingRetry.Run(() => 112, _waits.Add));
        Assert.Empty(_waits);
    }

    [Fact]
    public void A_sharing_violation_that_passes_is_none()
    {
        int calls = 0;
        Assert.Equal(0, SharingRetry.Run(() => ++calls < 4 ? 32 : 0, _waits.Add));
        Assert.Equal(3, _waits.Count);
    }

    [Theory]
    [InlineData(32, 5)]
    [InlineData(33, 5)]
    [InlineData(5, 2)]
    public void Patience_ends_within_two_seconds(int error, int waits)
    {
        Assert.Equal(error, SharingRetry.Run(() => error, _waits.Add));
        Assert.Equal(waits, _waits.Count);
        Assert.InRange(_waits.Sum(wait => wait.TotalSeconds), 0.05, 2.0);
    }
}
