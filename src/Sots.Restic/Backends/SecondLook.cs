namespace Sots.Restic.Backends;

/// <summary>What a storage says of a file is not believed where believing it wrongly would cost something.</summary>
internal static class SecondLook
{
    /// <summary>
    /// Whether a file that was just said to be missing, though a listing had it, really is gone. A drive or share that falters says
    /// "not found" of what is there; to take its word would be to forget a snapshot, or to keep an index of packs that go.
    /// </summary>
    public static async ValueTask<bool> IsGoneAsync(this IBackend backend, FileHandle file, CancellationToken cancellationToken)
    {
        try
        {
            return await backend.FindLengthAsync(file, cancellationToken).ConfigureAwait(false) is null;
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Missing)
        {
            // No answer to this question, and so no proof.
            return false;
        }
    }

    /// <summary>Removes a file that may be gone already.</summary>
    /// <exception cref="RepositoryException">It could not be removed; <see cref="RepositoryErrorKind.Storage"/> also where it was said to be missing but is there.</exception>
    public static async ValueTask RemoveIfThereAsync(this IBackend backend, FileHandle file, CancellationToken cancellationToken)
    {
        try
        {
            await backend.RemoveAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Missing)
        {
            if (!await backend.IsGoneAsync(file, cancellationToken).ConfigureAwait(false))
            {
                throw Contradiction(file, e);
            }
        }
    }

    /// <summary>The error of a storage that says "not found" of a file that is there.</summary>
    public static RepositoryException Contradiction(FileHandle file, Exception cause) => new(
        RepositoryErrorKind.Storage, $"{file} is there, but the storage said that it is not: {cause.Message}",
        "The drive or the network behind it falters. Look at its cables and its health, then run the command again.", cause);
}
