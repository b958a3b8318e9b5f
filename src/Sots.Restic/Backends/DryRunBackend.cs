using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Sots.Restic.Backends;

/// <summary>
/// Pretends: what is saved is kept in memory and read back from there, what is removed is only hidden, and the storage below is never
/// written. Stands on top of everything that writes.
/// </summary>
/// <remarks>Thread safe.</remarks>
public sealed class DryRunBackend : IBackend
{
    private readonly IBackend _inner;
    private readonly bool _keepPacks;
    private readonly ConcurrentDictionary<FileHandle, Pretended> _overlay = new();

    /// <summary>Wraps a backend and owns it.</summary>
    /// <param name="inner">The storage, which is only read.</param>
    /// <param name="keepPacks">
    /// False forgets the content of saved packs (their lengths stay known): a rehearsed backup saves as much as a real one and reads none of it.
    /// </param>
    public DryRunBackend(IBackend inner, bool keepPacks = true)
    {
        _inner = inner;
        _keepPacks = keepPacks;
    }

    /// <inheritdoc/>
    public string Location => _inner.Location;

    /// <inheritdoc/>
    public int Connections => _inner.Connections;

    /// <inheritdoc/>
    public bool ShowsAtOnce => _inner.ShowsAtOnce;

    /// <inheritdoc/>
    public ValueTask CreateLayoutAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask SaveAsync(FileHandle file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        bool keep = _keepPacks || file.Type != FileType.Pack;
        _overlay[file] = new Pretended(content.Length, keep ? content.ToArray() : null);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> LoadAsync(FileHandle file, long maxLength, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_overlay.TryGetValue(file, out Pretended? pretended))
        {
            return _inner.LoadAsync(file, maxLength, cancellationToken);
        }

        byte[] content = pretended.ContentOf(file);
        return content.Length <= maxLength
            ? ValueTask.FromResult(content.AsSpan().ToArray())
            : throw new RepositoryException(
                RepositoryErrorKind.LimitExceeded, $"{file} has {content.Length} bytes; at most {maxLength} are expected");
    }

    /// <inheritdoc/>
    public ValueTask LoadRangeAsync(FileHandle file, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_overlay.TryGetValue(file, out Pretended? pretended))
        {
            return _inner.LoadRangeAsync(file, offset, destination, cancellationToken);
        }

        byte[] content = pretended.ContentOf(file);
        if (offset > content.Length || destination.Length > content.Length - offset)
        {
            throw new RepositoryException(
                RepositoryErrorKind.Damaged,
                $"{file} is too short: {destination.Length} bytes from offset {offset} are needed, the file has {content.Length} bytes");
        }

        content.AsSpan((int)offset, destination.Length).CopyTo(destination.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ForgetCachedAsync(FileHandle file, CancellationToken cancellationToken) => _inner.ForgetCachedAsync(file, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long?> FindLengthAsync(FileHandle file, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _overlay.TryGetValue(file, out Pretended? pretended)
            ? ValueTask.FromResult(pretended.Length)
            : _inner.FindLengthAsync(file, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFile> ListAsync(FileType type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        KeyValuePair<FileHandle, Pretended>[] overlay =
            type == FileType.Config ? [] : [.. _overlay.ToArray().Where(file => file.Key.Type == type)];
        HashSet<ContentId> covered = [.. overlay.Select(file => file.Key.Name)];
        await foreach (StoredFile file in _inner.ListAsync(type, cancellationToken).WithCancellation(cancellationToken))
        {
            if (!covered.Contains(file.Name))
            {
                yield return file;
            }
        }

        foreach ((FileHandle file, Pretended pretended) in overlay)
        {
            if (pretended.Length is long length)
            {
                yield return new StoredFile(file.Name, length);
            }
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<UnfinishedFile> ListUnfinishedAsync(CancellationToken cancellationToken) => _inner.ListUnfinishedAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(FileHandle file, CancellationToken cancellationToken)
    {
        if (await FindLengthAsync(file, cancellationToken) is null)
        {
            throw Pretended.Absent(file);
        }

        _overlay[file] = Pretended.Removed;
    }

    /// <summary>Disposes the storage below.</summary>
    public void Dispose() => _inner.Dispose();

    /// <summary>A file as it would be: no length is a removed one, no content one that was not kept.</summary>
    private sealed record Pretended(long? Length, byte[]? Content)
    {
        public static Pretended Removed { get; } = new(null, null);

        public static RepositoryException Absent(FileHandle file) => new(RepositoryErrorKind.Missing, $"{file} is not there");

        public byte[] ContentOf(FileHandle file)
        {
            if (Length is null)
            {
                throw Absent(file);
            }

            return Content ?? throw new RepositoryException(
                RepositoryErrorKind.InvalidRequest, $"{file} cannot be read: it was only pretended to be saved");
        }
    }
}
