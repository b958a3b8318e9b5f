namespace Sots.Restic.Backends;

/// <summary>Numbers of the C library that differ between Linux and macOS, and beside them those that do not.</summary>
/// <param name="OpenNonBlocking">O_NONBLOCK.</param>
/// <param name="OpenCloseOnExec">O_CLOEXEC.</param>
/// <param name="NotSupported">ENOTSUP.</param>
/// <param name="QuotaExceeded">EDQUOT.</param>
/// <param name="TooManyLinks">ELOOP.</param>
/// <param name="NameTooLong">ENAMETOOLONG.</param>
internal sealed record PosixNumbers(
    int OpenNonBlocking, int OpenCloseOnExec, int NotSupported, int QuotaExceeded, int TooManyLinks, int NameTooLong)
{
    public const int NotPermitted = 1;
    public const int NotFound = 2;
    public const int NoSuchProcess = 3;
    public const int Interrupted = 4;
    public const int AccessDenied = 13;
    public const int Exists = 17;
    public const int NotAFolder = 20;
    public const int IsFolder = 21;
    public const int InvalidArgument = 22;
    public const int NotForTerminals = 25;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;

    /// <summary>Mask of the kind of file in a mode, and the value a regular file has there.</summary>
    public const uint KindMask = 0xF000, RegularFile = 0x8000;

    /// <summary>The numbers of this system.</summary>
    public static PosixNumbers Current { get; } = OperatingSystem.IsMacOS()
        ? new(OpenNonBlocking: 0x4, OpenCloseOnExec: 0x1000000, NotSupported: 45, QuotaExceeded: 69, TooManyLinks: 62, NameTooLong: 63)
        : new(OpenNonBlocking: 0x800, OpenCloseOnExec: 0x80000, NotSupported: 95, QuotaExceeded: 122, TooManyLinks: 40, NameTooLong: 36);
}
