using System.Runtime.InteropServices;
using Sots.Backup.Native;

namespace Sots.Backup.Sources;

/// <summary>
/// A directory listed by one search that also brings every status, so no entry is opened. What the listing says of a file that another
/// program is just writing, or wrote through another hard link, may be some moments old.
/// </summary>
internal sealed unsafe class WindowsSourceDirectory : SourceDirectory
{
    private readonly NameTable _names = new();
    private readonly List<FileStatus> _statuses = [];

    /// <summary>Reads all entries.</summary>
    public WindowsSourceDirectory(DiskPath path)
    {
        string extended = WindowsPathRules.Extend(path);
        FindBuffer buffer;
        using FindHandle search = WindowsStatus.FindFirst(extended.EndsWith('\\') ? extended + "*" : extended + @"\*", &buffer);
        int error = search.IsInvalid ? Win32Error.Last : 0;

        // The root of an empty volume has not even "." in it.
        while (error == 0)
        {
            Add(path, buffer);
            error = Kernel32.FindNext(search, &buffer) ? 0 : Win32Error.Last;
        }

        if (error != Win32Error.NoMoreFiles && !(search.IsInvalid && error == Win32Error.FileNotFound))
        {
            throw WindowsSourceFileSystem.Failure("readdir", path, error);
        }

        _names.Sort();
    }

    /// <inheritdoc/>
    public override int Count => _names.Count;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> NameOf(int index) => _names[index];

    /// <inheritdoc/>
    public override bool TryGetStatus(int index, out FileStatus status)
    {
        status = _statuses[_names.OrderOf(index)];
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    private void Add(DiskPath path, in FindBuffer buffer)
    {
        fixed (char* start = buffer.Name)
        {
            ReadOnlySpan<char> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(start);
            if (name is "." or "..")
            {
                return;
            }

            if (!_names.TryAdd(PathText.ToBytes(name)))
            {
                throw new SourceException(SourceErrorKind.Other, "readdir", path, "the names of its entries take more than 1 GiB");
            }
        }

        _statuses.Add(WindowsStatus.From(buffer));
    }
}
