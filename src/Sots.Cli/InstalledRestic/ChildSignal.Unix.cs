using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Sots.Cli.InstalledRestic;

/// <summary>With kill(2). A child that has the signal from the terminal already gets it twice, which restic takes for one.</summary>
internal sealed partial class UnixChildSignal : ChildSignal
{
    private const string Library = "sots-libc";
    private const int Interrupt = 2, Terminate = 15;

    static UnixChildSignal() => NativeLibrary.SetDllImportResolver(typeof(UnixChildSignal).Assembly, Resolve);

    /// <inheritdoc/>
    public override void Send(Process child, PosixSignal signal)
    {
        // The one possible failure is that the child is gone, which is what the signal was for.
        if (!child.HasExited)
        {
            _ = Kill(child.Id, signal == PosixSignal.SIGTERM ? Terminate : Interrupt);
        }
    }

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Library ? NativeLibrary.GetMainProgramHandle() : 0;
}
