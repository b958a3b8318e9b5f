using Sots.Testing;

namespace Sots.Publish.Tests.Wine;

/// <summary>The programs that have to agree with the Windows program about a repository: ours on this system, and real restic.</summary>
internal static class OtherPrograms
{
    /// <summary>Ours as it was built beside these tests.</summary>
    public static Command Ours(string repository, string passwordFile) => new("dotnet", Path.Combine(AppContext.BaseDirectory, "sots_backup.dll"))
    {
        Variables = Settings(repository, passwordFile),
    };

    /// <summary>Real restic of every version that is here.</summary>
    public static IEnumerable<Command> Restics(string repository, string passwordFile) => ResticBinaries.Versions
        .Select(ResticBinaries.Find)
        .OfType<string>()
        .Select(program => new Command(program, "--no-cache") { Variables = Settings(repository, passwordFile) });

    private static Dictionary<string, string?> Settings(string repository, string passwordFile) => new()
    {
        ["RESTIC_REPOSITORY"] = repository,
        ["RESTIC_PASSWORD_FILE"] = passwordFile,
    };
}
