using Sots.Restic.Index;

namespace Sots.Restic.Writing;

/// <summary>The blobs a session has taken on, so that none is stored twice. 32 bytes a blob and a slot. Thread safe.</summary>
internal sealed class BlobSet
{
    private readonly Lock _gate = new();
    private readonly CompactIdTable _data = new();
    private readonly CompactIdTable _trees = new();

    /// <summary>Adds a blob; false where it was there.</summary>
    public bool Add(BlobHandle blob)
    {
        lock (_gate)
        {
            return (blob.Type == BlobType.Tree ? _trees : _data).Add(blob.Id, out _);
        }
    }

    /// <summary>Whether the blob is there.</summary>
    public bool Contains(BlobHandle blob)
    {
        lock (_gate)
        {
            return (blob.Type == BlobType.Tree ? _trees : _data).Find(blob.Id) >= 0;
        }
    }
}
