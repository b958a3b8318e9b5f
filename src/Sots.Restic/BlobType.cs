namespace Sots.Restic;

/// <summary>What a blob holds.</summary>
public enum BlobType : byte
{
    /// <summary>A piece of a file's content.</summary>
    Data = 0,

    /// <summary>The JSON of one directory.</summary>
    Tree = 1,
}
