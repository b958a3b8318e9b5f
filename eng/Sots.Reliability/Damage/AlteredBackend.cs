using System.Runtime.CompilerServices;
using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Reliability.Damage;

/// <summary>A repository of fixed files with some of them altered, added or taken away. Reading only; shares the bytes. Thread safe.</summary>
/// <param name="files">The files as they were.</param>
/// <param name="altered">Files with other content; null for those that are gone.</param>
internal sealed class AlteredBackend(IReadOnlyDictionary<FileHandle, byte[]> files, IReadOnlyDictionary<FileHandle, byte[]?> altered) : IBackend
{
    public string Location => "memory";

    public int Connections => 2;

    /// <summary>All files as they are now.</summary>
    public IEnumerable<KeyValuePair<FileHandle, byte[]>> Files => files.Keys.Concat(altered.Keys).Distinct()
        .Select(file => KeyValuePair.Create(file, Find(file))).Where(file => file.Value is not null)!;

    public ValueTask CreateLayoutAsync(CancellationToken cancellationToken) => throw Refused();

    public ValueTask SaveAsync(FileHandle file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => throw Refused();

    public ValueTask RemoveAsync(FileHandle file, CancellationToken cancellationToken) => throw Refused();

    public ValueTask<byte[]> LoadAsync(FileHandle file, long maxLength, CancellationToken cancellationToken)
    {
        byte[] content = Get(file);
        return content.Length <= maxLength
            ? ValueTask.FromResult(content.AsSpan().ToArray())
            : throw new RepositoryException(RepositoryErrorKind.LimitExceeded, $"{file} has {content.Length} bytes");
    }

    public ValueTask LoadRangeAsync(FileHandle file, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        byte[] content = Get(file);
        if (offset > content.Length || destination.Length > content.Length - offset)
        {
            throw new RepositoryException(RepositoryErrorKind.Damaged, $"{file} is too short: it has {content.Length} bytes");
        }

        content.AsMemory((int)offset, destination.Length).CopyTo(destination);
        return ValueTask.CompletedTask;
    }

    public ValueTask<long?> FindLengthAsync(FileHandle file, CancellationToken cancellationToken) => ValueTask.FromResult((long?)Find(file)?.Length);

    public async IAsyncEnumerable<StoredFile> ListAsync(FileType type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ValueTask.CompletedTask;
        foreach ((FileHandle file, byte[] content) in Files.Where(file => file.Key.Type == type && type != FileType.Config))
        {
            yield return new StoredFile(file.Name, content.Length);
        }
    }

    public void Dispose()
    {
    }

    private byte[]? Find(FileHandle file) => altered.TryGetValue(file, out byte[]? content) ? content : files.GetValueOrDefault(file);

    private byte[] Get(FileHandle file) => Find(file) ?? throw new RepositoryException(RepositoryErrorKind.Missing, $"{file} is not there");

    private static RepositoryException Refused() => new(RepositoryErrorKind.PermissionDenied, "this repository is for reading");
}
