namespace Sots.Restic.Trees;

/// <summary>What a node is. The names in JSON are those of the members in lower case, but for <c>dev</c> and <c>chardev</c>.</summary>
public enum NodeType : byte
{
    /// <summary>A type string this program does not know; kept on reading, never written.</summary>
    Unknown = 0,

    /// <summary><c>file</c>.</summary>
    File,

    /// <summary><c>dir</c>.</summary>
    Directory,

    /// <summary><c>symlink</c>.</summary>
    Symlink,

    /// <summary><c>dev</c>: a block device.</summary>
    BlockDevice,

    /// <summary><c>chardev</c>.</summary>
    CharDevice,

    /// <summary><c>fifo</c>.</summary>
    Fifo,

    /// <summary><c>socket</c>: never stored by a backup, skipped by a restore.</summary>
    Socket,

    /// <summary><c>irregular</c>: never stored.</summary>
    Irregular,
}
