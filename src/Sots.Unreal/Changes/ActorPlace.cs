using System.Buffers.Binary;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Changes;

/// <summary>
/// Where an actor stands in its level: location, rotation and scale of its root component, as stored. What is not stored is as the class of
/// the component has it, which is nowhere in the package.
/// </summary>
/// <param name="Location">X, Y, Z; null where not stored.</param>
/// <param name="Rotation">Pitch, yaw, roll in degrees; null where not stored.</param>
/// <param name="Scale">X, Y, Z; null where not stored.</param>
public sealed record ActorPlace(ActorVector? Location, ActorVector? Rotation, ActorVector? Scale)
{
    private const int FirstLargeWorld = 1004;

    /// <summary>In centimetres, degrees and shares; what is nearer than this comes from arithmetic and not from a hand.</summary>
    private const double NearLocation = 0.01, NearRotation = 0.01, NearScale = 0.0001;

    /// <summary>Whether another place is certainly another one.</summary>
    public bool IsElsewhere(ActorPlace other) =>
        Differ(Location, other.Location, default, NearLocation)
        || Differ(Rotation, other.Rotation, default, NearRotation, turn: 360)
        || Differ(Scale, other.Scale, new ActorVector(1, 1, 1), NearScale);

    /// <summary>What is not stored is what a root component has by itself: at the origin, not turned, not scaled.</summary>
    private static bool Differ(ActorVector? one, ActorVector? other, ActorVector unset, double near, double turn = 0)
    {
        ActorVector a = one ?? unset, b = other ?? unset;
        return Apart(a.X, b.X) || Apart(a.Y, b.Y) || Apart(a.Z, b.Z);

        // The same numbers are no distance apart, even those that are none (a broken transform is stored as infinity or NaN).
        bool Apart(double here, double there) => !here.Equals(there) && !(Math.Abs(turn > 0 ? Math.IEEERemainder(here - there, turn) : here - there) <= near);
    }

    /// <summary>Finds it in a package.</summary>
    /// <param name="header">Header of the package.</param>
    /// <param name="file">All of the package.</param>
    /// <returns>Null where it cannot be told for certain.</returns>
    public static ActorPlace? Find(PackageHeader header, ReadOnlySpan<byte> file)
    {
        if (header.MainAsset is not { } asset || header.Summary.FileVersionUE5 < FirstLargeWorld || header.Summary.IsBigEndian)
        {
            return null;
        }

        string name = asset.ObjectPath[(asset.ObjectPath.LastIndexOf('.') + 1)..];
        int[] actors = [.. Enumerable.Range(0, header.Exports.Count).Where(i => header.Exports[i].ObjectName == name)];
        return actors is [var actor]
            && DataOf(header, file, actor, out ReadOnlySpan<byte> actorData)
            && Single(TaggedProperties.Find(header, actorData), "RootComponent") is { Type: "ObjectProperty", Length: sizeof(int) } root
            && DataOf(header, file, new PackageIndex(BinaryPrimitives.ReadInt32LittleEndian(actorData[root.Offset..])).Export, out ReadOnlySpan<byte> rootData)
            && TaggedProperties.Find(header, rootData) is { } properties
            && TryVector(properties, rootData, "RelativeLocation", "Vector", out ActorVector? location)
            && TryVector(properties, rootData, "RelativeRotation", "Rotator", out ActorVector? rotation)
            && TryVector(properties, rootData, "RelativeScale3D", "Vector", out ActorVector? scale)
            ? new ActorPlace(location, rotation, scale) : null;
    }

    private static bool DataOf(PackageHeader header, ReadOnlySpan<byte> file, int export, out ReadOnlySpan<byte> data)
    {
        data = default;
        if (export < 0 || export >= header.Exports.Count)
        {
            return false;
        }

        PackageExport found = header.Exports[export];
        bool isInside = found.SerialOffset >= 0 && found.SerialSize >= 0 && found.SerialOffset <= file.Length && found.SerialSize <= file.Length - found.SerialOffset;
        data = isInside ? file.Slice((int)found.SerialOffset, (int)found.SerialSize) : default;
        return isInside;
    }

    private static TaggedProperty? Single(IReadOnlyList<TaggedProperty>? properties, string name) =>
        properties?.Where(property => property.Name == name).ToArray() is [var one] ? one : null;

    /// <summary>False where something of that name is stored that is no vector.</summary>
    private static bool TryVector(IReadOnlyList<TaggedProperty> properties, ReadOnlySpan<byte> data, string name, string type, out ActorVector? vector)
    {
        vector = null;
        switch (properties.Where(property => property.Name == name).ToArray())
        {
            case []:
                return true;
            case [{ Type: "StructProperty", Length: 3 * sizeof(double) } stored] when stored.Struct == type:
                ReadOnlySpan<byte> value = data.Slice(stored.Offset, stored.Length);
                vector = new ActorVector(
                    BinaryPrimitives.ReadDoubleLittleEndian(value), BinaryPrimitives.ReadDoubleLittleEndian(value[sizeof(double)..]),
                    BinaryPrimitives.ReadDoubleLittleEndian(value[(2 * sizeof(double))..]));
                return true;
            default:
                return false;
        }
    }
}

/// <summary>Three numbers.</summary>
/// <param name="X">X, or pitch.</param>
/// <param name="Y">Y, or yaw.</param>
/// <param name="Z">Z, or roll.</param>
public readonly record struct ActorVector(double X, double Y, double Z);
