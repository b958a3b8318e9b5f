namespace Sots.Backup.Archiving;

/// <summary>A directory whose entries are being handed out. One walker.</summary>
/// <param name="build">What becomes of it.</param>
/// <param name="count">Number of entries.</param>
/// <param name="visit">Hands out one of them.</param>
/// <param name="folders">Those that are looked into before their turn; null for levels above the targets.</param>
internal sealed class OpenDirectory(DirectoryBuild build, int count, Func<int, CancellationToken, ValueTask> visit, FoldersAhead? folders)
{
    private int _next;

    /// <summary>What becomes of it.</summary>
    public DirectoryBuild Build { get; } = build;

    /// <summary>Whether there is an entry left to visit.</summary>
    public bool HasNext => _next < count;

    /// <summary>Hands out the next entry.</summary>
    public ValueTask VisitNextAsync(CancellationToken cancellationToken) => visit(_next++, cancellationToken);

    /// <summary>Waits for what is on its way and was not asked for.</summary>
    public ValueTask EndAsync() => folders?.EndAsync() ?? ValueTask.CompletedTask;
}
