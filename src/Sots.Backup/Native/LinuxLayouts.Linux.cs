using System.Runtime.InteropServices;

namespace Sots.Backup.Native;

/// <summary>Flags of open(2). Two of them differ between processors, the rest are common to x86-64, arm64 and riscv64.</summary>
internal static class OpenFlags
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NonBlocking = 0x800;
    public const int NoAccessTime = 0x4_0000;
    public const int CloseOnExec = 0x8_0000;

    /// <summary>O_PATH: a handle on the entry, without opening what it stands for.</summary>
    public const int PathOnly = 0x20_0000;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    public static readonly int Directory = IsArm ? 0x4000 : 0x1_0000;
    public static readonly int NoFollow = IsArm ? 0x8000 : 0x2_0000;
}

/// <summary>Numbers of system calls without a function in the C library; riscv64 has those of arm64.</summary>
internal static class SystemCallNumbers
{
    public static readonly nint SetDiskPriority = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 251 : 30;
}

/// <summary>Error numbers of Linux that decide what happens next.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int NoSuchProcess = 3;
    public const int Interrupted = 4;
    public const int AccessDenied = 13;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int Invalid = 22;
    public const int TextBusy = 26;
    public const int FileTooBig = 27;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int OutOfRange = 34;
    public const int NameTooLong = 36;
    public const int NotEmpty = 39;
    public const int Loop = 40;
    public const int NoAttribute = 61;
    public const int NotSupported = 95;
    public const int QuotaExceeded = 122;

    /// <summary>The system's words, beginning in lower case as restic prints them.</summary>
    public static string Describe(int error)
    {
        string text = Marshal.GetPInvokeErrorMessage(error);
        return text.Length > 1 && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }
}

/// <summary>struct statx: the same on every processor. Members not listed are not asked for.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatxBuffer
{
    [FieldOffset(16)]
    public uint Links;

    [FieldOffset(20)]
    public uint UserId;

    [FieldOffset(24)]
    public uint GroupId;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public ulong Size;

    [FieldOffset(64)]
    public StatxTime AccessTime;

    [FieldOffset(96)]
    public StatxTime ChangeTime;

    [FieldOffset(112)]
    public StatxTime ModifiedTime;

    [FieldOffset(128)]
    public uint RawDeviceMajor;

    [FieldOffset(132)]
    public uint RawDeviceMinor;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;

    /// <summary>The device number as stat(2) returns it, which is what the format stores: statx gives its two halves apart.</summary>
    public static ulong JoinDevice(uint major, uint minor) =>
        ((ulong)(major & 0xFFFFF000u) << 32) | ((ulong)(major & 0xFFFu) << 8) | ((ulong)(minor & 0xFFFFFF00u) << 12) | (minor & 0xFFu);
}

/// <summary>struct statx_timestamp.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct StatxTime
{
    public long Seconds;
    public uint Nanoseconds;
}

/// <summary>struct timespec of 64-bit systems.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    public long Seconds;
    public long Nanoseconds;
}

/// <summary>The beginning that struct passwd and struct group have in common, with room for the rest.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal unsafe struct AccountRecord
{
    public byte* Name;
    public byte* Password;
    public uint Id;
}
