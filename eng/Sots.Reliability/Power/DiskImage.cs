namespace Sots.Reliability.Power;

/// <summary>A file of a simulated disk. Bytes are only ever added, so that several images may share one.</summary>
internal sealed class DiskFile
{
    private byte[] _bytes = [];

    public DiskFile()
    {
    }

    public DiskFile(byte[] content)
    {
        _bytes = content;
        Length = content.Length;
    }

    /// <summary>Bytes it has.</summary>
    public int Length { get; private set; }

    /// <summary>Its content now.</summary>
    public ReadOnlySpan<byte> Content => _bytes.AsSpan(0, Length);

    public void Write(ReadOnlySpan<byte> bytes, int offset)
    {
        int end = offset + bytes.Length;
        if (_bytes.Length < end)
        {
            Array.Resize(ref _bytes, end);
        }

        bytes.CopyTo(_bytes.AsSpan(offset));
        Length = Math.Max(Length, end);
    }
}

/// <summary>A folder: names of files and folders.</summary>
internal sealed class DiskFolder
{
    /// <summary>What lies in it: <see cref="DiskFile"/> or <see cref="DiskFolder"/>.</summary>
    public Dictionary<string, object> Entries { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>A copy; files are shared.</summary>
    public DiskFolder Clone()
    {
        DiskFolder copy = new() { Entries = new Dictionary<string, object>(Entries, StringComparer.Ordinal) };
        foreach ((string name, object entry) in Entries)
        {
            if (entry is DiskFolder folder)
            {
                copy.Entries[name] = folder.Clone();
            }
        }

        return copy;
    }
}

/// <summary>What lies on a simulated disk at one moment. Paths are "/"-separated and absolute.</summary>
internal sealed class DiskImage
{
    public DiskImage()
        : this(new DiskFolder())
    {
    }

    private DiskImage(DiskFolder root) => Root = root;

    public DiskFolder Root { get; }

    public DiskImage Clone() => new(Root.Clone());

    /// <summary>A folder, or null.</summary>
    public DiskFolder? FindFolder(ReadOnlySpan<char> path) => Find(path) as DiskFolder;

    /// <summary>What has a path, or null.</summary>
    public object? Find(ReadOnlySpan<char> path)
    {
        DiskFolder folder = Root;
        object at = folder;
        while (path.Length > 0)
        {
            path = path[1..];
            int end = path.IndexOf('/');
            ReadOnlySpan<char> name = end < 0 ? path : path[..end];
            path = end < 0 ? [] : path[end..];
            if (name.Length > 0)
            {
                if (at is not DiskFolder inner || !inner.Entries.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out object? next))
                {
                    return null;
                }

                at = next;
            }
        }

        return at;
    }

    /// <summary>All files with their paths.</summary>
    public IEnumerable<(string Path, DiskFile File)> Files()
    {
        Stack<(string Path, DiskFolder Folder)> waiting = new([("", Root)]);
        while (waiting.TryPop(out (string Path, DiskFolder Folder) at))
        {
            foreach ((string name, object entry) in at.Folder.Entries)
            {
                if (entry is DiskFolder folder)
                {
                    waiting.Push(($"{at.Path}/{name}", folder));
                }
                else
                {
                    yield return ($"{at.Path}/{name}", (DiskFile)entry);
                }
            }
        }
    }

    /// <summary>Writes everything below a path to a real folder, for programs that cannot read a simulated disk.</summary>
    public void WriteTo(string path, string folder)
    {
        Stack<(DiskFolder From, string To)> waiting = new([(FindFolder(path)!, folder)]);
        while (waiting.TryPop(out (DiskFolder From, string To) at))
        {
            Directory.CreateDirectory(at.To);
            foreach ((string name, object entry) in at.From.Entries)
            {
                if (entry is DiskFolder below)
                {
                    waiting.Push((below, Path.Combine(at.To, name)));
                }
                else
                {
                    File.WriteAllBytes(Path.Combine(at.To, name), ((DiskFile)entry).Content);
                }
            }
        }
    }
}
