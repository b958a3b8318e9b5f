using System.Runtime.CompilerServices;
using Sots.Restic.Backends;

namespace Sots.Testing;

/// <summary>A decorator that lets its heirs look at every call before and after it is made.</summary>
/// <param name="inner">The backend; owned.</param>
public abstract class InterceptedBackend(IBackend inner) : IBackend
{
    /// <inheritdoc/>
    public string Location => inner.Location;

    /// <inheritdoc/>
    public int Connections => inner.Connections;

    /// <inheritdoc/>
    public bool ShowsAtOnce => inner.ShowsAtOnce;

    /// <summary>Runs before a call; what it throws is the call's result. The value it returns comes back in <see cref="After"/>.</summary>
    protected abstract object? Before(BackendCall call);

    /// <summary>Runs after a call that succeeded; what it throws is the call's result.</summary>
    protected abstract void After(BackendCall call, object? before);

    /// <inheritdoc/>
    public async ValueTask CreateLayoutAsync(CancellationToken cancellationToken)
    {
        BackendCall call = new(BackendOperation.CreateLayout, FileHandle.Config);
        object? before = Before(call);
        await inner.CreateLayoutAsync(cancellationToken);
        After(call, before);
    }

    /// <inheritdoc/>
    public async ValueTask SaveAsync(FileHandle file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        BackendCall call = new(BackendOperation.Save, file);
        object? before = Before(call);
        await inner.SaveAsync(file, content, cancellationToken);
        After(call, before);
    }

    /// <inheritdoc/>
    public bool TakesPacksInPieces => inner.TakesPacksInPieces;

    /// <inheritdoc/>
    public IGrowingFile BeginPack(CancellationToken cancellationToken)
    {
        BackendCall call = new(BackendOperation.BeginPack, new FileHandle(FileType.Pack, default));
        object? before = Before(call);
        InterceptedFile file = new(this, inner.BeginPack(cancellationToken));
        After(call, before);
        return file;
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> LoadAsync(FileHandle file, long maxLength, CancellationToken cancellationToken)
    {
        BackendCall call = new(BackendOperation.Load, file);
        object? before = Before(call);
        byte[] content = await inner.LoadAsync(file, maxLength, cancellationToken);
        After(call, before);
        return content;
    }

    /// <inheritdoc/>
    public async ValueTask LoadRangeAsync(FileHandle file, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        BackendCall call = new(BackendOperation.LoadRange, file);
        object? before = Before(call);
        await inner.LoadRangeAsync(file, offset, destination, cancellationToken);
        After(call, before);
    }

    /// <inheritdoc/>
    public ValueTask ForgetCachedAsync(FileHandle file, CancellationToken cancellationToken) => inner.ForgetCachedAsync(file, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<long?> FindLengthAsync(FileHandle file, CancellationToken cancellationToken)
    {
        BackendCall call = new(BackendOperation.FindLength, file);
        object? before = Before(call);
        long? length = await inner.FindLengthAsync(file, cancellationToken);
        After(call, before);
        return length;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFile> ListAsync(FileType type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        BackendCall call = new(BackendOperation.List, new FileHandle(type, default));
        object? before = Before(call);
        await foreach (StoredFile file in inner.ListAsync(type, cancellationToken).WithCancellation(cancellationToken))
        {
            yield return file;
        }

        After(call, before);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<UnfinishedFile> ListUnfinishedAsync(CancellationToken cancellationToken) => inner.ListUnfinishedAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask RemoveUnfinishedAsync(UnfinishedFile file, CancellationToken cancellationToken) => inner.RemoveUnfinishedAsync(file, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(FileHandle file, CancellationToken cancellationToken)
    {
        BackendCall call = new(BackendOperation.Remove, file);
        object? before = Before(call);
        await inner.RemoveAsync(file, cancellationToken);
        After(call, before);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        inner.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class InterceptedFile(InterceptedBackend owner, IGrowingFile inner) : IGrowingFile
    {
        public long Length => inner.Length;

        public void Append(ReadOnlySpan<byte> bytes) => inner.Append(bytes);

        public void ReadBack(long offset, Span<byte> destination) => inner.ReadBack(offset, destination);

        public async ValueTask PublishAsync(FileHandle file, CancellationToken cancellationToken)
        {
            BackendCall call = new(BackendOperation.Save, file);
            object? before = owner.Before(call);
            await inner.PublishAsync(file, cancellationToken);
            owner.After(call, before);
        }

        public void Dispose() => inner.Dispose();
    }
}
