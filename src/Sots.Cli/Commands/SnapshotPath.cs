namespace Sots.Cli.Commands;

/// <summary>Where an absolute path that a snapshot records is found in its tree.</summary>
internal static class SnapshotPath
{
    /// <summary><c>/a/b</c> stays, <c>C:\a\b</c> becomes <c>/C/a/b</c>, whatever system this is.</summary>
    public static string OfTarget(string path)
    {
        bool hasDrive = path.Length >= 2 && path[1] == ':' && char.IsAsciiLetter(path[0]);
        return hasDrive ? $"/{path[0]}{path[2..].Replace('\\', '/')}" : path.StartsWith(@"\\", StringComparison.Ordinal) ? path.Replace('\\', '/') : path;
    }

    /// <summary>The last component.</summary>
    public static string NameOf(string path) => OfTarget(path).TrimEnd('/').Split('/')[^1];
}
