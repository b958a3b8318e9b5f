namespace Sots.Restic;

/// <summary>Names a blob. A data blob and a tree blob may share an id, so the type belongs to the name.</summary>
/// <param name="Type">What the blob holds.</param>
/// <param name="Id">SHA-256 of its plaintext.</param>
public readonly record struct BlobHandle(BlobType Type, ContentId Id)
{
    /// <summary>Names a data blob.</summary>
    public BlobHandle(BlobId id)
        : this(BlobType.Data, id.Value)
    {
    }

    /// <summary>Names a tree blob.</summary>
    public BlobHandle(TreeId id)
        : this(BlobType.Tree, id.Value)
    {
    }

    /// <summary>For messages: <c>data 1a2b3c4d</c>.</summary>
    public override string ToString() => $"{(Type == BlobType.Tree ? "tree" : "data")} {Id.ToShortString()}";
}
