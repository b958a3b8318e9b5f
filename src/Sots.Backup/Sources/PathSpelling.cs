namespace Sots.Backup.Sources;

/// <summary>
/// How a folder is spelled. Where upper and lower case are the same, one folder has many spellings: an editor says <c>d:\game</c>, a terminal
/// <c>D:\Game</c>. A snapshot records one, and by it the next backup and every restore find it again. Thread safe.
/// </summary>
public abstract class PathSpelling
{
    /// <summary>This system's way.</summary>
    public static PathSpelling Current { get; } = OperatingSystem.IsWindows() ? new WindowsPathSpelling() : new ExactPathSpelling();

    /// <summary>The path as the disk spells it; what cannot be looked up stays as it is. Links are not followed.</summary>
    /// <param name="path">Absolute and cleaned, without a separator at its end unless it is a root.</param>
    public abstract string OnDisk(string path);

    /// <summary>For systems on which another spelling is another name.</summary>
    private sealed class ExactPathSpelling : PathSpelling
    {
        public override string OnDisk(string path) => path;
    }
}
