namespace Sots.Cli.Doctor;

/// <summary>What only the system knows.</summary>
internal abstract class SystemFacts
{
    /// <summary>The one of this system.</summary>
    public static SystemFacts Current { get; } =
        OperatingSystem.IsWindows() ? new WindowsSystemFacts() : OperatingSystem.IsLinux() ? new LinuxSystemFacts() : new UnknownSystemFacts();

    /// <summary>A name for the physical disk that holds a folder, equal for two folders on one disk; null where that is not known.</summary>
    public abstract string? DiskOf(string folder);

    /// <summary>Whether programs may use paths of more than 260 characters; null where there is no such limit.</summary>
    public abstract bool? LongPathsEnabled { get; }

    /// <summary>Whether a virus scanner of the system looks at every new file.</summary>
    public abstract bool HasDefender { get; }

    private sealed class UnknownSystemFacts : SystemFacts
    {
        public override bool? LongPathsEnabled => null;

        public override bool HasDefender => false;

        public override string? DiskOf(string folder) => null;
    }
}
