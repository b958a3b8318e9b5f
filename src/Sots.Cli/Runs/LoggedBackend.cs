using System.Globalization;
using Sots.Cli.Output;
using Sots.Restic.Backends;

namespace Sots.Cli.Runs;

/// <summary>Notes in the log of a run what is stored and removed: packs, index files, snapshots, locks. Reading is not noted.</summary>
/// <param name="inner">The storage; owned.</param>
/// <param name="log">The log.</param>
internal sealed class LoggedBackend(IBackend inner, RunLog log) : IBackend
{
    /// <inheritdoc/>
    public string Location => inner.Location;

    /// <inheritdoc/>
    public int Connections => inner.Connections;

    /// <inheritdoc/>
    public bool ShowsAtOnce => inner.ShowsAtOnce;

    /// <inheritdoc/>
    public ValueTask CreateLayoutAsync(CancellationToken cancellationToken) => inner.CreateLayoutAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask SaveAsync(FileHandle file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await inner.SaveAsync(file, content, cancellationToken).ConfigureAwait(false);
        NoteWritten(file, content.Length);
    }

    /// <inheritdoc/>
    public bool TakesPacksInPieces => inner.TakesPacksInPieces;

    /// <inheritdoc/>
    public IGrowingFile BeginPack(CancellationToken cancellationToken) => new LoggedFile(this, inner.BeginPack(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<byte[]> LoadAsync(FileHandle file, long maxLength, CancellationToken cancellationToken) => inner.LoadAsync(file, maxLength, cancellationToken);

    /// <inheritdoc/>
    public ValueTask LoadRangeAsync(FileHandle file, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        inner.LoadRangeAsync(file, offset, destination, cancellationToken);

    /// <inheritdoc/>
    public ValueTask ForgetCachedAsync(FileHandle file, CancellationToken cancellationToken) => inner.ForgetCachedAsync(file, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long?> FindLengthAsync(FileHandle file, CancellationToken cancellationToken) => inner.FindLengthAsync(file, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredFile> ListAsync(FileType type, CancellationToken cancellationToken) => inner.ListAsync(type, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<UnfinishedFile> ListUnfinishedAsync(CancellationToken cancellationToken) => inner.ListUnfinishedAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask RemoveUnfinishedAsync(UnfinishedFile file, CancellationToken cancellationToken)
    {
        await inner.RemoveUnfinishedAsync(file, cancellationToken).ConfigureAwait(false);
        log.Write(RunLogLevel.Debug, $"removed {file.Name}");
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(FileHandle file, CancellationToken cancellationToken)
    {
        await inner.RemoveAsync(file, cancellationToken).ConfigureAwait(false);
        log.Write(RunLogLevel.Debug, $"removed {file}");
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private void NoteWritten(FileHandle file, long length) =>
        log.Write(RunLogLevel.Debug, string.Create(CultureInfo.InvariantCulture, $"wrote {file}, {Sizes.Format(length)}"));

    private sealed class LoggedFile(LoggedBackend owner, IGrowingFile inner) : IGrowingFile
    {
        public long Length => inner.Length;

        public void Append(ReadOnlySpan<byte> bytes) => inner.Append(bytes);

        public void ReadBack(long offset, Span<byte> destination) => inner.ReadBack(offset, destination);

        public async ValueTask PublishAsync(FileHandle file, CancellationToken cancellationToken)
        {
            await inner.PublishAsync(file, cancellationToken).ConfigureAwait(false);
            owner.NoteWritten(file, inner.Length);
        }

        public void Dispose() => inner.Dispose();
    }
}
