namespace Sots.Restic.Backends;

/// <summary>A stored file as a listing shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct StoredFile(ContentId Name, long Length);

/// <summary>A file that somebody began to store and did not get to its end. No reader sees it.</summary>
/// <param name="Name">Its name below the location.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct UnfinishedFile(string Name, long Length);

/// <summary>
/// Keeps the files of one repository and knows nothing of their content. Every implementation and decorator passes the same
/// conformance suite. All members may be called concurrently.
/// </summary>
/// <remarks>
/// Every failure is a <see cref="RepositoryException"/>: <see cref="RepositoryErrorKind.Missing"/> where the named file is not
/// there, <see cref="RepositoryErrorKind.StorageFull"/> and <see cref="RepositoryErrorKind.PermissionDenied"/> where trying again
/// cannot help, <see cref="RepositoryErrorKind.InvalidRequest"/> where the location is no path of a folder, <see cref="RepositoryErrorKind.Damaged"/> where a file is shorter than what is asked of it,
/// <see cref="RepositoryErrorKind.Storage"/> for everything else. Cancellation is an <see cref="OperationCanceledException"/>.
/// </remarks>
public interface IBackend : IDisposable
{
    /// <summary>Where the files are, for messages. Holds no secret.</summary>
    string Location { get; }

    /// <summary>How many operations at once make sense; at least 1.</summary>
    int Connections { get; }

    /// <summary>
    /// True where a file that was stored is in every listing that begins afterwards, whichever program of whichever user asks. False, the
    /// default, where a listing may come from what a client of the storage remembers. Asks the storage; never fails.
    /// </summary>
    bool ShowsAtOnce => false;

    /// <summary>Makes the folders of an empty repository. Harmless where they exist.</summary>
    ValueTask CreateLayoutAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Stores a file under its final name, whole or not at all: at no moment, not even after a power cut, is there a file of that
    /// name with other content. When this returns the file and its folder entry are on the disk (flushed, result checked).
    /// Replaces a file of the same name. After a failure nothing of that name is there that was not there before.
    /// </summary>
    ValueTask SaveAsync(FileHandle file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>
    /// True where <see cref="BeginPack"/> may be used in place of <see cref="SaveAsync"/>. False, the default, where only whole files can be
    /// stored. Never fails.
    /// </summary>
    bool TakesPacksInPieces => false;

    /// <summary>Begins a pack that is written while it is made, so that nobody has to hold it in memory.</summary>
    /// <param name="cancellationToken">Cancels waiting, now and while the pack grows.</param>
    /// <exception cref="InvalidOperationException">The storage does not take packs in pieces.</exception>
    IGrowingFile BeginPack(CancellationToken cancellationToken) => throw new InvalidOperationException($"{Location} takes whole packs only");

    /// <summary>
    /// Loads a whole file.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="maxLength">A longer file is refused with <see cref="RepositoryErrorKind.LimitExceeded"/> before anything is allocated.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<byte[]> LoadAsync(FileHandle file, long maxLength, CancellationToken cancellationToken);

    /// <summary>
    /// Fills <paramref name="destination"/> from <paramref name="offset"/> (bytes, from 0). A file that ends before is
    /// <see cref="RepositoryErrorKind.Damaged"/>, which is never retried.
    /// </summary>
    ValueTask LoadRangeAsync(FileHandle file, long offset, Memory<byte> destination, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the system to forget what it keeps of a file in memory, so that the next reading comes from the storage itself. A wish: where
    /// it cannot be granted nothing happens, and it never fails. By default nothing is done.
    /// </summary>
    ValueTask ForgetCachedAsync(FileHandle file, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Length of a file in bytes, or null where it is not there.</summary>
    ValueTask<long?> FindLengthAsync(FileHandle file, CancellationToken cancellationToken);

    /// <summary>
    /// Lists the files of a kind in any order, each once. Names that are no ids are passed over (temporary and foreign files); a
    /// missing folder is an empty list; any other error ends the enumeration with an exception, never with a shorter list.
    /// For <see cref="FileType.Config"/> the list is empty: ask <see cref="FindLengthAsync"/>.
    /// </summary>
    IAsyncEnumerable<StoredFile> ListAsync(FileType type, CancellationToken cancellationToken);

    /// <summary>
    /// Lists what killed writers left among packs, index files and snapshots, in any order; what is being written now is among it. Empty by
    /// default.
    /// </summary>
    IAsyncEnumerable<UnfinishedFile> ListUnfinishedAsync(CancellationToken cancellationToken) => AsyncEnumerable.Empty<UnfinishedFile>();

    /// <summary>
    /// Removes one of them, where nobody can be writing it; harmless where it is not there. <see cref="RepositoryErrorKind.Damaged"/> where it
    /// is whole, and stored under its name too: then the file system is out of order, and both may be one file.
    /// </summary>
    ValueTask RemoveUnfinishedAsync(UnfinishedFile file, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>
    /// Removes a file. <see cref="RepositoryErrorKind.Missing"/> where it is not there. When this returns, a snapshot, index or key file is
    /// gone for good, even after a power cut: what it refers to may be removed next.
    /// </summary>
    ValueTask RemoveAsync(FileHandle file, CancellationToken cancellationToken);
}
