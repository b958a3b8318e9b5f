namespace Sots.Restic.Trees;

/// <summary>The type strings of nodes.</summary>
internal static class NodeTypeNames
{
    private static readonly byte[][] Names =
    [
        [], [.. "file"u8], [.. "dir"u8], [.. "symlink"u8], [.. "dev"u8], [.. "chardev"u8], [.. "fifo"u8], [.. "socket"u8],
        [.. "irregular"u8],
    ];

    /// <summary>The string of a type; empty for <see cref="NodeType.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> Of(NodeType type) => Names[(int)type];

    /// <summary>The type of a string.</summary>
    public static NodeType Parse(ReadOnlySpan<byte> name)
    {
        for (int i = 1; i < Names.Length; i++)
        {
            if (name.SequenceEqual(Names[i]))
            {
                return (NodeType)i;
            }
        }

        return NodeType.Unknown;
    }
}
