using Sots.Restic.Backends;

namespace Sots.Testing;

/// <summary>
/// Storage that does not tell the truth: it hands out other bytes than it holds, or keeps other bytes than it was given, and calls that a
/// success. By default it is honest.
/// </summary>
/// <param name="inner">The backend; owned.</param>
public sealed class LyingBackend(IBackend inner) : IBackend
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FileHandle, int> _readings = [];

    /// <summary>Which bit of a reading is flipped, given the file and the number of the reading of this file, from 1; negative for none.</summary>
    public Func<FileHandle, int, int> FlipsWhenRead { get; set; } = static (_, _) => -1;

    /// <summary>Which bit of a file is flipped when it is stored, given the file and its length; negative for none.</summary>
    public Func<FileHandle, int, int> FlipsWhenStored { get; set; } = static (_, _) => -1;

    /// <summary>Called before a file or a part of it is read.</summary>
    public Action<FileHandle> Reading { get; set; } = static _ => { };

    /// <summary>How often the system was asked to forget a file.</summary>
    public int Forgotten { get; private set; }

    /// <inheritdoc/>
    public string Location => inner.Location;

    /// <inheritdoc/>
    public int Connections => inner.Connections;

    /// <inheritdoc/>
    public bool ShowsAtOnce => inner.ShowsAtOnce;

    /// <inheritdoc/>
    public ValueTask CreateLayoutAsync(CancellationToken cancellationToken) => inner.CreateLayoutAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask SaveAsync(FileHandle file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        byte[] stored = content.ToArray();
        Flip(stored, FlipsWhenStored(file, stored.Length));
        return inner.SaveAsync(file, stored, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> LoadAsync(FileHandle file, long maxLength, CancellationToken cancellationToken)
    {
        int bit = NextBit(file);
        byte[] content = [.. await inner.LoadAsync(file, maxLength, cancellationToken)];
        Flip(content, bit);
        return content;
    }

    /// <inheritdoc/>
    public async ValueTask LoadRangeAsync(FileHandle file, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        int bit = NextBit(file);
        await inner.LoadRangeAsync(file, offset, destination, cancellationToken);
        Flip(destination.Span, bit);
    }

    /// <inheritdoc/>
    public ValueTask ForgetCachedAsync(FileHandle file, CancellationToken cancellationToken)
    {
        Forgotten++;
        return inner.ForgetCachedAsync(file, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<long?> FindLengthAsync(FileHandle file, CancellationToken cancellationToken) => inner.FindLengthAsync(file, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredFile> ListAsync(FileType type, CancellationToken cancellationToken) => inner.ListAsync(type, cancellationToken);

    /// <inheritdoc/>
    public ValueTask RemoveAsync(FileHandle file, CancellationToken cancellationToken) => inner.RemoveAsync(file, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private int NextBit(FileHandle file)
    {
        Reading(file);
        lock (_gate)
        {
            int number = _readings[file] = _readings.GetValueOrDefault(file) + 1;
            return FlipsWhenRead(file, number);
        }
    }

    private static void Flip(Span<byte> content, int bit)
    {
        if (bit >= 0 && !content.IsEmpty)
        {
            content[bit / 8 % content.Length] ^= (byte)(1 << (bit % 8));
        }
    }
}
