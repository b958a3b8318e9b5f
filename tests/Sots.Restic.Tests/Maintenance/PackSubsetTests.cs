using Sots.Restic.Backends;
using Sots.Restic.Maintenance;

namespace Sots.Restic.Tests.Maintenance;

public class PackSubsetTests
{
    private static readonly StoredFile[] Packs =
        [.. Enumerable.Range(0, 1000).Select(i => new StoredFile(ContentId.Of(BitConverter.GetBytes(i)), 1000 + i))];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(256)]
    public void All_parts_together_are_all_packs_each_once(int of) =>
        Assert.Equal(
            Packs.Select(pack => pack.Name).Order(),
            Enumerable.Range(1, of).SelectMany(part => PackSubset.Part(part, of).Choose(Packs)).Select(pack => pack.Name).Order());

    [Fact]
    public void A_part_is_chosen_by_the_first_byte() =>
        Assert.All(PackSubset.Part(3, 7).Choose(Packs), pack => Assert.Equal(2, pack.Name.FirstByte % 7));

    [Theory]
    [InlineData(100, 1000)]
    [InlineData(12.34, 123)]
    [InlineData(0.01, 1)]
    public void A_percentage_is_that_share_of_the_packs_and_at_least_one(double percentage, int count)
    {
        IReadOnlyList<StoredFile> chosen = PackSubset.Percentage(percentage, new Random(1)).Choose(Packs);
        Assert.Equal(count, chosen.Count);
        Assert.Equal(count, chosen.Distinct().Count());
        Assert.Empty(chosen.Except(Packs));
    }

    [Fact]
    public void A_size_is_not_exceeded_by_more_than_one_pack()
    {
        IReadOnlyList<StoredFile> chosen = PackSubset.Size(100_000, new Random(2)).Choose(Packs);
        Assert.InRange(chosen.Sum(pack => pack.Length), 90_000, 100_000);
        Assert.Single(PackSubset.Size(1, new Random(3)).Choose(Packs));
        Assert.Equal(1000, PackSubset.Size(long.MaxValue, new Random(4)).Choose(Packs).Count);
    }

    [Fact]
    public void Different_choices_differ_and_the_same_seed_gives_the_same()
    {
        IEnumerable<ContentId> Choice(int seed) => PackSubset.Percentage(10, new Random(seed)).Choose(Packs).Select(pack => pack.Name);
        Assert.Equal(Choice(5), Choice(5));
        Assert.NotEqual(Choice(5), Choice(6));
    }

    [Fact]
    public void Nothing_is_chosen_where_nothing_is()
    {
        Assert.Empty(PackSubset.None.Choose(Packs));
        Assert.Empty(PackSubset.Percentage(50, new Random(1)).Choose([]));
        Assert.Empty(PackSubset.Size(50, new Random(1)).Choose([]));
        Assert.Empty(PackSubset.All.Choose([]));
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PackSubset.Part(0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackSubset.Part(6, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackSubset.Part(1, 257));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackSubset.Percentage(0, new Random(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackSubset.Percentage(100.1, new Random(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackSubset.Percentage(double.NaN, new Random(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackSubset.Size(0, new Random(1)));
    }
}
