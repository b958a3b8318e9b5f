using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Sots.Restic.Backends;

public sealed partial class LocalBackend
{
    private const int PieceLength = 4 << 20;
    private const int NameAttempts = 20;

    private readonly Lock _settling = new();
    private bool _settled;

    /// <inheritdoc/>
    public async ValueTask CreateLayoutAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(() => CreateLayout(cancellationToken), cancellationToken);
        }
        catch (Exception e) when (StorageError.IsOne(e))
        {
            throw StorageError.Translate(e, "create the folders of the repository in", Location, _files);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Makes missing folders below the repository's, never that one itself: a drive that is not there is not to be replaced by a folder.</remarks>
    public async ValueTask SaveAsync(FileHandle file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(() => Save(PathOf(file), content.Span, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (StorageError.IsOne(e))
        {
            throw StorageError.Translate(e, "write", Named(file), _files);
        }
    }

    private void Save(string path, ReadOnlySpan<byte> content, CancellationToken cancellationToken)
    {
        SettleFolders();
        string folder = Path.GetDirectoryName(path)!;
        SafeFileHandle file = CreateBeside(path, content.Length, out string temporary);
        bool canFlush;
        try
        {
            WriteAll(file, content, cancellationToken);
            canFlush = _files.Flush(file);
            _files.Close(file);
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch
        {
            file.Dispose();
            Discard(temporary);
            throw;
        }

        Publish(temporary, path, folder, canFlush);
        _files.MakeReadOnly(path, _forGroup);
    }

    /// <summary>
    /// Once, before anything is stored: a process that was killed between a rename and the flush of the folder has left a name that is
    /// there for everybody, but would not outlive a power cut. What we read of the index and the snapshots we rely on, and so do the folders
    /// that we take for made; so they are flushed first.
    /// </summary>
    private void SettleFolders()
    {
        lock (_settling)
        {
            if (_settled)
            {
                return;
            }

            foreach (FileType type in (ReadOnlySpan<FileType>)[FileType.Config, FileType.Key, FileType.Snapshot, FileType.Index, FileType.Pack])
            {
                _files.FlushFolder(Path.Combine(_root, RepositoryLayout.FolderOf(type)));
            }

            _settled = true;
        }
    }

    /// <summary>
    /// Renames and flushes the folder. If that flush fails nobody knows whether the name would survive a power cut, so a name that is
    /// new is taken back; one that was there before stays, because the file it belonged to cannot be had back.
    /// </summary>
    private void Publish(string temporary, string path, string folder, bool canFlush)
    {
        bool isNew;
        try
        {
            isNew = _files.FindLength(path) is null;
            _files.Rename(temporary, path);
        }
        catch
        {
            Discard(temporary);
            throw;
        }

        try
        {
            if (canFlush)
            {
                _files.FlushFolder(folder);
            }
        }
        catch when (isNew)
        {
            Discard(path);
            throw;
        }
    }

    private SafeFileHandle CreateBeside(string path, long length, out string temporary)
    {
        bool madeFolders = false;
        for (int attempt = 1; ; attempt++)
        {
            temporary = path + Mark + Draw().ToString(CultureInfo.InvariantCulture);
            try
            {
                return _files.CreateNew(temporary, length);
            }
            catch (Exception e) when (!madeFolders && (e is DirectoryNotFoundException or FileNotFoundException))
            {
                // The runtime looks for the folder after the call has failed: it says that the file is missing where another has just made the folder.
                CreateMissingFolders(Path.GetDirectoryName(path)!);
                madeFolders = true;
            }
            catch (IOException) when (attempt < NameAttempts && _files.Exists(temporary))
            {
                // Somebody else drew the same number: draw again.
            }
        }
    }

    private static long Draw() => Random.Shared.NextInt64();

    private void WriteAll(SafeFileHandle file, ReadOnlySpan<byte> content, CancellationToken cancellationToken)
    {
        // Pieces only let a cancel through.
        for (int offset = 0; offset < content.Length; offset += PieceLength)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _files.Write(file, content.Slice(offset, Math.Min(PieceLength, content.Length - offset)), offset);
        }
    }

    /// <summary>
    /// Makes the folders. What is in the repository's own is flushed before the first file is stored (<see cref="SettleFolders"/>); those above
    /// it that were there are flushed here, for an attempt that was killed may have made them and not come to that.
    /// </summary>
    private void CreateLayout(CancellationToken cancellationToken)
    {
        FlushAbove(CreateFolders(_root, upTo: null));
        foreach (FileType type in Enum.GetValues<FileType>())
        {
            if (type != FileType.Config)
            {
                _files.CreateFolder(Path.Combine(_root, RepositoryLayout.FolderOf(type)), _forGroup);
            }
        }

        string data = Path.Combine(_root, RepositoryLayout.FolderOf(FileType.Pack));
        for (int first = 0; first < 256; first++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _files.CreateFolder(Path.Combine(data, first.ToString("x2", CultureInfo.InvariantCulture)), _forGroup);
        }
    }

    /// <summary>Flushes the folders above one, as far as they let us: they may belong to others.</summary>
    private void FlushAbove(string? folder)
    {
        for (string? above = folder is null ? null : Path.GetDirectoryName(folder); above is not null; above = Path.GetDirectoryName(above))
        {
            try
            {
                _files.FlushFolder(above);
            }
            catch (Exception e) when (StorageError.IsOne(e))
            {
                // What we made ourselves was flushed when it was made, or that was an error.
            }
        }
    }

    /// <summary>
    /// Makes the missing folders of a file, in a repository that is there: where its drive or share is gone, the folder where that was may still be, empty,
    /// and what is stored in it would be lost to everybody when the drive comes back.
    /// </summary>
    private void CreateMissingFolders(string folder)
    {
        if (_wasThere && !_files.FolderExists(folder) && !_files.Exists(PathOf(FileHandle.Config)))
        {
            throw new RepositoryException(
                RepositoryErrorKind.Storage, $"the repository in {Location} is not there any more: it has no config file",
                "Look whether its drive or share is still connected, then run the command again.");
        }

        CreateFolders(folder, upTo: _root);
    }

    /// <summary>Makes a folder and its missing parents below <paramref name="upTo"/>, each entry flushed before the next is made.</summary>
    /// <returns>The innermost folder that was there.</returns>
    private string? CreateFolders(string folder, string? upTo)
    {
        Stack<string> missing = new();
        string? at = folder;
        for (; at is not null && at != upTo && !_files.FolderExists(at); at = Path.GetDirectoryName(at))
        {
            missing.Push(at);
        }

        while (missing.TryPop(out string? next))
        {
            if (_files.CreateFolder(next, _forGroup) && Path.GetDirectoryName(next) is string parent)
            {
                FlushMade(parent);
            }
        }

        return at;
    }

    /// <summary>Flushes the folder in which one was made. If that fails, the next attempt finds the folder there and flushes before it relies on it.</summary>
    private void FlushMade(string parent)
    {
        try
        {
            _files.FlushFolder(parent);
        }
        catch
        {
            lock (_settling)
            {
                _settled = false;
            }

            throw;
        }
    }

    private void Discard(string path)
    {
        try
        {
            _files.Remove(path);
        }
        catch (Exception e) when (StorageError.IsOne(e))
        {
            // The first error is the one to report; a temporary file is passed over by every reader.
        }
    }
}
