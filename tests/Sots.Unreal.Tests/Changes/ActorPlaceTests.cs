using Sots.Testing.Unreal;
using Sots.Unreal.Changes;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Tests.Changes;

/// <summary>Where an actor stands is read only where it is certain. Source: docs/UNREAL-PACKAGES.md, "Properties of objects".</summary>
public sealed class ActorPlaceTests
{
    private static readonly ActorPlace Here = new(new ActorVector(100, -200.5, 30), new ActorVector(0, 90, 0), new ActorVector(2, 2, 2));

    [Theory]
    [InlineData(1004)]
    [InlineData(1009)]
    [InlineData(1011)]
    [InlineData(1012)]
    [InlineData(1018)]
    public void A_place_comes_back(int version5)
    {
        Assert.Equal(Here, Find(ActorPackage.Write("Maps/Arena", "A", "Tree", Here, version5)));
        ActorPlace bare = new(null, null, null);
        Assert.Equal(bare, Find(ActorPackage.Write("Maps/Arena", "A", "Tree", bare, version5)));
    }

    [Fact]
    public void Nothing_is_said_of_a_package_that_cannot_be_understood()
    {
        Assert.Null(Find(ActorPackage.Write("Maps/Arena", "A", "Tree", null)));
        Assert.Null(Find(ActorPackage.Write("Maps/Arena", "A", "Tree", Here, 1003)));
        Assert.Null(Find(new PackageWriter().Write()));
        byte[] whole = ActorPackage.Write("Maps/Arena", "A", "Tree", Here);
        int header = PackageReader.Read(whole, whole.Length).Summary.TotalHeaderSize;
        for (int i = header; i < whole.Length; i++)
        {
            foreach (byte value in (byte[])[0, 0x7F, 0xFF])
            {
                byte[] other = [.. whole];
                other[i] = value;
                Find(other);
            }
        }
    }

    [Fact]
    public void An_actor_stands_elsewhere_only_where_there_is_no_doubt()
    {
        Assert.False(Here.IsElsewhere(Here));
        Assert.True(Here.IsElsewhere(Here with { Location = new ActorVector(101, -200.5, 30) }));
        Assert.True(Here.IsElsewhere(Here with { Rotation = new ActorVector(0, 91, 0) }));
        Assert.True(Here.IsElsewhere(Here with { Scale = null }));
        Assert.True(Here.IsElsewhere(Here with { Location = new ActorVector(double.NaN, -200.5, 30) }));
        Assert.All((double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity], static broken =>
        {
            ActorPlace nowhere = Here with { Location = new ActorVector(broken, 0, 0), Rotation = new ActorVector(0, broken, 0) };
            Assert.False(nowhere.IsElsewhere(nowhere with { }), "a broken transform that stays as it is has not moved");
        });
        Assert.False(Here.IsElsewhere(Here with { Location = new ActorVector(100.000001, -200.5, 30) }), "what arithmetic does is no move");
        Assert.False(Here.IsElsewhere(Here with { Rotation = new ActorVector(0, -270, 360) }), "a whole turn is none");
        Assert.False(new ActorPlace(null, null, null).IsElsewhere(new ActorPlace(default(ActorVector), default(ActorVector), new ActorVector(1, 1, 1))), "what is not stored is the origin");
    }

    private static ActorPlace? Find(byte[] file) => ActorPlace.Find(PackageReader.Read(file, file.Length), file);
}
