using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sots.Restic.Backends;

/// <summary>macOS: fsync leaves the drive's cache full, so F_FULLFSYNC is asked for first.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class MacDurableFiles : UnixDurableFiles
{
    private const int ResultLength = 256, ModeOffset = 4, SizeOffset = 96;

    private static readonly bool Intel = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    protected override int Sync(int descriptor)
    {
        int result = Posix.SyncDrive(descriptor);

        // Network and foreign file systems do not know the request; nothing was written yet, so plain fsync still tells the truth.
        return result != 0 && CannotSync(Posix.LastError) ? Posix.Sync(descriptor) : result;
    }

    protected override bool CannotSync(int error) => error == PosixNumbers.NotForTerminals || base.CannotSync(error);

    protected override void Preallocate(int descriptor, long length)
    {
        // The system's way of doing it is a request of its own whose failure modes are not worth what it saves.
    }

    protected override unsafe (uint Mode, long Length)? Find(string path)
    {
        byte* result = stackalloc byte[ResultLength];
        if ((Intel ? Posix.StatInode64(path, result) : Posix.Stat(path, result)) == 0)
        {
            return Facts(result);
        }

        int error = Posix.LastError;

        // A link that leads to itself leads to nothing.
        return error == PosixNumbers.NotFound || error == PosixNumbers.Current.TooManyLinks ? null : throw Posix.Failure(error);
    }

    protected override unsafe (uint Mode, long Length) Find(int descriptor)
    {
        byte* result = stackalloc byte[ResultLength];
        return (Intel ? Posix.FStatInode64(descriptor, result) : Posix.FStat(descriptor, result)) == 0
            ? Facts(result)
            : throw Posix.Failure(Posix.LastError);
    }

    private static unsafe (uint Mode, long Length) Facts(byte* result)
    {
        ReadOnlySpan<byte> bytes = new(result, ResultLength);
        return (MemoryMarshal.Read<ushort>(bytes[ModeOffset..]), MemoryMarshal.Read<long>(bytes[SizeOffset..]));
    }
}
