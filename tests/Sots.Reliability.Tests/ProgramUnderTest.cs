namespace Sots.Reliability.Tests;

/// <summary>
/// The program that the trials run as a process: the file SOTS_BINARY names, else the published one where it is as new as the sources,
/// else the one built beside these tests. Nothing is published for it.
/// </summary>
internal static class ProgramUnderTest
{
    /// <summary>Its path, or null where there is none.</summary>
    public static string? Path { get; } = Environment.GetEnvironmentVariable("SOTS_BINARY") is { Length: > 0 } named ? named
        : FindPublished() ?? Existing(System.IO.Path.Combine(AppContext.BaseDirectory, "sots_backup"));

    private static string? FindPublished()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "SotsBackup.slnx")))
        {
            folder = folder.Parent;
        }

        if (folder is null || Existing(System.IO.Path.Combine(folder.FullName, "artifacts", "published", "linux-x64", "program", "sots_backup")) is not { } program)
        {
            return null;
        }

        DateTime newest = Directory.EnumerateFiles(System.IO.Path.Combine(folder.FullName, "src"), "*.cs", SearchOption.AllDirectories).Max(File.GetLastWriteTimeUtc);
        return File.GetLastWriteTimeUtc(program) > newest ? program : null;
    }

    private static string? Existing(string path) => File.Exists(path) ? path : null;
}
