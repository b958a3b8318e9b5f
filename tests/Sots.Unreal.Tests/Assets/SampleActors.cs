using Sots.Restic;
using Sots.Unreal.Assets;

namespace Sots.Unreal.Tests.Assets;

/// <summary>Facts such as actors have that lie in files of their own: names as long as the editor makes them.</summary>
internal sealed class SampleActors(int seed)
{
    private const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private readonly Random _random = new(seed);

    /// <summary>What stands for the content of an actor.</summary>
    public static ContentId IdOf(int number) => ContentId.Of(BitConverter.GetBytes(number));

    /// <summary>The facts of one more actor.</summary>
    public AssetFacts Next()
    {
        string hash = string.Concat(Enumerable.Range(0, 25).Select(_ => Letters[_random.Next(Letters.Length)]));
        string[] meshes = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => $"/Game/Environment/Harbour/Meshes/SM_Harbour_Piece_{_random.Next(800):d3}")];
        return new AssetFacts
        {
            PackageName = $"/Game/__ExternalActors__/Maps/Districts/Harbour/Town/{hash[0]}/{hash[1..3]}/{hash[3..]}",
            ObjectPath = $"/Game/Maps/Districts/Harbour/Town.Town:PersistentLevel.StaticMeshActor_UAID_A85E45CFEB5F{_random.Next(1 << 24):X6}_{_random.Next():d10}",
            Label = $"SM_Harbour_Piece_{_random.Next(100_000)}", Class = "StaticMeshActor", Engine = "5.4", Version = 522 + 1012,
            HardDependencies = ["/Game/Maps/Districts/Harbour/Town", .. meshes], SoftDependencies = ["/Engine/EngineMaterials/WorldGridMaterial"],
        };
    }
}
