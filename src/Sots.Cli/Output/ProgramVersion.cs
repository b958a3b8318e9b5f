using System.Reflection;
using System.Runtime.InteropServices;

namespace Sots.Cli.Output;

/// <summary>Name and version of this program, in the words restic uses for platforms.</summary>
internal sealed record ProgramVersion(string Version, string Runtime, string System, string Architecture)
{
    /// <summary>Name of the command.</summary>
    public const string Program = "sots_backup";

    /// <summary>This program.</summary>
    public static ProgramVersion Current { get; } = new(
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0",
        RuntimeInformation.FrameworkDescription,
        OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux",
        RuntimeInformation.ProcessArchitecture switch { global::System.Runtime.InteropServices.Architecture.X64 => "amd64", var other => other.ToString().ToLowerInvariant() });

    /// <summary>Name and version of the operating system, for logs.</summary>
    public static string SystemDescription { get; } = RuntimeInformation.OSDescription.Trim();

    /// <summary>As snapshots record it: <c>sots_backup 0.1.0</c>.</summary>
    public string Short => $"{Program} {Version}";

    /// <summary>As people see it.</summary>
    public override string ToString() => $"{Short} compiled with {Runtime} on {System}/{Architecture}";
}
