namespace Sots.Unreal.Packages;

/// <summary>A property of an object, as the package stores it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The name of its kind, "StructProperty".</param>
/// <param name="Struct">Of a struct, the name of that; else empty.</param>
/// <param name="Offset">Where its value begins in the object's data.</param>
/// <param name="Length">How long the value is, bytes.</param>
internal readonly record struct TaggedProperty(string Name, string Type, string Struct, int Offset, int Length);

/// <summary>
/// Reads the list of properties with which the data of an object of Unreal Engine 5 begins: names, kinds and lengths; values are left as they are. All or
/// nothing: a list that is not understood to its end is none. Source: docs/UNREAL-PACKAGES.md, "Properties of objects".
/// </summary>
internal static class TaggedProperties
{
    private const int MostProperties = 4096, MostTypeParts = 64, GuidLength = 16, ArrayIndexFlag = 1, GuidFlag = 2, ExtensionFlag = 4, KnownFlags = 31;
    private const int OverriddenExtension = 2;

    /// <summary>The properties of an object.</summary>
    /// <param name="header">Header of its package.</param>
    /// <param name="data">All data of the object.</param>
    /// <returns>Null where the data is not such a list.</returns>
    public static IReadOnlyList<TaggedProperty>? Find(PackageHeader header, ReadOnlySpan<byte> data)
    {
        try
        {
            return Read(header, data);
        }
        catch (PackageException)
        {
            return null;
        }
    }

    private static List<TaggedProperty> Read(PackageHeader header, ReadOnlySpan<byte> data)
    {
        PackageSummary summary = header.Summary;
        PackageCursor at = new(data, 0, summary.IsBigEndian);
        if (summary.HasUE5(PackageGates.PropertyExtensions) && (at.Byte() & OverriddenExtension) != 0)
        {
            at.Skip(1);
        }

        List<TaggedProperty> properties = [];
        while (properties.Count < MostProperties)
        {
            string name = Name(ref at, header);
            if (name == "None")
            {
                return properties;
            }

            properties.Add(summary.HasUE5(PackageGates.CompleteTypeNames) ? Complete(ref at, header, name) : Older(ref at, header, name));
        }

        throw PackageException.Damage("the properties of an object have no end", at.Position);
    }

    /// <summary>From 5.4 on: the kind is a tree of names.</summary>
    private static TaggedProperty Complete(ref PackageCursor at, PackageHeader header, string name)
    {
        (string type, string inner) = ("", "");
        int open = 1;
        for (int part = 0; open > 0; part++)
        {
            if (part == MostTypeParts)
            {
                throw PackageException.Damage("the kind of a property has no end", at.Position);
            }

            string word = Name(ref at, header);
            (type, inner) = part == 0 ? (word, "") : part == 1 ? (type, word) : (type, inner);
            int below = at.Int32();
            if (below is < 0 or > MostTypeParts)
            {
                throw PackageException.Damage("the kind of a property has a wrong number of parts", at.Position);
            }

            open += below - 1;
        }

        int length = at.Int32();
        int flags = at.Byte();
        if ((flags & ~KnownFlags) != 0)
        {
            throw PackageException.Damage("a property has flags that are not known", at.Position);
        }

        at.Skip((flags & ArrayIndexFlag) != 0 ? sizeof(int) : 0);
        at.Skip((flags & GuidFlag) != 0 ? GuidLength : 0);
        SkipExtension(ref at, (flags & ExtensionFlag) != 0);
        return Value(ref at, name, type, type == "StructProperty" ? inner : "", length);
    }

    private static TaggedProperty Older(ref PackageCursor at, PackageHeader header, string name)
    {
        string type = Name(ref at, header), inner = "";
        int length = at.Int32();
        at.Skip(sizeof(int)); // index in an array
        switch (type)
        {
            case "StructProperty":
                inner = Name(ref at, header);
                at.Skip(GuidLength);
                break;
            case "BoolProperty":
                at.Skip(1);
                break;
            case "ByteProperty" or "EnumProperty" or "ArrayProperty" or "SetProperty" or "OptionalProperty":
                Name(ref at, header);
                break;
            case "MapProperty":
                Name(ref at, header);
                Name(ref at, header);
                break;
            default:
                break;
        }

        at.Skip(at.Byte() != 0 ? GuidLength : 0);
        SkipExtension(ref at, header.Summary.HasUE5(PackageGates.PropertyExtensions));
        return Value(ref at, name, type, inner, length);
    }

    private static void SkipExtension(ref PackageCursor at, bool isThere)
    {
        if (isThere && (at.Byte() & OverriddenExtension) != 0)
        {
            at.Skip(1 + sizeof(uint));
        }
    }

    private static TaggedProperty Value(ref PackageCursor at, string name, string type, string inner, int length)
    {
        int offset = at.Position;
        at.Skip(length < 0 ? long.MaxValue : length);
        return new TaggedProperty(name, type, inner, offset, length);
    }

    private static string Name(ref PackageCursor at, PackageHeader header)
    {
        NameReference name = at.Name();
        return name.Index >= 0 && name.Index < header.Names.Count && name.Number >= 0
            ? name.Number == 0 ? header.Names[name.Index] : $"{header.Names[name.Index]}_{name.Number - 1}"
            : throw PackageException.Damage("a property has a name that is not in the list", at.Position);
    }
}
