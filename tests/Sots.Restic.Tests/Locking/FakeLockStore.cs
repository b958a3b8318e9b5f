using System.Runtime.CompilerServices;
using Sots.Restic.Backends;
using Sots.Restic.Locking;

namespace Sots.Restic.Tests.Locking;

/// <summary>Lock files in memory. Everything happens at once on the calling thread, so a test decides when.</summary>
internal sealed class FakeLockStore : ILockStore
{
    private readonly Dictionary<LockId, LockFile?> _files = [];
    private readonly HashSet<LockId> _empty = [];
    private int _named;

    /// <summary>The readable locks.</summary>
    public IReadOnlyDictionary<LockId, LockFile> Locks =>
        _files.Where(file => file.Value is not null).ToDictionary(file => file.Key, file => file.Value!);

    /// <summary>Names of all files.</summary>
    public IReadOnlyCollection<LockId> Names => [.. _files.Keys];

    public bool ShowsAtOnce { get; set; }

    /// <summary>What was done, in order: <c>save</c>, <c>remove</c>.</summary>
    public List<string> Log { get; } = [];

    /// <summary>Runs before every call; what it throws is the call's result. The argument is the call's name.</summary>
    public Action<string> Before { get; set; } = static _ => { };

    /// <summary>Runs after a lock was saved.</summary>
    public Action AfterSave { get; set; } = static () => { };

    public LockId Put(LockFile? content, bool isEmpty = false)
    {
        LockId id = new(ContentId.Of(BitConverter.GetBytes(_named++)));
        _files[id] = content;
        if (isEmpty)
        {
            _empty.Add(id);
        }

        return id;
    }

    public void Take(LockId id) => _files.Remove(id);

    public void Fix(LockId id, LockFile content) => _files[id] = content;

    public ValueTask<LockId> SaveAsync(LockFile content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Before("save");
        Log.Add("save");
        LockId id = Put(content);
        AfterSave();
        return ValueTask.FromResult(id);
    }

    public ValueTask RemoveAsync(LockId id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Before("remove");
        Log.Add("remove");
        return _files.Remove(id)
            ? ValueTask.CompletedTask
            : throw new RepositoryException(RepositoryErrorKind.Missing, $"{FileHandle.Of(id)} is not there");
    }

    public ValueTask<LockFile> LoadAsync(LockId id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Before("load");
        return !_files.TryGetValue(id, out LockFile? content)
            ? throw new RepositoryException(RepositoryErrorKind.Missing, $"{FileHandle.Of(id)} is not there")
            : ValueTask.FromResult(content ?? throw RepositoryException.Damage(FileHandle.Of(id).ToString(), "it is a snapshot"));
    }

    public async IAsyncEnumerable<StoredFile> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ValueTask.CompletedTask;
        Before("list");
        foreach (LockId id in _files.Keys.ToArray())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new StoredFile(id.Value, _empty.Contains(id) ? 0 : 150);
        }
    }
}
