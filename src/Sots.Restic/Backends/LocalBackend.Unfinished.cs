using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Sots.Restic.Backends;

public sealed partial class LocalBackend
{
    private const string Mark = "-tmp-", NamelessPack = "pack";

    /// <inheritdoc/>
    /// <remarks>Those of restic are named like ours. Locks and keys are left alone: whoever writes them holds no lock.</remarks>
    public async IAsyncEnumerable<UnfinishedFile> ListUnfinishedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ValueTask.CompletedTask;
        foreach (string folder in (string[])[.. FoldersOf(FileType.Pack), .. FoldersOf(FileType.Index), .. FoldersOf(FileType.Snapshot)])
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (string path in Names(folder).Where(static name => IsUnfinished(name)).Select(name => Path.Combine(folder, name)))
            {
                if (FindLength(path) is long length)
                {
                    yield return new UnfinishedFile(Path.GetRelativePath(_root, path), length);
                }
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// On file systems without a journal (exFAT on many an external drive) a rename that the power went out on may leave both names of one
    /// file. To remove the one would then take the content from the other, so it is looked for.
    /// </remarks>
    public async ValueTask RemoveUnfinishedAsync(UnfinishedFile file, CancellationToken cancellationToken)
    {
        string path = Path.Combine(_root, file.Name);
        try
        {
            await Task.Run(() => RemoveUnfinished(path, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (StorageError.IsOne(e))
        {
            if (_files.Exists(path))
            {
                throw StorageError.Translate(e, "remove", path, _files);
            }
        }
    }

    private void RemoveUnfinished(string path, CancellationToken cancellationToken)
    {
        string folder = Path.GetDirectoryName(path)!;
        string hash = HashOf(path, cancellationToken);
        FileType type = Path.GetFileName(folder) switch
        {
            "index" => FileType.Index,
            "snapshots" => FileType.Snapshot,
            _ => FileType.Pack,
        };
        FileHandle stored = new(type, ContentId.Parse(hash));
        if (_files.Exists(PathOf(stored)))
        {
            throw new RepositoryException(
                RepositoryErrorKind.Damaged, $"{path} has the content of {stored}, which no run that was interrupted leaves behind; both may be the same place on the disk",
                "Let the system check the file system of this drive, then run this again.");
        }

        _files.Remove(path);
    }

    private string HashOf(string path, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = _files.OpenForReading(path, out _);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[1 << 20];
        for (long offset = 0; _files.Read(file, piece, offset) is int read and > 0; offset += read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(piece, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private long? FindLength(string path)
    {
        try
        {
            return _files.FindLength(path);
        }
        catch (Exception e) when (StorageError.IsOne(e))
        {
            throw StorageError.Translate(e, "look at", path, _files);
        }
    }

    private static bool IsUnfinished(ReadOnlySpan<char> name)
    {
        int mark = name.IndexOf(Mark, StringComparison.Ordinal);
        return mark >= 0
            && (name[..mark] is NamelessPack || (mark == ContentId.HexLength && IsLowerHex(name[..mark])))
            && name.Length > mark + Mark.Length && !name[(mark + Mark.Length)..].ContainsAnyExceptInRange('0', '9');
    }
}
