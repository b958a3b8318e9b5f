namespace Sots.Backup.Sources;

/// <summary>How a system writes paths, as far as patterns have to know. A value, so that the rules of one system can be tested on another.</summary>
public sealed class PathStyle
{
    private PathStyle(bool driveLetters) => HasDriveLetters = driveLetters;

    /// <summary>"/" separates, "\" takes the next character of a pattern literally, a path starts with "/".</summary>
    public static PathStyle Unix { get; } = new(driveLetters: false);

    /// <summary>"\" and "/" separate, nothing escapes, a path starts with a drive such as "C:".</summary>
    public static PathStyle Windows { get; } = new(driveLetters: true);

    /// <summary>The style of the system this runs on.</summary>
    public static PathStyle Native { get; } = OperatingSystem.IsWindows() ? Windows : Unix;

    /// <summary>True where the first component of an absolute path is a drive.</summary>
    public bool HasDriveLetters { get; }

    /// <summary>True where "\" in a pattern makes the next character literal; it separates components otherwise.</summary>
    public bool BackslashEscapes => !HasDriveLetters;

    /// <summary>What paths are written with.</summary>
    public char Separator => HasDriveLetters ? '\\' : '/';

    /// <summary>Whether the byte or character stands between components.</summary>
    public bool IsSeparator(int value) => value == '/' || (value == '\\' && HasDriveLetters);
}
