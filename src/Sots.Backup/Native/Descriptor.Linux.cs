using Microsoft.Win32.SafeHandles;

namespace Sots.Backup.Native;

/// <summary>A file descriptor that is closed once.</summary>
internal sealed class Descriptor : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int AtFdCwd = -100;

    /// <summary>Takes the descriptor over. 0 is standard input and never ours.</summary>
    public Descriptor(int descriptor)
        : this(descriptor, owned: true)
    {
    }

    private Descriptor(int descriptor, bool owned)
        : base(owned) => SetHandle(descriptor);

    /// <summary>Stands for the working directory in the calls that end in "at"; absolute paths ignore it.</summary>
    public static Descriptor WorkingDirectory { get; } = new(AtFdCwd, owned: false);

    /// <summary>The path under which the kernel shows the open file itself, a link not followed.</summary>
    public string ProcPath => $"/proc/self/fd/{handle}";

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
