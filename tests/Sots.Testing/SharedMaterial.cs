namespace Sots.Testing;

/// <summary>
/// Test material that is not part of the project: vectors made by real restic and real Unreal projects. It is looked for in the folder
/// that SOTS_SHARED names, else in a folder <c>shared</c> beside any parent folder of the tests. What needs it is skipped where it is not.
/// </summary>
public static class SharedMaterial
{
    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>The folder, or null where there is none.</summary>
    public static string? Root => Found.Value;

    /// <summary>Why a test is skipped.</summary>
    public const string Absent = "needs the shared test material (set SOTS_SHARED to its folder)";

    /// <summary>Full path of something in the folder.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root ?? throw new InvalidOperationException(Absent), .. parts]);

    private static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable("SOTS_SHARED");
        if (!string.IsNullOrEmpty(named))
        {
            return Directory.Exists(Path.Combine(named, "vectors")) ? named : null;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared");
            if (Directory.Exists(Path.Combine(candidate, "vectors")))
            {
                return candidate;
            }
        }

        return null;
    }
}
