namespace Sots.Testing;

/// <summary>
/// Real restic programs, named <c>restic-VERSION</c>, in the folder that SOTS_RESTIC_DIR names, else in <c>artifacts/restic</c> of the
/// project. Tests that need one are skipped where it is not there.
/// </summary>
public static class ResticBinaries
{
    /// <summary>The versions that matter, oldest first.</summary>
    public static readonly string[] Versions = ["0.14.0", "0.18.0", "0.19.1"];

    /// <summary>Why a test is skipped.</summary>
    public const string Absent = "needs real restic programs (set SOTS_RESTIC_DIR to a folder with restic-0.19.1 and the like)";

    /// <summary>Path of a version's program, or null where it is not there.</summary>
    public static string? Find(string version)
    {
        foreach (string? folder in Folders())
        {
            if (folder is not null && File.Exists(Path.Combine(folder, "restic-" + version)))
            {
                return Path.Combine(folder, "restic-" + version);
            }
        }

        return null;
    }

    /// <summary>True where all of <see cref="Versions"/> are there.</summary>
    public static bool All => Versions.All(version => Find(version) is not null);

    private static IEnumerable<string?> Folders()
    {
        yield return Environment.GetEnvironmentVariable("SOTS_RESTIC_DIR");
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, "artifacts", "restic");
        }
    }
}
