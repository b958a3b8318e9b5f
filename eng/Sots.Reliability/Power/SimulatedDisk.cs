using Microsoft.Win32.SafeHandles;
using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Reliability.Power;

/// <summary>
/// A disk in memory below the repository's own code for folders: every step that a real one would be asked for is made here and, where a
/// history is kept, written down. Thread safe.
/// </summary>
/// <param name="image">What lies on it.</param>
/// <param name="history">Told of every step that changes something; null for none.</param>
internal sealed class SimulatedDisk(DiskImage image, DiskHistory? history = null) : IDurableFiles
{
    /// <summary>Error numbers of this disk.</summary>
    public const int InputOutput = 5, NoSpace = 28, TimedOut = 110, NotEmpty = 39;

    private readonly Lock _gate = new();
    private readonly Dictionary<nint, DiskFile> _open = [];
    private nint _lastHandle;

    /// <summary>A copy of what lies on it now.</summary>
    public DiskImage Snapshot()
    {
        lock (_gate)
        {
            return image.Clone();
        }
    }

    public string FullForm(string path) => Normal(path);

    public RepositoryErrorKind KindOf(int error) => error switch
    {
        NoSpace => RepositoryErrorKind.StorageFull,
        _ => RepositoryErrorKind.Storage,
    };

    public bool IsGroupReadable(string path) => false;

    public bool FolderExists(string path)
    {
        lock (_gate)
        {
            return image.FindFolder(Normal(path)) is not null;
        }
    }

    public bool Exists(string path)
    {
        lock (_gate)
        {
            return image.Find(Normal(path)) is not null;
        }
    }

    public long? FindLength(string path)
    {
        lock (_gate)
        {
            return image.Find(Normal(path)) is DiskFile file ? file.Length : null;
        }
    }

    public List<string> Names(string folder)
    {
        lock (_gate)
        {
            return image.FindFolder(Normal(folder)) is { } found
                ? [.. found.Entries.Keys]
                : throw new DirectoryNotFoundException($"no folder: {folder}");
        }
    }

    public SafeFileHandle OpenForReading(string path, out long length)
    {
        lock (_gate)
        {
            DiskFile file = image.Find(Normal(path)) as DiskFile ?? throw new FileNotFoundException($"no file: {path}");
            length = file.Length;
            return Open(file);
        }
    }

    public int Read(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        lock (_gate)
        {
            ReadOnlySpan<byte> rest = _open[file.DangerousGetHandle()].Content[(int)offset..];
            int read = Math.Min(rest.Length, buffer.Length);
            rest[..read].CopyTo(buffer);
            return read;
        }
    }

    public bool CreateFolder(string path, bool forGroup)
    {
        lock (_gate)
        {
            (string folder, string name) = Split(path);
            if (!Above(folder).Entries.TryAdd(name, new DiskFolder()))
            {
                return false;
            }

            history?.Add(new DiskStep(DiskStepKind.MakeFolder, folder, name));
            return true;
        }
    }

    public SafeFileHandle CreateNew(string path, long length)
    {
        lock (_gate)
        {
            (string folder, string name) = Split(path);
            DiskFile file = new();
            if (!Above(folder).Entries.TryAdd(name, file))
            {
                throw new IOException($"is there: {path}");
            }

            history?.Add(new DiskStep(DiskStepKind.Create, folder, name, File: file));
            return Open(file);
        }
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        lock (_gate)
        {
            DiskFile open = _open[file.DangerousGetHandle()];
            open.Write(bytes, (int)offset);
            history?.Add(new DiskStep(DiskStepKind.Write, File: open, Length: open.Length));
        }
    }

    public bool Flush(SafeFileHandle file)
    {
        lock (_gate)
        {
            history?.Add(new DiskStep(DiskStepKind.Flush, File: _open[file.DangerousGetHandle()]));
            return true;
        }
    }

    public void Close(SafeFileHandle file)
    {
        lock (_gate)
        {
            _open.Remove(file.DangerousGetHandle());
            file.SetHandleAsInvalid();
        }
    }

    public void Rename(string from, string to)
    {
        lock (_gate)
        {
            (string folder, string name) = Split(from);
            (string newFolder, string newName) = Split(to);
            DiskFolder above = Above(folder), newAbove = Above(newFolder);
            if (!above.Entries.Remove(name, out object? entry))
            {
                throw new FileNotFoundException($"no file: {from}");
            }

            newAbove.Entries[newName] = entry;
            if (folder == newFolder)
            {
                history?.Add(new DiskStep(DiskStepKind.Rename, folder, name, newName, entry as DiskFile));
                return;
            }

            // The one folder may be on the disk without the other: the file under both names, or under none.
            history?.Add(new DiskStep(DiskStepKind.Link, newFolder, newName, File: entry as DiskFile));
            history?.Add(new DiskStep(DiskStepKind.Remove, folder, name));
        }
    }

    public bool IsOnLocalDisk(string folder) => true;

    public void FlushFolder(string path)
    {
        lock (_gate)
        {
            if (image.FindFolder(Normal(path)) is not null)
            {
                history?.Add(new DiskStep(DiskStepKind.FlushFolder, Normal(path)));
            }
        }
    }

    public void MakeReadOnly(string path, bool forGroup)
    {
        // Permissions play no part here.
    }

    public void Remove(string path)
    {
        lock (_gate)
        {
            (string folder, string name) = Split(path);
            DiskFolder above = Above(folder);
            if (!above.Entries.TryGetValue(name, out object? entry) || entry is not DiskFile)
            {
                throw new FileNotFoundException($"no file: {path}");
            }

            above.Entries.Remove(name);
            history?.Add(new DiskStep(DiskStepKind.Remove, folder, name));
        }
    }

    private SafeFileHandle Open(DiskFile file)
    {
        _open.Add(++_lastHandle, file);
        return new SafeFileHandle(_lastHandle, ownsHandle: false);
    }

    private DiskFolder Above(string folder) => image.FindFolder(folder) ?? throw new DirectoryNotFoundException($"no folder: {folder}");

    private static (string Folder, string Name) Split(string path)
    {
        string normal = Normal(path);
        int slash = normal.LastIndexOf('/');
        return (normal[..slash], normal[(slash + 1)..]);
    }

    private static string Normal(string path) => path.Replace('\\', '/').TrimEnd('/');
}
