using System.Runtime.InteropServices;

namespace Sots.Cli.Output;

/// <summary>
/// The code page belongs to the console, not to the process: left behind, ours would garble what older programs print afterwards in the
/// same window. Without a console (a service, a scheduled task) there is none.
/// </summary>
internal sealed partial class WindowsConsoleCodePage : ConsoleCodePage
{
    /// <inheritdoc/>
    public override void GiveBackAtExit()
    {
        uint now = GetConsoleOutputCP();
        if (now != 0)
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => SetConsoleOutputCP(now);
        }
    }

    [LibraryImport("kernel32.dll")]
    private static partial uint GetConsoleOutputCP();

    [LibraryImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetConsoleOutputCP(uint codePage);
}
