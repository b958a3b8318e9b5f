namespace Sots.Unreal.Packages;

/// <summary>The flags of a package that this program looks at; others may be set.</summary>
[Flags]
public enum PackageFlags : uint
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>Made by the cooker, for a game to load.</summary>
    Cooked = 0x200,

    /// <summary>Properties are stored without their names.</summary>
    UnversionedProperties = 0x2000,

    /// <summary>Holds a level.</summary>
    ContainsMap = 0x20000,

    /// <summary>Holds text to translate.</summary>
    RequiresLocalizationGather = 0x40000,

    /// <summary>What only the editor needs was left out.</summary>
    FilterEditorOnly = 0x80000000,
}
