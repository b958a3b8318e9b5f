using System.Runtime.InteropServices;

namespace Sots.Backup.Native;

/// <summary>Error codes of Windows that decide what happens next.</summary>
internal static class Win32Error
{
    public const int FileNotFound = 2;
    public const int PathNotFound = 3;
    public const int AccessDenied = 5;
    public const int NoMoreFiles = 18;
    public const int SharingViolation = 32;
    public const int LockViolation = 33;
    public const int HandleDiskFull = 39;
    public const int FileExists = 80;
    public const int DiskFull = 112;
    public const int InvalidName = 123;
    public const int NotEmpty = 145;
    public const int AlreadyExists = 183;
    public const int NameTooLong = 206;
    public const int DeletePending = 303;
    public const int PrivilegeNotHeld = 1314;
    public const int InvalidOwner = 1307;
    public const int InvalidGroup = 1308;

    /// <summary>The error of the last call.</summary>
    public static int Last => Marshal.GetLastPInvokeError();

    /// <summary>The code in an exception of the runtime, or -1 where it holds none.</summary>
    public static int In(Exception exception) =>
        (exception.HResult & unchecked((int)0xFFFF_0000)) == unchecked((int)0x8007_0000) ? exception.HResult & 0xFFFF : -1;

    /// <summary>The system's words, without the full stop.</summary>
    public static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error).TrimEnd('.', ' ', '\r', '\n');
}
