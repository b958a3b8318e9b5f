using System.Globalization;
using System.Runtime.CompilerServices;

namespace Sots.Restic.Backends;

/// <summary>
/// Tries again what failed for a reason that may pass. Stands directly on the storage, below everything that counts or caches, so that
/// nobody above sees an attempt that was made good. Only <see cref="RepositoryErrorKind.Storage"/> is tried again: a full disk, a
/// missing right, a missing or short file stay what they are.
/// </summary>
/// <remarks>
/// Waits 1 s, 2 s and 4 s, each times a random factor of 0.5 to 1.5, at most 3 times and at most 15 minutes. All operations together wait
/// 15 minutes at most, and one minute while none succeeds: a disk that is gone does not hold anybody for longer.
/// </remarks>
public sealed class RetryBackend : IBackend
{
    private const int MaxRetries = 3;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15), PatienceInVain = TimeSpan.FromMinutes(1);

    private readonly IBackend _inner;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Action<string> _report;
    private readonly Lock _randomGate = new();
    private long _waitedTicks;
    private long _waitedInVainTicks;

    /// <summary>Wraps a backend and owns it.</summary>
    /// <param name="inner">The storage.</param>
    /// <param name="time">Clock and waiting.</param>
    /// <param name="random">Scatters the waits, so that many clients of one server do not come back together.</param>
    /// <param name="report">Gets one line for every failure that is tried again; called from any thread.</param>
    public RetryBackend(IBackend inner, TimeProvider time, Random random, Action<string> report)
    {
        _inner = inner;
        _time = time;
        _random = random;
        _report = report;
    }

    /// <inheritdoc/>
    public string Location => _inner.Location;

    /// <inheritdoc/>
    public int Connections => _inner.Connections;

    /// <inheritdoc/>
    public bool ShowsAtOnce => _inner.ShowsAtOnce;

    /// <inheritdoc/>
    public async ValueTask CreateLayoutAsync(CancellationToken cancellationToken)
    {
        Attempts attempts = new(this, cancellationToken);
        while (true)
        {
            try
            {
                await _inner.CreateLayoutAsync(cancellationToken);
                attempts.Succeed();
                return;
            }
            catch (RepositoryException e) when (attempts.MayRetry(e))
            {
                await attempts.WaitAsync(e);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask SaveAsync(FileHandle file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        Attempts attempts = new(this, cancellationToken);
        while (true)
        {
            try
            {
                await _inner.SaveAsync(file, content, cancellationToken);
                attempts.Succeed();
                return;
            }
            catch (RepositoryException e) when (attempts.MayRetry(e))
            {
                await attempts.WaitAsync(e);
            }
        }
    }

    /// <inheritdoc/>
    public bool TakesPacksInPieces => _inner.TakesPacksInPieces;

    /// <inheritdoc/>
    /// <remarks>Waits where it is called, as what it hands out does while it grows.</remarks>
    public IGrowingFile BeginPack(CancellationToken cancellationToken)
    {
        Attempts attempts = new(this, cancellationToken);
        while (true)
        {
            try
            {
                RetriedFile file = new(this, _inner.BeginPack(cancellationToken), cancellationToken);
                attempts.Succeed();
                return file;
            }
            catch (RepositoryException e) when (attempts.MayRetry(e))
            {
                attempts.Wait(e);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> LoadAsync(FileHandle file, long maxLength, CancellationToken cancellationToken)
    {
        Attempts attempts = new(this, cancellationToken);
        while (true)
        {
            try
            {
                byte[] content = await _inner.LoadAsync(file, maxLength, cancellationToken);
                attempts.Succeed();
                return content;
            }
            catch (RepositoryException e) when (attempts.MayRetry(e))
            {
                await attempts.WaitAsync(e);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask LoadRangeAsync(FileHandle file, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        Attempts attempts = new(this, cancellationToken);
        while (true)
        {
            try
            {
                await _inner.LoadRangeAsync(file, offset, destination, cancellationToken);
                attempts.Succeed();
                return;
            }
            catch (RepositoryException e) when (attempts.MayRetry(e))
            {
                await attempts.WaitAsync(e);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask ForgetCachedAsync(FileHandle file, CancellationToken cancellationToken) => _inner.ForgetCachedAsync(file, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<long?> FindLengthAsync(FileHandle file, CancellationToken cancellationToken)
    {
        Attempts attempts = new(this, cancellationToken);
        while (true)
        {
            try
            {
                long? length = await _inner.FindLengthAsync(file, cancellationToken);
                attempts.Succeed();
                return length;
            }
            catch (RepositoryException e) when (attempts.MayRetry(e))
            {
                await attempts.WaitAsync(e);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFile> ListAsync(FileType type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A listing starts again from its beginning; what was handed out already is passed over.
        HashSet<ContentId> seen = [];
        Attempts attempts = new(this, cancellationToken);
        while (true)
        {
            RepositoryException? failure = null;
            await using IAsyncEnumerator<StoredFile> files = _inner.ListAsync(type, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (failure is null)
            {
                try
                {
                    if (!await files.MoveNextAsync())
                    {
                        attempts.Succeed();
                        yield break;
                    }
                }
                catch (RepositoryException e) when (attempts.MayRetry(e))
                {
                    failure = e;
                    continue;
                }

                if (seen.Add(files.Current.Name))
                {
                    yield return files.Current;
                }
            }

            await attempts.WaitAsync(failure);
        }
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(FileHandle file, CancellationToken cancellationToken)
    {
        Attempts attempts = new(this, cancellationToken);
        while (true)
        {
            try
            {
                await _inner.RemoveAsync(file, cancellationToken);
                attempts.Succeed();
                return;
            }
            catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Missing && attempts.Count > 0)
            {
                // The attempt before was reported as failed but had been made; or the storage falters, and it is still there.
                if (await _inner.IsGoneAsync(file, cancellationToken))
                {
                    return;
                }

                throw SecondLook.Contradiction(file, e);
            }
            catch (RepositoryException e) when (attempts.MayRetry(e))
            {
                await attempts.WaitAsync(e);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Not tried again: what is overlooked is found the next time.</remarks>
    public IAsyncEnumerable<UnfinishedFile> ListUnfinishedAsync(CancellationToken cancellationToken) => _inner.ListUnfinishedAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask RemoveUnfinishedAsync(UnfinishedFile file, CancellationToken cancellationToken)
    {
        Attempts attempts = new(this, cancellationToken);
        while (true)
        {
            try
            {
                await _inner.RemoveUnfinishedAsync(file, cancellationToken);
                attempts.Succeed();
                return;
            }
            catch (RepositoryException e) when (attempts.MayRetry(e))
            {
                await attempts.WaitAsync(e);
            }
        }
    }

    /// <summary>Disposes the storage.</summary>
    public void Dispose() => _inner.Dispose();

    private double Factor()
    {
        lock (_randomGate)
        {
            return 0.5 + _random.NextDouble();
        }
    }

    /// <summary>The attempts of one operation.</summary>
    private sealed class Attempts(RetryBackend owner, CancellationToken cancellationToken)
    {
        private readonly long _start = owner._time.GetTimestamp();

        public int Count { get; private set; }

        public bool MayRetry(RepositoryException e) =>
            e.Kind == RepositoryErrorKind.Storage && Count < MaxRetries
            && Interlocked.Read(ref owner._waitedTicks) < Patience.Ticks && Interlocked.Read(ref owner._waitedInVainTicks) < PatienceInVain.Ticks
            && owner._time.GetElapsedTime(_start) < Patience
            && !cancellationToken.IsCancellationRequested;

        public void Succeed()
        {
            if (Interlocked.Read(ref owner._waitedInVainTicks) > 0)
            {
                Interlocked.Exchange(ref owner._waitedInVainTicks, 0);
            }
        }

        public async ValueTask WaitAsync(RepositoryException e)
        {
            TimeSpan wait = FirstWait * (1 << Count) * owner.Factor();
            Count++;
            Interlocked.Add(ref owner._waitedTicks, wait.Ticks);
            Interlocked.Add(ref owner._waitedInVainTicks, wait.Ticks);
            owner._report(string.Create(
                CultureInfo.InvariantCulture, $"{e.Message}; trying again in {wait.TotalSeconds:0.0} s ({Count} of {MaxRetries})"));
            await Task.Delay(wait, owner._time, cancellationToken);
        }

        public void Wait(RepositoryException e) => WaitAsync(e).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>A file whose pieces are tried again; its end is not.</summary>
    private sealed class RetriedFile(RetryBackend owner, IGrowingFile inner, CancellationToken cancellationToken) : IGrowingFile
    {
        public long Length => inner.Length;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            Attempts attempts = new(owner, cancellationToken);
            while (true)
            {
                try
                {
                    inner.Append(bytes);
                    attempts.Succeed();
                    return;
                }
                catch (RepositoryException e) when (attempts.MayRetry(e))
                {
                    attempts.Wait(e);
                }
            }
        }

        public void ReadBack(long offset, Span<byte> destination) => inner.ReadBack(offset, destination);

        public ValueTask PublishAsync(FileHandle file, CancellationToken cancellationToken) => inner.PublishAsync(file, cancellationToken);

        public void Dispose() => inner.Dispose();
    }
}
