namespace Sots.Backup.Sources;

/// <summary>
/// One pattern of restic's exclude language, compiled. "foo/*.tmp" fits a consecutive run of components anywhere in a path, "/foo" only at
/// its start; "**" stands for any number of components; a leading "!" takes back what earlier patterns of the list matched. A pattern need
/// not reach the end of a path, so it matches everything below a directory it matches. Immutable, thread safe.
/// </summary>
public sealed class ExcludePattern
{
    private readonly ComponentPattern[][] _segments;
    private readonly bool _isRooted;
    private readonly int _fixedLength;

    private ExcludePattern(string text, bool isNegated, bool isRooted, ComponentPattern[][] segments)
    {
        Text = text;
        IsNegated = isNegated;
        _isRooted = isRooted;
        _segments = segments;
        _fixedLength = segments.Sum(static segment => segment.Length);
    }

    /// <summary>The pattern as it was given.</summary>
    public string Text { get; }

    /// <summary>True where it starts with "!".</summary>
    public bool IsNegated { get; }

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern; not empty.</param>
    /// <param name="style">How the pattern is written.</param>
    /// <param name="ignoreCase">Whether it is meant for paths in <see cref="SimpleLowerCase"/>.</param>
    /// <param name="problem">What is wrong with it, to be read after the pattern, where the answer is null.</param>
    public static ExcludePattern? Parse(string text, PathStyle style, bool ignoreCase, out string? problem)
    {
        bool negated = text.StartsWith('!');
        string clean = PatternPath.Clean(negated ? text[1..] : text, style);
        bool rooted = clean.StartsWith('/');
        List<ComponentPattern[]> segments = [];
        List<ComponentPattern> segment = [];
        foreach (string component in (rooted ? clean[1..] : clean).Split('/'))
        {
            // Only "/", "C:/" and "//server" leave an empty component behind: everything below.
            if (component is "" or "**")
            {
                segments.Add([.. segment]);
                segment.Clear();
                continue;
            }

            byte[] bytes = PathText.ToBytes(component);
            ComponentPattern? compiled =
                ComponentPattern.Parse(ignoreCase ? SimpleLowerCase.Of(bytes) : bytes, style.BackslashEscapes, out problem);
            if (compiled is null)
            {
                return null;
            }

            segment.Add(compiled);
        }

        segments.Add([.. segment]);
        problem = null;
        return new ExcludePattern(text, negated, rooted, [.. segments]);
    }

    /// <summary>Whether the path or a directory above it fits; "!" is left to the list.</summary>
    public bool Matches(in PathComponents path)
    {
        if (_isRooted)
        {
            return path.IsRooted && MatchesFrom(path, 0);
        }

        if (_fixedLength == 0)
        {
            return Slack(path, 1) >= 0 && path.Count > 0;
        }

        for (int offset = path.Count - _fixedLength; offset >= 0; offset--)
        {
            if (MatchesFrom(path, offset))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether something below the directory could fit. Only a rooted pattern can tell that nothing does.</summary>
    public bool MayMatchBelow(in PathComponents directory)
    {
        if (!_isRooted)
        {
            return true;
        }

        if (!directory.IsRooted)
        {
            return false;
        }

        ComponentPattern[] head = _segments[0];
        int shared = Math.Min(head.Length, directory.Count);
        return FitsAt(head, shared, directory, 0);
    }

    /// <summary>Each segment takes the first place where it fits: that leaves most room for those behind it.</summary>
    private bool MatchesFrom(in PathComponents path, int offset)
    {
        ComponentPattern[] head = _segments[0];
        if (offset + _fixedLength > path.Count || !FitsAt(head, head.Length, path, offset))
        {
            return false;
        }

        int at = offset + head.Length;
        int skipped = 0;
        for (int i = 1; i < _segments.Length; i++)
        {
            ComponentPattern[] segment = _segments[i];
            int slack = Slack(path, i);
            while (skipped <= slack && at + segment.Length <= path.Count && !FitsAt(segment, segment.Length, path, at))
            {
                at++;
                skipped++;
            }

            at += segment.Length;
            if (skipped > slack || at > path.Count)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// How many components the first wildcards may stand for together. restic expands "**" from left to right and counts each one not yet
    /// expanded as a component, so "/a/**/b/**" does not match "/a/b" though every "**" may be nothing. The results are kept, not improved:
    /// the same list has to save the same files.
    /// </summary>
    private int Slack(in PathComponents path, int wildcards)
    {
        int pathLength = path.Count + (path.IsRooted ? 1 : 0);
        int patternLength = _fixedLength + _segments.Length - 1 + (_isRooted ? 1 : 0);
        return pathLength - patternLength + wildcards;
    }

    private static bool FitsAt(ComponentPattern[] segment, int length, in PathComponents path, int offset)
    {
        // From the end: names differ there more often than the folders that hold them.
        for (int i = length - 1; i >= 0; i--)
        {
            if (!segment[i].Matches(path[offset + i]))
            {
                return false;
            }
        }

        return true;
    }
}
