namespace Sots.Restic.Backends;

/// <summary>
/// A file that is written while it is made and gets its name, the hash of its bytes, at its end. Until then no reader sees it; disposed of
/// before that it leaves nothing. Not thread safe. Failures are those of <see cref="IBackend"/>.
/// </summary>
public interface IGrowingFile : IDisposable
{
    /// <summary>Bytes so far.</summary>
    long Length { get; }

    /// <summary>Writes bytes at the end. After a failure nothing was added, and the same bytes may be tried again.</summary>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Reads what was written, from <paramref name="offset"/> (bytes, from 0).</summary>
    void ReadBack(long offset, Span<byte> destination);

    /// <summary>
    /// Stores the file under its name, with all that <see cref="IBackend.SaveAsync"/> promises. Cannot be tried again after a failure: what the
    /// system did not get to the disk it may have forgotten.
    /// </summary>
    ValueTask PublishAsync(FileHandle file, CancellationToken cancellationToken);
}
