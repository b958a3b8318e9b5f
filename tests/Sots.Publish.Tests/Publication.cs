namespace Sots.Publish.Tests;

/// <summary>
/// A program published by the SDK into a folder of its own, with intermediate files and lock files of its own, so that it disturbs no
/// other build. What is newer than all sources is used again.
/// </summary>
/// <param name="Name">Name of the folder.</param>
/// <param name="Project">Folder of the project.</param>
/// <param name="Runtime">The platform.</param>
/// <param name="Properties">Properties of the build.</param>
internal sealed record Publication(string Name, string Project, string Runtime, params string[] Properties)
{
    /// <summary>The program for Windows, in the shape that Wine 8 can run.</summary>
    public static Publication ForWine { get; } = new(
        "win-x64", "src/Sots.Cli", "win-x64",
        "--self-contained", "-p:PublishAot=false", "-p:PublishTrimmed=true", "-p:PublishReadyToRun=true", "-p:TrimmerSingleWarn=false");

    /// <summary>The other program that tests need on Windows.</summary>
    public static Publication FileHolderForWine { get; } = new("win-x64-file-holder", "tests/Sots.FileHolder", "win-x64", "--self-contained");

    /// <summary>The native program for this machine.</summary>
    public static Publication Native { get; } = new(
        "linux-x64", "src/Sots.Cli", "linux-x64",
        ["-p:PublishAot=true", "-p:TrimmerSingleWarn=false", .. Command.Find("clang") is null ? (string[])["-p:CppCompilerAndLinker=gcc"] : []]);

    private string Folder => SourceFolder.PathOf("artifacts", "published", Name);

    private string Log => Path.Combine(Folder, "log");

    /// <summary>Publishes, unless what is there is up to date.</summary>
    /// <returns>The folder with the program, and what the SDK said.</returns>
    public async Task<(string Program, string Log)> MakeAsync()
    {
        string program = Path.Combine(Folder, "program");
        if (!IsUpToDate(Log))
        {
            CommandResult result = await new Command("dotnet")
            {
                Folder = SourceFolder.PathOf(),
                Variables = new Dictionary<string, string?> { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_NOLOGO"] = "1" },
            }.RunAsync(
            [
                "publish", Project, "-c", "Release", "-r", Runtime, .. Properties, "-p:UseSharedCompilation=false",
                $"-p:PrivateLockFiles={Path.Combine(Folder, "locks")}", "--artifacts-path", Path.Combine(Folder, "build"), "-o", program,
                "-v", "minimal",
            ]);
            result.Expect(0);
            await File.WriteAllTextAsync(Log, result.Out + result.Error);
        }

        return (program, await File.ReadAllTextAsync(Log));
    }

    /// <summary>Whether a file is newer than everything the program is made of.</summary>
    public static bool IsUpToDate(string file) => File.Exists(file) && File.GetLastWriteTimeUtc(file) > SourceFolder.LastChange;
}
