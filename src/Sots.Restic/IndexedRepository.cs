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

    /// <summary>Packs of which nothing is known although the index names them; see <see cref="OpenRepository.LoadIndexOfWholePacksAsync"/>.</summary>
    public IReadOnlyList<LostPack> LostPacks { get; internal init; } = [];

    /// <summary>Starts writing; see <see cref="WriteSession"/>.</summary>
    public WriteSession BeginWrite(WriteOptions options) => new(this, options);

    /// <summary>
    /// Reads a blob: every place it lies in is tried until one gives the content that has its id.
    /// </summary>
    /// <exception cref="RepositoryException">Missing where no index names it, Damaged where no place gives it.</exception>
    public async ValueTask<byte[]> LoadBlobAsync(BlobHandle blob, CancellationToken cancellationToken)
    {
        RepositoryException? damage = null;
        foreach (BlobLocation place in Index.FindAll(blob))
        {
            byte[]? content = null;
            PackedBlob packed = new(blob.Type, blob.Id, place.Offset, place.Length, place.UncompressedLength);
            await PackReader.ReadBlobsAsync(
                Repository,
                place.Pack,
                [packed],
                (_, plaintext, problem) =>
                {
                    content = problem is null ? plaintext.ToArray() : null;
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

    /// <summary>Reads and decodes a tree.</summary>
    /// <exception cref="RepositoryException">As <see cref="LoadBlobAsync"/>, and Damaged where it is no tree.</exception>
    public async ValueTask<List<Node>> LoadTreeAsync(TreeId tree, CancellationToken cancellationToken)
    {
        byte[] json = await LoadBlobAsync(new BlobHandle(tree), cancellationToken).ConfigureAwait(false);
        return TreeCodec.Read(json, $"tree {tree}");
    }
}
