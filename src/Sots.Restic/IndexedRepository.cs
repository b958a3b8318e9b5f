using Sots.Restic.Index;
using Sots.Restic.Packs;
using Sots.Restic.Trees;
using Sots.Restic.Writing;

namespace Sots.Restic;

/// <summary>A repository whose index is loaded: its blobs can be found and read, and new ones written. Thread safe.</summary>
public sealed class IndexedRepository
{
    private readonly TreeStretches _trees;

    internal IndexedRepository(OpenRepository repository, MasterIndex index, IReadOnlyList<RepositoryException> indexDamage)
    {
        Repository = repository;
        Index = index;
        IndexDamage = indexDamage;
        _trees = new TreeStretches(repository);
    }

    /// <summary>The repository it belongs to.</summary>
    public OpenRepository Repository { get; }

    /// <summary>Where every blob lies.</summary>
    public MasterIndex Index { get; }

    /// <summary>What could not be read of the index; empty in a healthy repository.</summary>
    public IReadOnlyList<RepositoryException> IndexDamage { get; }

    /// <summary>Packs of which nothing is known although the index names them; see <see cref="OpenRepository.LoadIndexOfWholePacksAsync"/>.</summary>
    public IReadOnlyList<LostPack> LostPacks { get; internal init; } = [];

    /// <summary>
    /// Packs that no index file names which could be read, or not with all that is in them: what is known of them is their own word. Who writes
    /// relies on them, and so indexes them.
    /// </summary>
    internal IReadOnlyList<IndexedPack> UnindexedPacks { get; init; } = [];

    /// <summary>The index files that are in it.</summary>
    internal HashSet<IndexId> Files { get; init; } = [];

    /// <summary>
    /// Reads the index files that came since it was loaded, so that what was written meanwhile can be found. Nobody may read or write by it
    /// at the same time.
    /// </summary>
    /// <exception cref="RepositoryException">The storage cannot be listed, or a new file cannot be read.</exception>
    public Task LoadNewIndexFilesAsync(CancellationToken cancellationToken) => IndexLoader.LoadNewAsync(this, cancellationToken);

    /// <summary>Starts writing; see <see cref="WriteSession"/>.</summary>
    /// <exception cref="RepositoryException">The config of the repository cannot be read: <see cref="OpenRepository.ConfigDamage"/>.</exception>
    public WriteSession BeginWrite(WriteOptions options)
    {
        Repository.RequireConfig();
        return new(this, options, Environment.ProcessorCount);
    }

    /// <summary>
    /// Reads a blob: every place it lies in is tried until one gives the content that has its id; in the end the packs themselves are asked
    /// where in them it lies, as the index may be wrong about that.
    /// </summary>
    /// <exception cref="RepositoryException">Missing where no index names it, Damaged where no place gives it.</exception>
    public ValueTask<byte[]> LoadBlobAsync(BlobHandle blob, CancellationToken cancellationToken) =>
        ReadBlobAsync(blob, static plaintext => plaintext.ToArray(), cancellationToken);

    /// <summary>
    /// Reads and decodes a tree. What follows its end is passed over; a check says so. Bytes around a small tree are kept for those that are
    /// asked for next (<see cref="TreeStretches"/>), so that damage that came since is not seen in them.
    /// </summary>
    /// <exception cref="RepositoryException">As <see cref="LoadBlobAsync"/>, and Damaged where it is no tree.</exception>
    public ValueTask<List<Node>> LoadTreeAsync(TreeId tree, CancellationToken cancellationToken) =>
        ReadBlobAsync(new BlobHandle(tree), json => TreeCodec.Read(json.Span, $"tree {tree}", mayTrail: true), cancellationToken);

    /// <summary>Reads a blob and makes something of it where it stands: a copy of every large tree would be memory for nothing.</summary>
    private async ValueTask<T> ReadBlobAsync<T>(BlobHandle blob, Func<ReadOnlyMemory<byte>, T> make, CancellationToken cancellationToken)
        where T : class
    {
        RepositoryException? damage = null;
        List<BlobLocation> places = [.. Index.FindAll(blob)];
        foreach (BlobLocation place in places)
        {
            (T? content, RepositoryException? problem) = await TryReadAsync(blob, place, make, cancellationToken).ConfigureAwait(false);
            damage ??= problem;
            if (content is not null)
            {
                return content;
            }
        }

        foreach (PackId pack in places.Select(place => place.Pack).Distinct())
        {
            foreach (BlobLocation place in await OwnWordAsync(pack, blob, cancellationToken).ConfigureAwait(false))
            {
                if (!places.Contains(place) && (await TryReadAsync(blob, place, make, cancellationToken).ConfigureAwait(false)).Content is { } content)
                {
                    return content;
                }
            }
        }

        throw damage ?? new RepositoryException(
            RepositoryErrorKind.Missing, $"{(blob.Type == BlobType.Tree ? "tree" : "data")} blob {blob.Id} is not in the index of the repository.");
    }

    private async ValueTask<(T? Content, RepositoryException? Damage)> TryReadAsync<T>(
        BlobHandle blob, BlobLocation place, Func<ReadOnlyMemory<byte>, T> make, CancellationToken cancellationToken)
        where T : class
    {
        T? content = null;
        RepositoryException? damage = null;
        PackedBlob packed = new(blob.Type, blob.Id, place.Offset, place.Length, place.UncompressedLength);
        bool garbled = false;
        if (blob.Type == BlobType.Tree)
        {
            (content, garbled) = await _trees.TryReadAsync(place.Pack, packed, make, cancellationToken).ConfigureAwait(false);
            if (content is not null)
            {
                return (content, null);
            }
        }

        await PackReader.ReadBlobsAsync(
            Repository,
            place.Pack,
            [packed],
            (_, plaintext, problem) =>
            {
                content = problem is null ? make(plaintext) : null;
                damage = problem;
                return ValueTask.CompletedTask;
            },
            cancellationToken).ConfigureAwait(false);
        if (garbled && content is not null)
        {
            Repository.Readings.Healed($"{blob} in {Backends.FileHandle.Of(place.Pack)}");
        }

        return (content, damage);
    }

    /// <summary>Where a pack's own header says that a blob lies in it; nothing where that cannot be read.</summary>
    private async ValueTask<IReadOnlyList<BlobLocation>> OwnWordAsync(PackId pack, BlobHandle blob, CancellationToken cancellationToken)
    {
        try
        {
            return await Repository.Backend.FindLengthAsync(Backends.FileHandle.Of(pack), cancellationToken).ConfigureAwait(false) is { } length
                ? [.. (await PackReader.ReadHeaderAsync(Repository, pack, length, cancellationToken).ConfigureAwait(false)).Where(entry => entry.Handle == blob).Select(entry => entry.In(pack))]
                : [];
        }
        catch (RepositoryException)
        {
            // The first error is the one to report.
            return [];
        }
    }
}
