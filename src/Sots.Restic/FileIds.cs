namespace Sots.Restic;

// One type per kind of thing that has an id. They are deliberately not convertible into one another:
// a pack id handed to something that wants an index id does not compile.

/// <summary>Name of a pack file: SHA-256 of its bytes as stored.</summary>
/// <param name="Value">The hash.</param>
public readonly record struct PackId(ContentId Value) : IComparable<PackId>
{
    /// <inheritdoc/>
    public int CompareTo(PackId other) => Value.CompareTo(other.Value);

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString();
}

/// <summary>Name of an index file: SHA-256 of its bytes as stored.</summary>
/// <param name="Value">The hash.</param>
public readonly record struct IndexId(ContentId Value) : IComparable<IndexId>
{
    /// <inheritdoc/>
    public int CompareTo(IndexId other) => Value.CompareTo(other.Value);

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString();
}

/// <summary>Name of a snapshot file: SHA-256 of its bytes as stored.</summary>
/// <param name="Value">The hash.</param>
public readonly record struct SnapshotId(ContentId Value) : IComparable<SnapshotId>
{
    /// <inheritdoc/>
    public int CompareTo(SnapshotId other) => Value.CompareTo(other.Value);

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString();
}

/// <summary>Name of a key file: SHA-256 of its bytes as stored.</summary>
/// <param name="Value">The hash.</param>
public readonly record struct KeyId(ContentId Value) : IComparable<KeyId>
{
    /// <inheritdoc/>
    public int CompareTo(KeyId other) => Value.CompareTo(other.Value);

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString();
}

/// <summary>Name of a lock file: SHA-256 of its bytes as stored.</summary>
/// <param name="Value">The hash.</param>
public readonly record struct LockId(ContentId Value) : IComparable<LockId>
{
    /// <inheritdoc/>
    public int CompareTo(LockId other) => Value.CompareTo(other.Value);

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString();
}

/// <summary>Id of a blob: SHA-256 of its plaintext.</summary>
/// <param name="Value">The hash.</param>
public readonly record struct BlobId(ContentId Value) : IComparable<BlobId>
{
    /// <inheritdoc/>
    public int CompareTo(BlobId other) => Value.CompareTo(other.Value);

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString();
}

/// <summary>Id of a tree blob: SHA-256 of the tree's JSON, including its final newline.</summary>
/// <param name="Value">The hash.</param>
public readonly record struct TreeId(ContentId Value) : IComparable<TreeId>
{
    /// <inheritdoc/>
    public int CompareTo(TreeId other) => Value.CompareTo(other.Value);

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString();
}
