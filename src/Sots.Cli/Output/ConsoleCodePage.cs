namespace Sots.Cli.Output;

/// <summary>What turns bytes into characters in the terminal.</summary>
internal abstract class ConsoleCodePage
{
    /// <summary>This system's.</summary>
    public static ConsoleCodePage Current { get; } = OperatingSystem.IsWindows() ? new WindowsConsoleCodePage() : new NoCodePage();

    /// <summary>At the end of the process the terminal is to be as it is now.</summary>
    public abstract void GiveBackAtExit();

    /// <summary>Elsewhere a process does not change its terminal.</summary>
    private sealed class NoCodePage : ConsoleCodePage
    {
        public override void GiveBackAtExit()
        {
        }
    }
}
