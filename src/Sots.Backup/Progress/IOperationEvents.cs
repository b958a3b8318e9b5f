namespace Sots.Backup.Progress;

/// <summary>What happened to one entry, for verbose output.</summary>
public enum ItemAction
{
    /// <summary>Not in the parent.</summary>
    New,

    /// <summary>Differs from the parent.</summary>
    Modified,

    /// <summary>As in the parent.</summary>
    Unchanged,

    /// <summary>Written by a restore where nothing was.</summary>
    Restored,

    /// <summary>Changed by a restore.</summary>
    Updated,

    /// <summary>Removed by a restore.</summary>
    Deleted,
}

/// <summary>A finished entry. Sizes in bytes.</summary>
/// <param name="Action">What happened.</param>
/// <param name="Path">Path in the snapshot, with a trailing slash for a directory.</param>
/// <param name="Duration">Time it took.</param>
/// <param name="SizeBytes">Content length.</param>
/// <param name="AddedBytes">Plain bytes that were new.</param>
/// <param name="StoredBytes">Bytes they take in the repository.</param>
/// <param name="IsDirectory">True for a directory: added bytes are metadata.</param>
public readonly record struct ItemEvent(
    ItemAction Action, string Path, TimeSpan Duration, long SizeBytes, long AddedBytes, long StoredBytes, bool IsDirectory);

/// <summary>An entry that could not be handled as it should. The operation goes on.</summary>
/// <param name="During">Step, in restic's words: <c>scan</c>, <c>archival</c>, <c>restore</c>, <c>verify</c>, <c>check</c>.</param>
/// <param name="Item">The path, or the repository file.</param>
/// <param name="Message">What happened, with its reason.</param>
public sealed record ProblemEvent(string During, string Item, string Message)
{
    /// <summary>Whether the repository has it, not the source: what is being saved lacks nothing for it.</summary>
    public bool IsOfRepository { get; init; }
}

/// <summary>
/// Where an operation tells what happens. Called from any thread, several at once; must return quickly and never throw.
/// </summary>
public interface IOperationEvents
{
    /// <summary>Something worth a line at normal verbosity.</summary>
    void Message(string text);

    /// <summary>Something worth a line when more is asked for (restic's <c>-v</c>).</summary>
    void Detail(string text);

    /// <summary>An entry is finished. Called only where <see cref="WantsItems"/> is true.</summary>
    void Item(in ItemEvent item);

    /// <summary>True where <see cref="Item"/> is listened to; saves making the events.</summary>
    bool WantsItems { get; }

    /// <summary>
    /// With <see cref="WantsItems"/>: true where entries that a backup finds unchanged are listened to as well. They are by far the most.
    /// </summary>
    bool WantsUnchangedItems => WantsItems;

    /// <summary>A problem with one entry.</summary>
    void Problem(ProblemEvent problem);

    /// <summary>A backup met a symbolic link, which it saves as one. By default nobody listens.</summary>
    /// <param name="path">Where it is.</param>
    void LinkFound(DiskPath path)
    {
    }

    /// <summary>The scan of a backup has counted everything that will be saved. By default nobody listens.</summary>
    /// <param name="files">Files found.</param>
    /// <param name="bytes">Their content.</param>
    /// <param name="duration">Time since the backup began to look at the source.</param>
    void ScanFinished(long files, long bytes, TimeSpan duration)
    {
    }
}

/// <summary>Listens to nothing.</summary>
public sealed class SilentEvents : IOperationEvents
{
    /// <summary>The one instance.</summary>
    public static SilentEvents Instance { get; } = new();

    /// <inheritdoc/>
    public bool WantsItems => false;

    /// <inheritdoc/>
    public void Message(string text)
    {
    }

    /// <inheritdoc/>
    public void Detail(string text)
    {
    }

    /// <inheritdoc/>
    public void Item(in ItemEvent item)
    {
    }

    /// <inheritdoc/>
    public void Problem(ProblemEvent problem)
    {
    }
}
