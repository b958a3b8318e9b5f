namespace Sots.Restic.Trees;

/// <summary>
/// The bits of a node's mode. They are those of the Go language's file mode, not of the operating system: nine permission bits at the
/// bottom, kinds and set-id bits at the top. Source: docs/FORMAT.md, "Modes".
/// </summary>
public static class NodeMode
{
    /// <summary>Nine permission bits, rwxrwxrwx.</summary>
    public const uint Permissions = 0x1FF;

    /// <summary>A directory.</summary>
    public const uint Directory = 1u << 31;

    /// <summary>A symbolic link.</summary>
    public const uint Symlink = 1u << 27;

    /// <summary>A device; block unless <see cref="CharDevice"/> is set too.</summary>
    public const uint Device = 1u << 26;

    /// <summary>A named pipe.</summary>
    public const uint Fifo = 1u << 25;

    /// <summary>A socket.</summary>
    public const uint Socket = 1u << 24;

    /// <summary>Set user id.</summary>
    public const uint SetUid = 1u << 23;

    /// <summary>Set group id.</summary>
    public const uint SetGid = 1u << 22;

    /// <summary>A character device; always together with <see cref="Device"/>.</summary>
    public const uint CharDevice = 1u << 21;

    /// <summary>Sticky.</summary>
    public const uint Sticky = 1u << 20;

    /// <summary>None of the known kinds.</summary>
    public const uint Irregular = 1u << 19;

    /// <summary>Turns a POSIX <c>st_mode</c> (16 bits) into a node's mode.</summary>
    public static uint FromPosix(uint posix)
    {
        uint mode = posix & Permissions;
        mode |= (posix & 0xF000) switch
        {
            0x4000 => Directory,
            0xA000 => Symlink,
            0x6000 => Device,
            0x2000 => Device | CharDevice,
            0x1000 => Fifo,
            0xC000 => Socket,
            0x8000 => 0,
            _ => Irregular,
        };
        mode |= (posix & 0x800) != 0 ? SetUid : 0;
        mode |= (posix & 0x400) != 0 ? SetGid : 0;
        mode |= (posix & 0x200) != 0 ? Sticky : 0;
        return mode;
    }

    /// <summary>The twelve permission bits of POSIX (rwxrwxrwx, set-id, sticky) that a node's mode stands for.</summary>
    public static uint ToPosixPermissions(uint mode) =>
        (mode & Permissions)
        | ((mode & SetUid) != 0 ? 0x800u : 0)
        | ((mode & SetGid) != 0 ? 0x400u : 0)
        | ((mode & Sticky) != 0 ? 0x200u : 0);
}
