namespace Sots.Restic.Backends;

/// <summary>Names one stored file. For <see cref="FileType.Config"/> the name is the zero id.</summary>
/// <param name="Type">The kind of file.</param>
/// <param name="Name">SHA-256 of the stored bytes.</param>
public readonly record struct FileHandle(FileType Type, ContentId Name)
{
    /// <summary>The config file.</summary>
    public static FileHandle Config { get; } = new(FileType.Config, default);

    /// <summary>Names a pack.</summary>
    public static FileHandle Of(PackId id) => new(FileType.Pack, id.Value);

    /// <summary>Names an index file.</summary>
    public static FileHandle Of(IndexId id) => new(FileType.Index, id.Value);

    /// <summary>Names a snapshot file.</summary>
    public static FileHandle Of(SnapshotId id) => new(FileType.Snapshot, id.Value);

    /// <summary>Names a key file.</summary>
    public static FileHandle Of(KeyId id) => new(FileType.Key, id.Value);

    /// <summary>Names a lock file.</summary>
    public static FileHandle Of(LockId id) => new(FileType.Lock, id.Value);

    /// <summary>The path inside the repository with forward slashes, as people see it: <c>data/1a/1a2b…</c> in full.</summary>
    public override string ToString() => RepositoryLayout.PathOf(this);
}
