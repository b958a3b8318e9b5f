using System.Collections.Concurrent;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Restic.Repofiles;
using Sots.Restic.Writing;

namespace Sots.Restic;

/// <summary>Reads the JSON of an index file; it is gone afterwards.</summary>
internal delegate void ReadIndexJson(ReadOnlySpan<byte> json);

/// <summary>
/// Reads the index files of a repository, several at once if asked to, in memory that is used again from file to file: an index of
/// millions of blobs is hundreds of megabytes of JSON, of which a few are needed at a time. What is not as usual is left to
/// <see cref="OpenRepository.ReadIndexAsync"/>, which looks twice and says what is wrong. Thread safe.
/// </summary>
internal sealed class IndexReader(OpenRepository repository) : IDisposable
{
    private readonly ConcurrentBag<Buffers> _free = [];

    /// <summary>Reads a file and hands its JSON to a reader, once; a damaged file not at all.</summary>
    /// <exception cref="RepositoryException">Missing, Damaged, LimitExceeded, storage errors, and what the reader throws.</exception>
    public async ValueTask ReadAsync(StoredFile file, ReadIndexJson read, CancellationToken cancellationToken)
    {
        if (file.Length is < SealedBox.Overhead or > Limits.LargeIndexLength || !await TryReadAsync(file, read, cancellationToken).ConfigureAwait(false))
        {
            await repository.ReadIndexAsync(new IndexId(file.Name), read, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_free.TryTake(out Buffers? buffers))
        {
            buffers.Dispose();
        }
    }

    private async ValueTask<bool> TryReadAsync(StoredFile file, ReadIndexJson read, CancellationToken cancellationToken)
    {
        Buffers buffers = _free.TryTake(out Buffers? free) ? free : new Buffers();
        try
        {
            Memory<byte> stored = buffers.Stored((int)file.Length);
            return await TryLoadAsync(file, stored, cancellationToken).ConfigureAwait(false) && TryRead(buffers, stored.Span, read);
        }
        finally
        {
            _free.Add(buffers);
        }
    }

    private bool TryRead(Buffers buffers, Span<byte> stored, ReadIndexJson read)
    {
        if (!buffers.TryOpen(repository, stored, out ReadOnlySpan<byte> json))
        {
            return false;
        }

        read(json);
        return true;
    }

    /// <summary>Loads the right bytes, at the second attempt where that helps; false where it does not, or the file is shorter than was listed.</summary>
    private async ValueTask<bool> TryLoadAsync(StoredFile file, Memory<byte> stored, CancellationToken cancellationToken)
    {
        FileHandle handle = new(FileType.Index, file.Name);
        try
        {
            await repository.Backend.LoadRangeAsync(handle, 0, stored, cancellationToken).ConfigureAwait(false);
            if (ContentId.Of(stored.Span) == file.Name)
            {
                return true;
            }

            await repository.Backend.ForgetCachedAsync(handle, cancellationToken).ConfigureAwait(false);
            await repository.Backend.LoadRangeAsync(handle, 0, stored, cancellationToken).ConfigureAwait(false);
            if (ContentId.Of(stored.Span) == file.Name)
            {
                repository.Readings.Healed(handle.ToString());
                return true;
            }
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Damaged)
        {
            // Shorter.
        }

        return false;
    }

    private sealed class Buffers : IDisposable
    {
        private readonly ZstdFrames _zstd = new();
        private byte[] _stored = [];
        private byte[] _json = [];

        public Memory<byte> Stored(int length)
        {
            if (_stored.Length < length)
            {
                _stored = GC.AllocateUninitializedArray<byte>(length + (length / 4));
            }

            return _stored.AsMemory(0, length);
        }

        /// <summary>Opens a file where it lies.</summary>
        public bool TryOpen(OpenRepository repository, Span<byte> stored, out ReadOnlySpan<byte> json)
        {
            json = default;
            Span<byte> plain = stored[..^SealedBox.Overhead];
            return SealedBox.TryOpen(repository.Key, stored, plain)
                && UnpackedCodec.TryDecode(repository.Config.Version, plain, Limits.LargeIndexLength, _zstd, ref _json, out json);
        }

        public void Dispose() => _zstd.Dispose();
    }
}
