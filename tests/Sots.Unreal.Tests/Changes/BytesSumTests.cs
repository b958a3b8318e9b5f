using Sots.Restic.Trees;
using Sots.Unreal.Changes;

namespace Sots.Unreal.Tests.Changes;

public class BytesSumTests
{
    [Theory]
    [InlineData(5UL, 3UL, 2)]
    [InlineData(3UL, 5UL, -2)]
    [InlineData(ulong.MaxValue, 0UL, long.MaxValue)]
    [InlineData(0UL, ulong.MaxValue, -long.MaxValue)]
    [InlineData(ulong.MaxValue, ulong.MaxValue - 1, 1)]
    public void A_difference_of_any_two_lengths_is_a_number(ulong after, ulong before, long difference) => Assert.Equal(difference, BytesSum.Difference(after, before));

    [Fact]
    public void Counts_of_files_of_impossible_lengths_stay_at_the_largest_number()
    {
        FileChange grown = new(ChangeKind.Added, "/Content/A.bin", null, new Node { Name = [65], Type = NodeType.File, Size = ulong.MaxValue });
        Assert.Equal(long.MaxValue, ChangeCounts.Of([grown, grown, grown]).GrowthBytes);
    }
}
