using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Sots.Restic.Backends;

/// <summary>
/// A repository in a folder. Files appear under their final names only when they are on the disk; reading refuses everything that is
/// not a regular file. Source: docs/FORMAT.md, sections 1 and 2.
/// </summary>
/// <remarks>
/// Thread safe. Writing, removing and making folders run on the thread pool; reading and listing are quick and run where they are called.
/// Before its first file an instance flushes the folders, once: what a killed process left in them is to last as well.
/// Where the config file is readable by its group, new files and folders are too; this is looked up once, by the constructor.
/// </remarks>
public sealed partial class LocalBackend : IBackend
{
    private readonly IDurableFiles _files;
    private readonly string _root;
    private readonly bool _forGroup;
    private readonly bool _wasThere;

    /// <summary>Names the folder; nothing has to be there yet.</summary>
    /// <param name="location">Path of the repository's folder.</param>
    public LocalBackend(string location)
        : this(location, DurableFiles.OfThisSystem)
    {
    }

    internal LocalBackend(string location, IDurableFiles files)
    {
        ArgumentException.ThrowIfNullOrEmpty(location);
        Location = location;
        _files = files;
        _root = Path.TrimEndingDirectorySeparator(files.FullForm(location));
        _forGroup = files.IsGroupReadable(PathOf(FileHandle.Config));
        _wasThere = files.Exists(PathOf(FileHandle.Config));
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public int Connections => 2;

    /// <inheritdoc/>
    public bool ShowsAtOnce => _files.IsOnLocalDisk(Location);

    /// <inheritdoc/>
    public ValueTask<byte[]> LoadAsync(FileHandle file, long maxLength, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SafeFileHandle handle = Open(file, out long length);
        if (length > maxLength || length > Array.MaxLength)
        {
            throw new RepositoryException(
                RepositoryErrorKind.LimitExceeded, $"{file} has {length} bytes; at most {Math.Min(maxLength, Array.MaxLength)} are expected");
        }

        byte[] content = GC.AllocateUninitializedArray<byte>((int)length);
        Fill(handle, file, 0, content, length);
        return ValueTask.FromResult(content);
    }

    /// <inheritdoc/>
    public ValueTask LoadRangeAsync(FileHandle file, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        cancellationToken.ThrowIfCancellationRequested();
        using SafeFileHandle handle = Open(file, out long length);
        if (offset > length || destination.Length > length - offset)
        {
            throw TooShort(file, offset, destination.Length, length);
        }

        Fill(handle, file, offset, destination.Span, length);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ForgetCachedAsync(FileHandle file, CancellationToken cancellationToken)
    {
        _files.ForgetCached(PathOf(file));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<long?> FindLengthAsync(FileHandle file, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return ValueTask.FromResult(_files.FindLength(PathOf(file)));
        }
        catch (Exception e) when (StorageError.IsOne(e))
        {
            throw StorageError.Translate(e, "look at", Named(file), _files);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFile> ListAsync(FileType type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ValueTask.CompletedTask;
        foreach (string folder in FoldersOf(type))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (StoredFile file in FilesIn(folder, type))
            {
                yield return file;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(FileHandle file, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(() => Remove(file), cancellationToken);
        }
        catch (Exception e) when (StorageError.IsOne(e))
        {
            throw StorageError.Translate(e, "remove", Named(file), _files);
        }
    }

    /// <summary>Does nothing: no file stays open between two calls.</summary>
    public void Dispose()
    {
    }

    private void Remove(FileHandle file)
    {
        string path = PathOf(file);
        Exception? missing = null;
        try
        {
            _files.Remove(path);
        }
        catch (Exception e) when (StorageError.IsOne(e) && StorageError.KindOf(e, _files) == RepositoryErrorKind.Missing)
        {
            missing = e;
        }

        if (file.Type is FileType.Snapshot or FileType.Index or FileType.Key)
        {
            // Before anything that it refers to goes: after a power cut it must not be back without that. A key must not be back at all. One that
            // is not there may have been removed a moment ago, by an attempt whose flush failed.
            _files.FlushFolder(Path.GetDirectoryName(path)!);
        }

        if (missing is not null)
        {
            throw missing;
        }
    }

    private SafeFileHandle Open(FileHandle file, out long length)
    {
        try
        {
            return _files.OpenForReading(PathOf(file), out length);
        }
        catch (Exception e) when (StorageError.IsOne(e) && _files.FindLength(PathOf(file)) is null && _files.Exists(PathOf(file)))
        {
            // Trying again would not help.
            throw new RepositoryException(
                RepositoryErrorKind.Damaged, $"{Named(file)} is damaged: there is a folder, a pipe or a link that leads nowhere in its place, not a regular file",
                "Look at it yourself; where it is no mistake of somebody's, move it away.", e);
        }
        catch (Exception e) when (StorageError.IsOne(e))
        {
            throw StorageError.Translate(e, "read", Named(file), _files);
        }
    }

    private void Fill(SafeFileHandle handle, FileHandle file, long offset, Span<byte> destination, long length)
    {
        try
        {
            int done = 0;
            while (done < destination.Length)
            {
                int read = _files.Read(handle, destination[done..], offset + done);
                if (read == 0)
                {
                    throw TooShort(file, offset, destination.Length, Math.Min(length, offset + done));
                }

                done += read;
            }
        }
        catch (Exception e) when (StorageError.IsOne(e))
        {
            throw StorageError.Translate(e, "read", Named(file), _files);
        }
    }

    private static RepositoryException TooShort(FileHandle file, long offset, int wanted, long length) => new(
        RepositoryErrorKind.Damaged, $"{file} is too short: {wanted} bytes from offset {offset} are needed, the file has {length} bytes");

    private string PathOf(FileHandle file) => Path.Combine(_root, RepositoryLayout.PathOf(file).Replace('/', Path.DirectorySeparatorChar));

    private string Named(FileHandle file) => $"{file} in {Location}";
}
