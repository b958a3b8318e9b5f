using System.Runtime.CompilerServices;

namespace Sots.Restic.Backends;

/// <summary>A repository in memory, for tests and rehearsals. Thread safe; contents are copied on the way in and out.</summary>
public sealed class MemoryBackend : IBackend
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FileHandle, byte[]> _files = [];

    /// <inheritdoc/>
    public string Location => "memory";

    /// <inheritdoc/>
    public bool ShowsAtOnce => true;

    /// <inheritdoc/>
    public int Connections => 2;

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
        byte[] copy = content.ToArray();
        lock (_gate)
        {
            _files[file] = copy;
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> LoadAsync(FileHandle file, long maxLength, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        byte[] content = Find(file);
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
        byte[] content = Find(file);
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
    public ValueTask<long?> FindLengthAsync(FileHandle file, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(_files.TryGetValue(file, out byte[]? content) ? content.Length : (long?)null);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFile> ListAsync(FileType type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ValueTask.CompletedTask;
        StoredFile[] found;
        lock (_gate)
        {
            found = type == FileType.Config
                ? []
                : [.. _files.Where(file => file.Key.Type == type).Select(file => new StoredFile(file.Key.Name, file.Value.Length))];
        }

        foreach (StoredFile file in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return file;
        }
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(FileHandle file, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return _files.Remove(file) ? ValueTask.CompletedTask : throw Absent(file);
        }
    }

    /// <summary>Does nothing; the contents go with the object.</summary>
    public void Dispose()
    {
    }

    private byte[] Find(FileHandle file)
    {
        lock (_gate)
        {
            return _files.TryGetValue(file, out byte[]? content) ? content : throw Absent(file);
        }
    }

    private static RepositoryException Absent(FileHandle file) => new(RepositoryErrorKind.Missing, $"{file} is not there");
}
