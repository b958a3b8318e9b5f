using Sots.Restic.Index;
using Sots.Restic.Packs;
using Sots.Restic.Trees;
using Sots.Restic.Writing;

namespace Sots.Restic;

/// <summary>A repository whose index is loaded: its blobs can be found and read, and new ones written. Thread safe.</summary>
public sealed class IndexedRepository
{
    internal IndexedRepository(OpenRepository repository, MasterIndex index, IReadOnlyList<RepositoryException> indexDamage)
    {
        Repository = repository;
        Index = index;
        IndexDamage = indexDamage;
    }

    /// <summary>The repository it belongs to.</summary>
    public OpenRepository Repository { get; }

    /// <summary>Where every blob lies.</summary>
    public MasterIndex Index { get; }

    /// <summary>What could not be read of the index; empty in a healthy repository.</summary>
    public IReadOnlyList<RepositoryException> IndexDamage { get; }

    /// <summary>Starts writing; see <see cref="WriteSession"/>.</summary>
    public WriteSession BeginWrite(WriteOptions options) => new(this, options, Environment.ProcessorCount);

    /// <summary>
    /// Reads a blob: every place it lies in is tried until one gives the content that has its id.
    /// </summary>
    /// <exception cref="RepositoryException">Missing where no index names it, Damaged where no place gives it.</exception>
    public ValueTask<byte[]> LoadBlobAsync(BlobHandle blob, CancellationToken cancellationToken) =>
        ReadBlobAsync(blob, static plaintext => plaintext.ToArray(), cancellationToken);

    /// <summary>Reads and decodes a tree.</summary>
    /// <exception cref="RepositoryException">As <see cref="LoadBlobAsync"/>, and Damaged where it is no tree.</exception>
    public ValueTask<List<Node>> LoadTreeAsync(TreeId tree, CancellationToken cancellationToken) =>
        ReadBlobAsync(new BlobHandle(tree), json => TreeCodec.Read(json.Span, $"tree {tree}"), cancellationToken);

    /// <summary>Reads a blob and makes something of it where it stands: a copy of every large tree would be memory for nothing.</summary>
    private async ValueTask<T> ReadBlobAsync<T>(BlobHandle blob, Func<ReadOnlyMemory<byte>, T> make, CancellationToken cancellationToken)
        where T : class
    {
        RepositoryException? damage = null;
        foreach (BlobLocation place in Index.FindAll(blob))
        {
            T? content = null;
            PackedBlob packed = new(blob.Type, blob.Id, place.Offset, place.Length, place.UncompressedLength);
            await PackReader.ReadBlobsAsync(
                Repository,
                place.Pack,
                [packed],
                (_, plaintext, problem) =>
                {
                    content = problem is null ? make(plaintext) : null;
                    damage ??= problem;
                    return ValueTask.CompletedTask;
                },
                cancellationToken).ConfigureAwait(false);
            if (content is not null)
            {
                return content;
            }
        }

        throw damage ?? new RepositoryException(
            RepositoryErrorKind.Missing, $"{(blob.Type == BlobType.Tree ? "tree" : "data")} blob {blob.Id} is not in the index of the repository.");
    }
}
