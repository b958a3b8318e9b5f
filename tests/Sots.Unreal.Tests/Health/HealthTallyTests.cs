using Sots.Unreal.Health;

namespace Sots.Unreal.Tests.Health;

/// <summary>What is counted, and what is remembered by name.</summary>
public sealed class HealthTallyTests
{
    private static readonly PackageFinding Newer = new(PackageCause.NewerThanKnown, "saved by a newer engine");

    [Fact]
    public void What_is_no_damage_never_crowds_out_damage()
    {
        HealthTally tally = new();
        for (int i = 0; i <= HealthTally.MostKept; i++)
        {
            tally.Add($"Content/{i}.uasset", default, 10, new PackageHealth(null, [Newer]));
        }

        tally.Add("Content/Lamp.uasset", default, 10, new PackageHealth(null, [Newer, new(PackageCause.Truncated, "cut off")]));
        tally.Add("Content/Door.uasset", default, 10, new PackageHealth(null, [new(PackageCause.Hash, "changed")]));
        Assert.Equal(["Content/Door.uasset", "Content/Lamp.uasset"], tally.Noted.Select(static noted => noted.Path));
        Assert.Equal(
            (HealthTally.MostKept + 1, 1, 1, 2), (tally.CountOf(PackageCause.NewerThanKnown), tally.CountOf(PackageCause.Truncated), tally.CountOf(PackageCause.Hash), tally.Damaged));
    }

    [Fact]
    public void Damage_beyond_the_limit_is_counted()
    {
        HealthTally tally = new();
        for (int i = 0; i < HealthTally.MostKept + 3; i++)
        {
            tally.Add($"Content/{i}.uasset", default, 10, new PackageHealth(null, [new(PackageCause.Empty, "empty")]));
        }

        Assert.Equal((HealthTally.MostKept, HealthTally.MostKept + 3), (tally.Noted.Count, tally.Damaged));
    }
}
