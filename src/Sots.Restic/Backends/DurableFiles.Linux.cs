using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sots.Restic.Backends;

/// <summary>Linux: plain fsync, fallocate, and statx, whose result has one layout on all processors.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class LinuxDurableFiles : UnixDurableFiles
{
    private const int CurrentFolder = -100, OfDescriptor = 0x1000;
    private const uint KindModeAndSize = 0x1 | 0x2 | 0x200;
    private const int DontNeed = 4;
    private const int ResultLength = 256, ModeOffset = 28, SizeOffset = 40;

    public override void ForgetCached(string path)
    {
        int descriptor = Posix.OpenForReading(path);
        if (descriptor >= 0)
        {
            _ = Posix.Advise(descriptor, offset: 0, length: 0, DontNeed);
            _ = Posix.Close(descriptor);
        }
    }

    protected override int Sync(int descriptor) => Posix.Sync(descriptor);

    protected override void Preallocate(int descriptor, long length)
    {
        if (length > 0)
        {
            _ = Posix.Allocate(descriptor, mode: 0, offset: 0, length);
        }
    }

    protected override (uint Mode, long Length)? Find(string path)
    {
        (int error, uint mode, long length) = Query(CurrentFolder, path, flags: 0);
        return error switch
        {
            0 => (mode, length),
            PosixNumbers.NotFound => null,

            // A link that leads to itself leads to nothing.
            _ when error == PosixNumbers.Current.TooManyLinks => null,
            _ => throw Posix.Failure(error),
        };
    }

    protected override (uint Mode, long Length) Find(int descriptor)
    {
        (int error, uint mode, long length) = Query(descriptor, "", OfDescriptor);
        return error == 0 ? (mode, length) : throw Posix.Failure(error);
    }

    private static unsafe (int Error, uint Mode, long Length) Query(int folder, string path, int flags)
    {
        byte* result = stackalloc byte[ResultLength];
        while (Posix.StatX(folder, path, flags, KindModeAndSize, result) != 0)
        {
            if (Posix.LastError is int error and not PosixNumbers.Interrupted)
            {
                return (error, 0, 0);
            }
        }

        ReadOnlySpan<byte> bytes = new(result, ResultLength);
        return (0, MemoryMarshal.Read<ushort>(bytes[ModeOffset..]), MemoryMarshal.Read<long>(bytes[SizeOffset..]));
    }
}
