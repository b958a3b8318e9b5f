using Sots.Restic.Backends;
using Sots.Restic.Index;
using Sots.Restic.Packs;

namespace Sots.Restic.Writing;

/// <summary>Full packs on their way to storage, and the index of those that are there.</summary>
public sealed partial class WriteSession
{
    /// <summary>What is stored and in no index would be stored again after a crash.</summary>
    private static readonly TimeSpan MaxIndexAge = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private int _waitingPacks;
    private List<IndexedPack> _unindexed = [];
    private int _unindexedBlobs;
    private DateTimeOffset _unindexedSince;

    private async ValueTask StartStoringAsync(PackBuilder pack, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waitingPacks);
        try
        {
            await _uploads.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            pack.Dispose();
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _waitingPacks);
        }

        Task storing = Task.Run(() => StoreAsync(pack), CancellationToken.None);
        lock (_gate)
        {
            _running.Add(storing);
        }

        _ = storing.ContinueWith(
            done =>
            {
                lock (_gate)
                {
                    _running.Remove(done);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Finishes and stores one pack; never throws, a failure ends the session instead.</summary>
    private async Task StoreAsync(PackBuilder pack)
    {
        try
        {
            FinishedPack finished;
            using (pack)
            {
                finished = pack.Finish(_repository.Key);
                await finished.StoreAsync(_repository.Backend, _stop.Token).ConfigureAwait(false);
            }

            Interlocked.Add(ref _storedBytes, finished.Length);
            _options.Stored(finished.Id, finished.Blobs);
            List<IndexedPack>? full = AddUnindexed(new IndexedPack(finished.Id, finished.Blobs));
            if (full is not null)
            {
                await WriteIndexAsync(full, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            End(await ReasonOfAsync(e).ConfigureAwait(false));
        }
        finally
        {
            _uploads.Release();
        }
    }

    private List<IndexedPack>? AddUnindexed(IndexedPack pack)
    {
        lock (_gate)
        {
            DateTimeOffset now = _options.Time.GetUtcNow();
            if (_unindexed.Count == 0)
            {
                _unindexedSince = now;
            }

            _unindexed.Add(pack);
            _unindexedBlobs += pack.Blobs.Count;
            bool full = _unindexedBlobs >= IndexFile.FullAtBlobs || now - _unindexedSince >= MaxIndexAge;
            return full ? TakeUnindexedLocked() : null;
        }
    }

    private List<IndexedPack> TakeUnindexed()
    {
        lock (_gate)
        {
            return TakeUnindexedLocked();
        }
    }

    private List<IndexedPack> TakeUnindexedLocked()
    {
        List<IndexedPack> taken = _unindexed;
        _unindexed = [];
        _unindexedBlobs = 0;
        return taken;
    }

    private async Task WriteIndexAsync(List<IndexedPack> packs, CancellationToken cancellationToken)
    {
        if (packs.Count == 0)
        {
            return;
        }

        try
        {
            await SaveLockedAsync(FileType.Index, IndexFile.Write(packs), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Abandoning the session still indexes them.
            lock (_gate)
            {
                _unindexed.AddRange(packs);
            }

            throw;
        }
    }

    private async Task AllStoredAsync()
    {
        while (true)
        {
            Task[] running;
            lock (_gate)
            {
                running = [.. _running];
            }

            if (running.Length == 0)
            {
                return;
            }

            await Task.WhenAll(running).ConfigureAwait(false);
            lock (_gate)
            {
                foreach (Task task in running)
                {
                    _running.Remove(task);
                }
            }
        }
    }
}
