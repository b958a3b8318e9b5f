using Sots.Restic;
using Sots.Restic.Packs;

namespace Sots.Backup.Restoring;

/// <summary>
/// Fetches the blobs that files wait for, pack by pack in large requests, and writes each wherever it belongs; a blob that many files or
/// many places share is fetched once. As many requests at a time as there are cores; verified plaintext only.
/// </summary>
/// <remarks>
/// Memory: per worker one request of about 8 MiB (or one blob, if that is longer) and one plaintext. A blob that its pack does not give is
/// looked for wherever else it lies before the files that need it are given up.
/// </remarks>
internal sealed class ContentRestore(RestoreRun run, WantedContent wanted)
{
    private readonly OpenFiles _openFiles = new();

    /// <summary>Fetches and writes everything, and finishes every file.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(wanted.Pieces(), parallel, async (piece, token) =>
            await PackReader.ReadBlobsAsync(
                run.Repository.Repository, piece.Pack, piece.Blobs, (blob, plaintext, damage) => PlaceAsync(piece, blob, plaintext, damage, token), token)
                .ConfigureAwait(false));
    }

    private ValueTask PlaceAsync(
        ContentPiece piece, PackedBlob blob, ReadOnlyMemory<byte> plaintext, RepositoryException? damage, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (damage is not null)
        {
            return PlaceFromElsewhereAsync(piece, blob, cancellationToken);
        }

        Place(piece, blob, plaintext.Span, null);
        return ValueTask.CompletedTask;
    }

    private async ValueTask PlaceFromElsewhereAsync(ContentPiece piece, PackedBlob blob, CancellationToken cancellationToken)
    {
        byte[] plaintext = [];
        string? failure = null;
        try
        {
            plaintext = await run.Repository.LoadBlobAsync(blob.Handle, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryException e)
        {
            failure = e.Message;
            run.Tally.AddLost(new BlobId(blob.Id));
        }

        Place(piece, blob, plaintext, failure);
    }

    private void Place(ContentPiece piece, in PackedBlob blob, ReadOnlySpan<byte> plaintext, string? failure)
    {
        (int from, int to) = piece.PlacesOf(blob);
        for (int use = from; use < to; use++)
        {
            (FileRestore file, long offset) = wanted.PlaceAt(use);
            if (failure is not null)
            {
                file.Lose(failure);
            }
            else
            {
                file.Write(run, offset, plaintext);
                run.Tally.Moved(plaintext.Length);
            }

            bool waitsForMore = file.Planned.BlobCount > 1;
            if (waitsForMore)
            {
                _openFiles.Keep(file);
            }

            if (file.BlobDone())
            {
                if (waitsForMore)
                {
                    _openFiles.Forget(file);
                }

                file.Finish(run);
            }
        }
    }
}
