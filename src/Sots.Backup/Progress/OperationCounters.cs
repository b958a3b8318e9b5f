namespace Sots.Backup.Progress;

/// <summary>
/// The running totals of an operation. Workers add with <see cref="Interlocked"/>, views read ten times a second; fields are
/// public so that adding costs one instruction. Sizes in bytes.
/// </summary>
public sealed class OperationCounters
{
    /// <summary>Files known so far; grows while the scan runs.</summary>
    public long TotalFiles;

    /// <summary>Bytes of those files.</summary>
    public long TotalBytes;

    /// <summary>1 once the totals are final.</summary>
    public int TotalsKnown;

    /// <summary>Files finished (saved, restored, or packs checked).</summary>
    public long FilesDone;

    /// <summary>Bytes finished, counted while they move.</summary>
    public long BytesDone;

    /// <summary>Files a restore left as they were.</summary>
    public long FilesSkipped;

    /// <summary>Their bytes.</summary>
    public long BytesSkipped;

    /// <summary>Entries a restore deleted.</summary>
    public long FilesDeleted;

    /// <summary>Errors so far.</summary>
    public long Errors;

    /// <summary>Bytes written to the repository so far.</summary>
    public long BytesStored;

    private readonly Lock _gate = new();
    private readonly SortedSet<string> _current = new(StringComparer.Ordinal);

    /// <summary>What workers are on at this moment, sorted.</summary>
    public IReadOnlyList<string> CurrentItems
    {
        get
        {
            lock (_gate)
            {
                return [.. _current];
            }
        }
    }

    /// <summary>A worker starts on an item that takes a while.</summary>
    public void Begin(string item)
    {
        lock (_gate)
        {
            _current.Add(item);
        }
    }

    /// <summary>A worker is done with it.</summary>
    public void End(string item)
    {
        lock (_gate)
        {
            _current.Remove(item);
        }
    }
}
