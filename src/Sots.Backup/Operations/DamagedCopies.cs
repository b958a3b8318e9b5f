using System.Globalization;
using System.Security.Cryptography;
using Sots.Backup.Credentials;
using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Maintenance;

namespace Sots.Backup.Operations;

/// <summary>
/// Keeps damaged files of a repository as they are, outside of it, before a repair removes them: <c>pack-1a2b…</c>, as restic calls them.
/// What the storage does not hand out stays a hole of zeros. A copy that is reported is on the disk, with its name: soon it is all there is.
/// </summary>
internal sealed class DamagedCopies(OpenRepository repository, string folder, IMaintenanceEvents events)
{
    private const int PieceLength = 1 << 20;

    /// <summary>Where a piece cannot be read, smaller ones are tried: the size of a disk's block.</summary>
    private const int BlockLength = 4096;

    /// <summary>
    /// Keeps a pack. A copy that is there already, of an earlier attempt, is enough where it is the same. Where it is not (the storage may hand
    /// out more today than it did then, or less), both are kept: <c>pack-1a2b…-2</c>.
    /// </summary>
    /// <returns>The hash of what is kept; null where that has holes.</returns>
    /// <exception cref="TargetException">The copy cannot be written.</exception>
    /// <exception cref="RepositoryException">The pack is gone, or the storage denies it.</exception>
    public async ValueTask<ContentId?> KeepAsync(PackId pack, CancellationToken cancellationToken)
    {
        FileHandle file = FileHandle.Of(pack);
        string path = Path.Combine(folder, $"pack-{pack}");
        long length = await repository.Backend.FindLengthAsync(file, cancellationToken).ConfigureAwait(false) ?? throw new RepositoryException(
            RepositoryErrorKind.Missing, $"{file} was there a moment ago, and is not there now. Nothing was changed.",
            "The storage is not reliable. Copy the repository to another drive before you go on.");
        try
        {
            ContentId? hash;
            for (int number = 2; Path.Exists(path); number++)
            {
                (bool isSame, hash) = await CompareAsync(file, length, path, cancellationToken).ConfigureAwait(false);
                if (isSame)
                {
                    // Whoever wrote it may have been killed before its name was on the disk.
                    DiskFlush.Folder(folder);
                    events.Step($"the copy {path} is there already");
                    return hash;
                }

                path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"pack-{pack}-{number}"));
            }

            hash = await WriteAsync(file, length, path, cancellationToken).ConfigureAwait(false);
            events.Step($"kept {file} as {path}");
            return hash;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TargetException(
                TargetErrorKind.Other, "write", DiskPath.FromText(path),
                $"{e.Message}. Nothing was changed. Run the repair in a folder that has room for {length} bytes and that you may write to", e);
        }
    }

    private async Task<ContentId?> WriteAsync(FileHandle file, long length, string path, CancellationToken cancellationToken)
    {
        ContentId? hash;
        string aside = path + ".tmp";
        File.Delete(aside);
        try
        {
            FileStream copy = OwnerOnlyAccess.Current.CreateNew(aside);
            await using (copy.ConfigureAwait(false))
            {
                hash = await ReadAsync(file, length, events.Warning, async part =>
                {
                    await copy.WriteAsync(part, cancellationToken).ConfigureAwait(false);
                    return true;
                }, cancellationToken).ConfigureAwait(false);
                await copy.FlushAsync(cancellationToken).ConfigureAwait(false);
                DiskFlush.File(copy.SafeFileHandle);
            }

            File.Move(aside, path, overwrite: false);
        }
        finally
        {
            File.Delete(aside);
        }

        try
        {
            DiskFlush.Folder(folder);
        }
        catch
        {
            File.Delete(path);
            throw;
        }

        return hash;
    }

    private async Task<(bool IsSame, ContentId? Hash)> CompareAsync(FileHandle file, long length, string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return (false, null); // A folder, or a link that leads nowhere.
        }

        FileStream copy = SeekableFile.Require(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read));
        await using (copy.ConfigureAwait(false))
        {
            if (copy.Length != length)
            {
                return (false, null);
            }

            bool isSame = true;
            byte[] kept = new byte[PieceLength];
            ContentId? hash = await ReadAsync(file, length, static _ => { }, async part =>
            {
                await copy.ReadExactlyAsync(kept.AsMemory(0, part.Length), cancellationToken).ConfigureAwait(false);
                return isSame = part.Span.SequenceEqual(kept.AsSpan(0, part.Length));
            }, cancellationToken).ConfigureAwait(false);
            return (isSame, hash);
        }
    }

    /// <summary>Hands over a file piece by piece, as long as more is wanted. Returns the hash of all; null where it has holes.</summary>
    private async Task<ContentId?> ReadAsync(
        FileHandle file, long length, Action<string> tell, Func<ReadOnlyMemory<byte>, ValueTask<bool>> take, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[PieceLength];
        bool isWhole = true, isWanted = true;
        void Hole(string what)
        {
            isWhole = false;
            tell(what);
        }

        for (long offset = 0; offset < length && isWanted; offset += piece.Length)
        {
            Memory<byte> part = piece.AsMemory(0, (int)Math.Min(piece.Length, length - offset));
            await LoadAsync(file, offset, part, Hole, cancellationToken).ConfigureAwait(false);
            hash.AppendData(part.Span);
            isWanted = await take(part).ConfigureAwait(false);
        }

        return isWhole ? new ContentId(hash.GetHashAndReset()) : null;
    }

    private async ValueTask LoadAsync(FileHandle file, long offset, Memory<byte> piece, Action<string> hole, CancellationToken cancellationToken)
    {
        try
        {
            await repository.Backend.LoadRangeAsync(file, offset, piece, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Storage && piece.Length > BlockLength)
        {
            for (int start = 0; start < piece.Length; start += BlockLength)
            {
                await LoadAsync(file, offset + start, piece[start..Math.Min(piece.Length, start + BlockLength)], hole, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Storage)
        {
            piece.Span.Clear();
            hole($"{file}: bytes {offset} to {offset + piece.Length} cannot be read, the copy has zeros in their place: {e.Message}");
        }
    }
}
