namespace Sots.Unreal.Packages;

/// <summary>Why a file gave no header.</summary>
public enum PackageFault
{
    /// <summary>It is no package: too short, or another tag at its start.</summary>
    NotAPackage,

    /// <summary>A pointer of git-lfs stands in the place of the asset: the data is not in this project.</summary>
    LfsPointer,

    /// <summary>Nothing but zeros.</summary>
    Zeroed,

    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>Saved by an engine newer than this reader: nothing can be said about it, which is no damage.</summary>
    NewerThanKnown,

    /// <summary>Cooked without versions: no source material, and not read.</summary>
    Unversioned,

    /// <summary>The file ends before its header does.</summary>
    Truncated,

    /// <summary>The header contradicts itself or the file's length.</summary>
    Damaged,
}

/// <summary>The only error of the package reader. The message says at which offset what was expected.</summary>
/// <param name="fault">What kind of fault it is.</param>
/// <param name="message">One sentence.</param>
/// <param name="offset">Where in the file, in bytes; -1 where it is about the file as a whole.</param>
public sealed class PackageException(PackageFault fault, string message, long offset = -1)
    : Exception(offset < 0 ? message : $"{message} (offset {offset})")
{
    /// <summary>What kind of fault it is.</summary>
    public PackageFault Fault { get; } = fault;

    /// <summary>Where in the file, in bytes; -1 where it is about the file as a whole.</summary>
    public long Offset { get; } = offset;

    internal static PackageException Damage(string message, long offset) => new(PackageFault.Damaged, message, offset);
}
