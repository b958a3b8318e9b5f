namespace Sots.Cli.InstalledRestic;

/// <summary>How restic is installed on this system.</summary>
internal static class InstallHint
{
    private const string Anywhere = "https://github.com/restic/restic/releases has it for every system.";

    private static readonly (string System, string Command)[] LinuxCommands =
    [
        ("debian", "sudo apt install restic"),
        ("ubuntu", "sudo apt install restic"),
        ("fedora", "sudo dnf install restic"),
        ("rhel", "sudo dnf install epel-release && sudo dnf install restic"),
        ("arch", "sudo pacman -S restic"),
        ("suse", "sudo zypper install restic"),
        ("opensuse", "sudo zypper install restic"),
        ("alpine", "sudo apk add restic"),
        ("nixos", "nix-env -iA nixos.restic"),
    ];

    /// <summary>For the system we run on.</summary>
    public static string OfThisSystem() =>
        OperatingSystem.IsWindows() ? OfWindows
        : OperatingSystem.IsMacOS() ? OfMacOS
        : OfLinux(ReadRelease());

    /// <summary>For Windows.</summary>
    public static string OfWindows => Sentence("winget install --exact --id restic.restic` or `scoop install restic");

    /// <summary>For macOS.</summary>
    public static string OfMacOS => Sentence("brew install restic");

    /// <summary>For a Linux.</summary>
    /// <param name="release">Text of its file <c>os-release</c>; empty where there is none.</param>
    public static string OfLinux(string release)
    {
        IEnumerable<string> names = Values(release, "ID").Concat(Values(release, "ID_LIKE"));
        string? command = names.Select(name => Array.Find(LinuxCommands, entry => entry.System == name).Command).FirstOrDefault(found => found is not null);
        return command is null ? "Install it as other programs are installed on this system. " + Anywhere : Sentence(command);
    }

    private static string Sentence(string command) => $"Install it with `{command}`, or name it with --restic-program. {Anywhere}";

    private static IEnumerable<string> Values(string release, string name) => release.Split('\n')
        .Where(line => line.StartsWith(name + "=", StringComparison.Ordinal))
        .SelectMany(line => line[(name.Length + 1)..].Trim().Trim('"', '\'').Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string ReadRelease()
    {
        try
        {
            return File.ReadAllText("/etc/os-release");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
