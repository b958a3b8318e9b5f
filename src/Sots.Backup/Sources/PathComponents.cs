namespace Sots.Backup.Sources;

/// <summary>
/// The components of a path, found once so that many patterns can look at them. A leading separator is not a component but
/// <see cref="IsRooted"/>; "/" alone has one empty component, as in restic. Nothing is copied.
/// </summary>
public readonly ref struct PathComponents
{
    /// <summary>Length of the scratch space that avoids an allocation for all but the deepest paths.</summary>
    public const int ScratchLength = 96;

    private readonly ReadOnlySpan<byte> _path;
    private readonly ReadOnlySpan<int> _starts;

    private PathComponents(ReadOnlySpan<byte> path, ReadOnlySpan<int> starts, bool isRooted)
    {
        _path = path;
        _starts = starts;
        IsRooted = isRooted;
    }

    /// <summary>True where the path starts with a separator, false for a drive or a relative path.</summary>
    public bool IsRooted { get; }

    /// <summary>Number of components.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>A component, without separators.</summary>
    public ReadOnlySpan<byte> this[int index] => _path[_starts[index]..(_starts[index + 1] - 1)];

    /// <summary>The path below its first components, as if those were the root.</summary>
    public PathComponents Below(int count) => new(_path, _starts[count..], isRooted: true);

    /// <summary>Finds the components.</summary>
    /// <param name="path">A path; on Windows a prefix <c>\\?\</c> does not count.</param>
    /// <param name="style">How the path is written.</param>
    /// <param name="scratch">Where the positions go; <see cref="ScratchLength"/> long for preference.</param>
    public static PathComponents Split(ReadOnlySpan<byte> path, PathStyle style, Span<int> scratch)
    {
        if (style.HasDriveLetters && path.StartsWith(@"\\?\"u8))
        {
            path = path.StartsWith(@"\\?\UNC\"u8) ? path[@"\\?\UNC"u8.Length..] : path[@"\\?\"u8.Length..];
        }

        bool rooted = path.Length > 0 && style.IsSeparator(path[0]);
        int start = rooted ? 1 : 0;
        int needed = 2;
        for (int i = start; i < path.Length; i++)
        {
            needed += style.IsSeparator(path[i]) ? 1 : 0;
        }

        Span<int> starts = needed <= scratch.Length ? scratch[..needed] : new int[needed];
        starts[0] = start;
        int count = 1;
        for (int i = start; i < path.Length; i++)
        {
            if (style.IsSeparator(path[i]))
            {
                starts[count++] = i + 1;
            }
        }

        starts[count] = path.Length + 1;
        return new PathComponents(path, starts, rooted);
    }
}
