namespace Sots.Reliability.Load;

/// <summary>A folder of a tree that exists nowhere. Immutable once it is made.</summary>
/// <param name="Number">Its number, for times and inodes.</param>
/// <param name="First">The first of its files' numbers.</param>
/// <param name="Count">How many files it has: numbers that follow one another.</param>
internal sealed record GeneratedFolder(int Number, int First, int Count)
{
    /// <summary>Folders in it, by name.</summary>
    public SortedDictionary<string, GeneratedFolder> Folders { get; init; } = new(StringComparer.Ordinal);
}

/// <summary>
/// A tree whose folders are listed and whose files are only numbers: name, length, version and presence follow from the number, the day
/// and the seed. Between two days about one file in a hundred is edited, one in five hundred goes, and as many come. Thread safe.
/// </summary>
/// <param name="seed">Start of all chance.</param>
internal abstract class GeneratedTree(int seed)
{
    /// <summary>Days in the life of a tree, counted from 0.</summary>
    public const int Days = 8;

    private const double Edited = 0.01, Gone = 0.002, Late = 0.002;

    /// <summary>The top.</summary>
    public abstract GeneratedFolder Root { get; }

    /// <summary>Numbers in use: files that are there on some day.</summary>
    public abstract int Files { get; }

    /// <summary>Name of a file, ASCII.</summary>
    public abstract string NameOf(int file);

    /// <summary>The file of a name in a folder, or -1.</summary>
    public abstract int Find(GeneratedFolder folder, string name);

    /// <summary>Bytes of a file.</summary>
    public abstract long SizeOf(int file);

    /// <summary>Whether a file is there on a day.</summary>
    public bool IsThere(int file, int day)
    {
        double chance = Chance.Share((ulong)file, (ulong)seed + 1);
        int born = chance < Late * (Days - 1) ? 1 + (int)(chance / Late) : 0;
        double end = Chance.Share((ulong)file, (ulong)seed + 2);
        int gone = end < Gone * (Days - 1) ? 1 + (int)(end / Gone) : Days;
        return day >= born && (day < gone || gone <= born);
    }

    /// <summary>The last day up to this one on which a file was edited; 0 where it is as it was made.</summary>
    public int VersionOf(int file, int day)
    {
        while (day > 0 && Chance.Share((ulong)file, (ulong)(seed + 100 + day)) >= Edited)
        {
            day--;
        }

        return day;
    }

    /// <summary>What a file holds on a day: the number of a content.</summary>
    public ulong ContentOf(int file, int day) => Chance.Of((ulong)TwinOf(file), (ulong)VersionOf(file, day) + 1);

    /// <summary>One file in sixteen is a copy of another, until one of them is edited; the others are their own twins.</summary>
    protected static int TwinOf(int file) => file % 16 == 15 ? file - 15 : file;
}
