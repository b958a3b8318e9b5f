namespace Sots.Publish.Tests;

/// <summary>The sources these tests were built from.</summary>
internal static class SourceFolder
{
    /// <summary>The folder of the solution; null where the tests were taken elsewhere.</summary>
    public static string? Root { get; } = Find();

    /// <summary>Why a test is skipped.</summary>
    public const string Absent = "needs the sources, to publish the program";

    /// <summary>Full path of something in it.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root ?? throw new InvalidOperationException(Absent), .. parts]);

    /// <summary>When anything that the program is made of was last changed.</summary>
    public static DateTime LastChange => new[] { PathOf("src"), PathOf("tests", "Sots.FileHolder"), PathOf("eng") }
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
        .Concat(Directory.EnumerateFiles(PathOf(), "Directory.*"))
        .Append(PathOf("global.json"))
        .Max(File.GetLastWriteTimeUtc);

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SotsBackup.slnx")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
