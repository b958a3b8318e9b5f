using System.Text;
using Sots.Restic.Trees;

namespace Sots.Cli.Output;

/// <summary>A node's mode and type in the letters restic prints.</summary>
internal static class ModeText
{
    // Bit 31 downwards, in the order of the Go language's file mode. Source: docs/FORMAT.md, "Modes".
    private const string KindLetters = "dalTLDpSugct?";
    private const string PermissionLetters = "rwxrwxrwx";

    /// <summary>For example <c>drwxr-xr-x</c>, <c>Lrwxrwxrwx</c>, <c>-rw-r--r--</c>.</summary>
    public static string Format(uint mode)
    {
        StringBuilder text = new(16);
        for (int i = 0; i < KindLetters.Length; i++)
        {
            if ((mode & (1u << (31 - i))) != 0)
            {
                text.Append(KindLetters[i]);
            }
        }

        if (text.Length == 0)
        {
            text.Append('-');
        }

        for (int i = 0; i < PermissionLetters.Length; i++)
        {
            text.Append((mode & (1u << (8 - i))) != 0 ? PermissionLetters[i] : '-');
        }

        return text.ToString();
    }

    /// <summary>The type as the format names it.</summary>
    public static string TypeName(Node node) => node.Type switch
    {
        NodeType.File => "file",
        NodeType.Directory => "dir",
        NodeType.Symlink => "symlink",
        NodeType.BlockDevice => "dev",
        NodeType.CharDevice => "chardev",
        NodeType.Fifo => "fifo",
        NodeType.Socket => "socket",
        NodeType.Irregular => "irregular",
        _ => node.UnknownType ?? "",
    };
}
