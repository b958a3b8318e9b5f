using Sots.Restic;
using Sots.Restic.Writing;

namespace Sots.Backup.Archiving;

/// <summary>The ids of a file's chunks, filled in any order. <see cref="Next"/> and <see cref="Add"/> belong to the one who reads the file.</summary>
internal sealed class ContentList
{
    private readonly Lock _gate = new();
    private readonly List<BlobId> _ids = [];
    private readonly List<Task> _running = [];
    private readonly List<ContentId> _new = [];
    private Exception? _failure;

    /// <summary>Plain bytes of new blobs.</summary>
    public long AddedBytes { get; private set; }

    /// <summary>The new blobs; complete once all are saved.</summary>
    public IReadOnlyList<ContentId> NewIds => _new;

    /// <summary>What they take in the repository.</summary>
    public long StoredBytes { get; private set; }

    /// <summary>Makes room for the next chunk.</summary>
    public int Next()
    {
        lock (_gate)
        {
            _ids.Add(default);
            return _ids.Count - 1;
        }
    }

    /// <summary>A chunk is saved.</summary>
    public void Set(int slot, SavedBlob saved, int length)
    {
        lock (_gate)
        {
            _ids[slot] = new BlobId(saved.Id);
            if (saved.IsNew)
            {
                _new.Add(saved.Id);
                AddedBytes += length;
                StoredBytes += saved.StoredBytes;
            }
        }
    }

    /// <summary>A chunk is being saved.</summary>
    public void Add(Task saving)
    {
        _running.RemoveAll(static task => task.IsCompletedSuccessfully);
        _running.Add(saving);
    }

    /// <summary>A chunk could not be saved.</summary>
    public void Fail(Exception e)
    {
        lock (_gate)
        {
            _failure ??= e;
        }
    }

    /// <summary>Ends when nothing is being saved any more; never fails.</summary>
    public Task AllSavedAsync() => _running.Count == 0 ? Task.CompletedTask : Task.WhenAll(_running);

    /// <summary>Throws what the saving of a chunk failed with.</summary>
    public void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
        }
    }

    /// <summary>The ids, in the order of the chunks.</summary>
    public BlobId[] ToArray() => [.. _ids];
}
