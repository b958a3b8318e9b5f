using Sots.Unreal.Changes;

namespace Sots.Testing.Unreal;

/// <summary>Writes the package of an actor that stands somewhere in its level, from docs/UNREAL-PACKAGES.md, "Properties of objects".</summary>
internal static class ActorPackage
{
    /// <summary>Names that stand before those of the objects in every package of the writer.</summary>
    private const int OwnNames = 7;

    // The writer makes an object of each, and with it a name. All objects have the same data: the root component is found in it, and its place.
    private static readonly string[] Names =
        ["Root", "RootComponent", "ObjectProperty", "RelativeLocation", "RelativeRotation", "RelativeScale3D", "StructProperty", "Vector", "Rotator", "bHidden", "BoolProperty"];

    /// <summary>The file.</summary>
    /// <param name="level">Path of its level below Content.</param>
    /// <param name="name">Name of its file.</param>
    /// <param name="label">Its label.</param>
    /// <param name="place">Where it stands; null for a package that does not say.</param>
    /// <param name="version5">Version, 1004 or more.</param>
    /// <param name="text">Something else about it.</param>
    public static byte[] Write(string level, string name, string label, ActorPlace? place, int version5 = 1018, string text = "") => new PackageWriter
    {
        Version5 = version5, PackageName = $"/Game/__ExternalActors__/{level}/1/2X/{name}", Class = "/Script/Engine.StaticMeshActor", Objects = Names,
        ObjectPath = $"/Game/{level}.{level[(level.LastIndexOf('/') + 1)..]}:PersistentLevel.{name}", Tags = [("ActorLabel", label), ("Text", text)],
        Data = place is null ? new byte[100] : Properties(place, version5),
    }.Write();

    private static byte[] Properties(ActorPlace place, int version5)
    {
        PackageBytes at = new();
        at.Zeros(version5 >= 1011 ? 1 : 0);
        Tag(at, version5, "bHidden", "BoolProperty", "", 0);
        Tag(at, version5, "RootComponent", "ObjectProperty", "", sizeof(int));
        at.Int32(2);
        foreach ((string name, string type, ActorVector? vector) in new[]
        {
            ("RelativeLocation", "Vector", place.Location), ("RelativeRotation", "Rotator", place.Rotation), ("RelativeScale3D", "Vector", place.Scale),
        })
        {
            if (vector is { } stored)
            {
                Tag(at, version5, name, "StructProperty", type, 3 * sizeof(double));
                foreach (double number in (double[])[stored.X, stored.Y, stored.Z])
                {
                    at.Int64(BitConverter.DoubleToInt64Bits(number));
                }
            }
        }

        at.Zeros(8); // None
        at.Zeros(20);
        return at.ToArray();
    }

    private static void Tag(PackageBytes at, int version5, string name, string type, string inner, int length)
    {
        Name(at, name);
        Name(at, type);
        if (version5 >= 1012)
        {
            at.Int32(inner.Length > 0 ? 1 : 0);
            if (inner.Length > 0)
            {
                Name(at, inner);
                at.Int32(0);
            }

            at.Int32(length);
            at.Byte((byte)(type == "BoolProperty" ? 16 : 0));
            return;
        }

        at.Int32(length);
        at.Int32(0);
        if (inner.Length > 0)
        {
            Name(at, inner);
            at.Zeros(16);
        }

        at.Zeros(type == "BoolProperty" ? 1 : 0);
        at.Byte(0);
        at.Zeros(version5 >= 1011 ? 1 : 0);
    }

    private static void Name(PackageBytes at, string name)
    {
        at.Int32(OwnNames + Array.IndexOf(Names, name));
        at.Int32(0);
    }
}
