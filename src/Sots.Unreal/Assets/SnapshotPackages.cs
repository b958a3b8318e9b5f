using System.Security.Cryptography;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Changes;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Assets;

/// <summary>
/// Reads headers of packages out of a repository: the blobs that hold the header, and no others. Thread safe.
/// </summary>
/// <param name="repository">The repository.</param>
/// <param name="cache">Where facts are looked up and kept.</param>
public sealed class SnapshotPackages(IndexedRepository repository, AssetFactsCache cache)
{
    /// <summary>What stands for the content of a file: the same for the same bytes.</summary>
    public static ContentId ContentOf(Node file)
    {
        IReadOnlyList<BlobId> blobs = file.Content ?? [];
        if (blobs.Count == 1)
        {
            return blobs[0].Value;
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> id = stackalloc byte[ContentId.Length];
        foreach (BlobId blob in blobs)
        {
            blob.Value.CopyTo(id);
            hash.AppendData(id);
        }

        return new ContentId(hash.GetHashAndReset());
    }

    /// <summary>Whether the facts of a file are known without reading it.</summary>
    public bool IsKnown(Node file) => cache.Knows(ContentOf(file));

    /// <summary>The facts of a file of a snapshot.</summary>
    /// <exception cref="RepositoryException">Its content cannot be read.</exception>
    public async ValueTask<AssetFacts> FactsOfAsync(Node file, CancellationToken cancellationToken)
    {
        ContentId content = ContentOf(file);
        if (cache.Find(content) is { } known)
        {
            return known;
        }

        AssetFacts facts;
        try
        {
            facts = AssetFacts.Of(await LoadHeaderAsync(file, cancellationToken).ConfigureAwait(false));
        }
        catch (PackageException e)
        {
            facts = AssetFacts.Of(e);
        }

        cache.Add(content, facts);
        return facts;
    }

    /// <summary>The facts of a file of a snapshot; empty ones where its content cannot be read.</summary>
    public async ValueTask<AssetFacts> FactsOrNoneAsync(Node file, CancellationToken cancellationToken)
    {
        try
        {
            return await FactsOfAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException)
        {
            return new AssetFacts();
        }
    }

    /// <summary>The header of a file of a snapshot.</summary>
    /// <exception cref="PackageException">It has none that can be read.</exception>
    /// <exception cref="RepositoryException">Its content cannot be read.</exception>
    public async ValueTask<PackageHeader> LoadHeaderAsync(Node file, CancellationToken cancellationToken) =>
        PackageReader.Read((await LoadStartAsync(file, cancellationToken).ConfigureAwait(false)).Span, (long)Math.Min(file.Size, long.MaxValue));

    /// <summary>Where the actor of a file stands in its level; null where that cannot be told for certain.</summary>
    /// <exception cref="RepositoryException">Its content cannot be read.</exception>
    public async ValueTask<ActorPlace?> PlaceOfAsync(Node file, CancellationToken cancellationToken)
    {
        try
        {
            ReadOnlyMemory<byte> bytes = await LoadStartAsync(file, cancellationToken).ConfigureAwait(false);
            return (ulong)bytes.Length == file.Size ? ActorPlace.Find(PackageReader.Read(bytes.Span, bytes.Length), bytes.Span) : null;
        }
        catch (PackageException)
        {
            return null;
        }
    }

    /// <summary>The first bytes of a file, at least as many as its header has.</summary>
    /// <exception cref="PackageException">It has no header that can be read.</exception>
    /// <exception cref="RepositoryException">Its content cannot be read.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> LoadStartAsync(Node file, CancellationToken cancellationToken)
    {
        IReadOnlyList<BlobId> blobs = file.Content ?? [];
        byte[] start = [];
        long wanted = 0;
        for (int i = 0; i < blobs.Count && (wanted == 0 || start.Length < wanted); i++)
        {
            byte[] blob = await repository.LoadBlobAsync(new BlobHandle(blobs[i]), cancellationToken).ConfigureAwait(false);
            start = start.Length == 0 ? blob : [.. start, .. blob];
            wanted = wanted > 0 ? wanted : WantedOf(start, (long)Math.Min(file.Size, long.MaxValue), isAll: i == blobs.Count - 1);
        }

        return start;
    }

    /// <summary>Length of the header, or 0 where its first part is not complete.</summary>
    private static long WantedOf(byte[] start, long fileLength, bool isAll)
    {
        const int LongestSummary = 1 << 20;
        try
        {
            return PackageReader.ReadSummary(start, fileLength).TotalHeaderSize;
        }
        catch (PackageException e) when (e.Fault == PackageFault.Damaged && !isAll && start.Length < LongestSummary)
        {
            return 0;
        }
    }
}
