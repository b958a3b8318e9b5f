namespace Sots.Unreal.Packages;

/// <summary>Points to an object of the tables: 0 none, above 0 an export, below 0 an import.</summary>
/// <param name="Value">The number as stored.</param>
public readonly record struct PackageIndex(int Value)
{
    /// <summary>Place in the exports, or -1.</summary>
    public int Export => Value > 0 ? Value - 1 : -1;

    /// <summary>Place in the imports, or -1.</summary>
    public int Import => Value < 0 ? -(Value + 1) : -1;

    /// <summary>Whether it points to nothing.</summary>
    public bool IsNone => Value == 0;
}

/// <summary>An object of another package that this one needs.</summary>
/// <param name="ClassPackage">Package of its class.</param>
/// <param name="ClassName">Its class; "Package" for a package itself.</param>
/// <param name="Outer">The object it lies in; none for a package.</param>
/// <param name="ObjectName">Its name; the long name for a package.</param>
public readonly record struct PackageImport(string ClassPackage, string ClassName, PackageIndex Outer, string ObjectName);

/// <summary>An object of this package.</summary>
/// <param name="Class">Its class; none for a class itself.</param>
/// <param name="Super">What it derives from.</param>
/// <param name="Outer">The object it lies in; none at the top of the package.</param>
/// <param name="ObjectName">Its name.</param>
/// <param name="Flags">Flags of the object; bit 0 is public.</param>
/// <param name="SerialOffset">Where its data begins in the file, bytes.</param>
/// <param name="SerialSize">Length of its data, bytes.</param>
/// <param name="IsAsset">Whether the content browser shows it; not stored before 4.12.</param>
public readonly record struct PackageExport(
    PackageIndex Class, PackageIndex Super, PackageIndex Outer, string ObjectName, uint Flags, long SerialOffset, long SerialSize, bool IsAsset)
{
    /// <summary>Whether other packages may refer to it.</summary>
    public bool IsPublic => (Flags & 1) != 0;
}

/// <summary>An asset as the registry of the editor knows it.</summary>
/// <param name="ObjectPath">Its name in the package, or a full path for actors kept apart from their level.</param>
/// <param name="Class">Its class: short up to 5.0, "/Script/Engine.Blueprint" from 5.1 on.</param>
/// <param name="Tags">What its class tells of it, in the order of the file.</param>
public sealed record PackageAsset(string ObjectPath, string Class, IReadOnlyList<KeyValuePair<string, string>> Tags)
{
    /// <summary>The class without the package it is in.</summary>
    public string ShortClass => Class[(Class.LastIndexOf('.') + 1)..];

    /// <summary>The value of a tag, or null.</summary>
    public string? FindTag(string key)
    {
        foreach ((string name, string value) in Tags)
        {
            if (name == key)
            {
                return value;
            }
        }

        return null;
    }
}

/// <summary>A picture of an object.</summary>
/// <param name="ObjectClass">Class of the object.</param>
/// <param name="ObjectPath">Path of the object without its package.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="IsJpeg">JPEG, else PNG.</param>
/// <param name="Offset">Where the picture's bytes begin in the file.</param>
/// <param name="Length">How many they are; 0 where there is no picture.</param>
public sealed record PackageThumbnail(string ObjectClass, string ObjectPath, int Width, int Height, bool IsJpeg, int Offset, int Length);

/// <summary>A stretch of the header.</summary>
/// <param name="Name">What is in it.</param>
/// <param name="Start">First byte.</param>
/// <param name="End">Behind its last byte; -1 where it reaches to the next.</param>
public readonly record struct PackageSection(string Name, int Start, int End);
