using System.Globalization;
using Sots.Backup.Archiving;
using Sots.Backup.Progress;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Packs;
using Sots.Restic.Trees;
using Sots.Restic.Writing;

namespace Sots.Backup.Proving;

/// <summary>
/// Reads back a part of what a backup has just written, from the storage and not from memory as far as the system lets us, before a
/// snapshot says that it is there. What comes back must have the ids it was stored under, and be what the files still hold.
/// </summary>
/// <remarks>
/// A piece that the storage does not give back is stored once more from its file; the snapshot is made if that one can be read, and not
/// at all otherwise. It costs reading: a twentieth of the new data, at least <see cref="LeastBytes"/>, at most what was asked for.
/// </remarks>
/// <param name="repository">Where it was written to.</param>
/// <param name="fileSystem">The source.</param>
/// <param name="sample">What can be chosen from.</param>
/// <param name="mostBytes">How much is read back at most, in bytes.</param>
/// <param name="problems">Told what is wrong.</param>
/// <param name="events">Told what was wrong once.</param>
internal sealed class WriteProof(
    OpenRepository repository, SourceFileSystem fileSystem, WriteSample sample, long mostBytes, ArchiveProblems problems, IOperationEvents events)
{
    /// <summary>What is worth reading back in any case: it takes no time.</summary>
    private const long LeastBytes = 4 << 20;

    private const int Share = 20;

    private readonly HashSet<SampledFile> _files = [];
    private readonly List<(SampledBlob Blob, RepositoryException Damage)> _lost = [];
    private long _blobs, _bytes, _compared;

    /// <summary>Reads back. Everything that the session took on is stored.</summary>
    /// <exception cref="RepositoryException">Damaged: the storage does not give back what was written, and it cannot be made good.</exception>
    public async Task<ProofResult> RunAsync(WriteSession session, CancellationToken cancellationToken)
    {
        long bytes = Math.Min(mostBytes, Math.Max(LeastBytes, sample.OfferedBytes / Share));
        await ReadBackAsync(sample.Take(bytes), cancellationToken).ConfigureAwait(false);
        if (_lost.Count > 0)
        {
            await StoreAgainAsync(session, cancellationToken).ConfigureAwait(false);
        }

        return new ProofResult(_files.Count, _blobs, _bytes, _compared);
    }

    private async Task ReadBackAsync(IEnumerable<SampledBlob> blobs, CancellationToken cancellationToken)
    {
        foreach (IGrouping<PackId, SampledBlob> pack in blobs.GroupBy(static blob => blob.Pack!.Value))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Dictionary<BlobHandle, SampledBlob> wanted = pack.ToDictionary(static blob => blob.Handle);
            await repository.Backend.ForgetCachedAsync(Restic.Backends.FileHandle.Of(pack.Key), cancellationToken).ConfigureAwait(false);
            await PackReader.ReadBlobsAsync(
                repository,
                pack.Key,
                [.. wanted.Values.Select(static blob => blob.Packed)],
                (packed, plaintext, damage) =>
                {
                    SampledBlob blob = wanted[packed.Handle];
                    if (damage is not null)
                    {
                        _lost.Add((blob, damage));
                        return ValueTask.CompletedTask;
                    }

                    _blobs++;
                    _bytes += plaintext.Length;
                    if (blob.File is not null)
                    {
                        _files.Add(blob.File);
                        Compare(blob, plaintext.Span);
                    }

                    return ValueTask.CompletedTask;
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Compares with the file, if that is still what was read. Bytes that differ although size and times say otherwise are read once more:
    /// it may be this reading that is wrong.
    /// </summary>
    private void Compare(SampledBlob blob, ReadOnlySpan<byte> stored)
    {
        if (ReadSource(blob) is not { } first)
        {
            return;
        }

        if (stored.SequenceEqual(first))
        {
            _compared += first.Length;
        }
        else if (ReadSource(blob) is not { } second)
        {
            // It changed just now, or cannot be read any more: nothing is proved and nothing refuted.
        }
        else if (stored.SequenceEqual(second))
        {
            _compared += second.Length;
            events.Message($"read again: {blob.Name}: one reading was garbled, the next is right; the disk, its cable or the memory of this machine is not reliable");
        }
        else
        {
            problems.Report("verify", blob.Name, string.Create(
                CultureInfo.InvariantCulture,
                $"the {blob.Length} bytes from {blob.Offset} on are not what was read and saved, though its size and times did not change: the disk or the memory of this machine may be failing; `full` reads it again"));
        }
    }

    private byte[]? ReadSource(SampledBlob blob)
    {
        try
        {
            using SourceFile file = fileSystem.OpenFile(blob.File!.Path);
            if (!file.Status.IsSameContent(blob.File.Whole!.Value))
            {
                return null;
            }

            file.ForgetCached();
            file.Skip(blob.Offset);
            byte[] content = new byte[blob.Length];
            int done = 0;
            while (done < content.Length && file.Read(content.AsSpan(done)) is > 0 and int read)
            {
                done += read;
            }

            return done == content.Length && file.StatusNow().IsSameContent(file.Status) ? content : null;
        }
        catch (SourceException)
        {
            return null;
        }
    }

    private async Task StoreAgainAsync(WriteSession session, CancellationToken cancellationToken)
    {
        List<(SampledBlob Blob, RepositoryException Damage)> lost = [.. _lost];
        _lost.Clear();
        foreach ((SampledBlob blob, RepositoryException damage) in lost)
        {
            byte[] content = blob.File is not null && ReadSource(blob) is { } read && ContentId.Of(read) == blob.Handle.Id ? read : throw NotStored(blob, damage);
            blob.Pack = null;
            await session.SaveAgainAsync(blob.Handle.Type, content, cancellationToken).ConfigureAwait(false);
        }

        await session.FlushAsync(cancellationToken).ConfigureAwait(false);
        await ReadBackAsync(lost.Select(static entry => entry.Blob).Where(static blob => blob.Pack is not null), cancellationToken).ConfigureAwait(false);
        foreach ((SampledBlob blob, RepositoryException damage) in lost)
        {
            if (blob.Pack is null || _lost.Exists(other => other.Blob == blob))
            {
                throw NotStored(blob, damage);
            }

            problems.Report("verify", blob.Name, $"what was stored of it could not be read back and was stored once more, which can be: {damage.Message}");
        }
    }

    private static RepositoryException NotStored(SampledBlob blob, RepositoryException damage) => new(
        RepositoryErrorKind.Damaged,
        $"what was just written does not come back from the repository: {blob.Name}: {damage.Message}",
        "No snapshot was made. The disk of the repository, its cable or the memory of this machine is not reliable: test them, then run `check --read-data`.",
        damage);
}
