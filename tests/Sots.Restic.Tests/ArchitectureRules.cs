namespace Sots.Restic.Tests;

/// <summary>What a project may refer to.</summary>
/// <param name="Project">Its name.</param>
/// <param name="Projects">Projects it may refer to.</param>
/// <param name="Packages">Packages it may refer to.</param>
internal sealed record ProjectRule(string Project, string[] Projects, string[] Packages);

/// <summary>What a folder of Sots.Restic may name of another.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Sees">The other folder.</param>
/// <param name="Why">What for.</param>
/// <param name="Only">The only types it may name; empty for all.</param>
internal sealed record FolderRule(string Folder, string Sees, string Why, params string[] Only);

/// <summary>Something that is not to be written.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Pattern">Regular expression that finds it in code.</param>
/// <param name="Instead">Why not, and what to use.</param>
/// <param name="Homes">Where it may stand nevertheless.</param>
internal sealed record ForbiddenCall(string Name, string Pattern, string Instead, params Home[] Homes);

/// <summary>A file, or a folder with a slash at its end, where something may stand that may not stand elsewhere.</summary>
internal sealed record Home(string Path, string Why)
{
    public bool Holds(string file) => Path.EndsWith('/') ? file.StartsWith(Path, StringComparison.Ordinal) : file == Path;
}

/// <summary>The rules of ARCHITECTURE.md as tables. A new dependency or exception is a line here, with its reason.</summary>
internal static class ArchitectureRules
{
    public static readonly ProjectRule[] Projects =
    [
        new("Sots.Restic", [], ["ZstdSharp.Port", "Microsoft.CodeAnalysis.PublicApiAnalyzers"]),
        new("Sots.Backup", ["Sots.Restic"], []),
        new("Sots.Unreal", ["Sots.Backup"], []),
        new("Sots.Cli", ["Sots.Restic", "Sots.Backup", "Sots.Unreal"], ["System.CommandLine", "Spectre.Console"]),
    ];

    /// <summary>Folders of Sots.Restic that name nothing of any other.</summary>
    public static readonly string[] Leaves = ["Backends", "Crypto", "Chunking"];

    /// <summary>Folders that may name everything.</summary>
    public static readonly string[] Tops = ["Maintenance"];

    public static readonly FolderRule[] Folders =
    [
        new("Trees", "Repofiles", "the strings and numbers of the format's JSON"),
        new("Repofiles", "Trees", "times and quoted names are values of every JSON", "NodeTime", "NameQuoting"),
        new("Repofiles", "Chunking", "the config holds the polynomial", "ChunkerPolynomial"),
        new("Repofiles", "Writing", "unpacked files are zstd frames", "ZstdFrames"),
        new("Snapshots", "Repofiles", "the strings and numbers of the format's JSON"),
        new("Snapshots", "Trees", "times", "NodeTime"),
        new("Packs", "Backends", "packs are read from where they are kept"),
        new("Packs", "Crypto", "blobs and headers are sealed boxes"),
        new("Packs", "Writing", "blobs are zstd frames", "ZstdFrames"),
        new("Index", "Backends", "index files are listed"),
        new("Index", "Crypto", "a blob is longer than its content by the overhead of a box", "SealedBox"),
        new("Index", "Packs", "where a blob lies in its pack, and headers where an index file is damaged"),
        new("Locking", "Backends", "lock files are listed and removed"),
        new("Locking", "Repofiles", "the JSON of a lock"),
        new("Locking", "Trees", "times", "NodeTime"),
        new("Writing", "Backends", "packs are stored"),
        new("Writing", "Chunking", "the chunk of zeros is known by sight, and buffers hold the longest chunk", "ZeroChunk", "RabinChunker"),
        new("Writing", "Crypto", "blobs are sealed"),
        new("Writing", "Index", "what is there already is not stored again; new packs are indexed"),
        new("Writing", "Packs", "blobs are collected in packs"),
        new("Writing", "Snapshots", "a session ends with a snapshot"),
    ];

    /// <summary>The states of a repository, and the folders that work on one that is open.</summary>
    public static readonly string[] States = ["OpenRepository", "IndexedRepository"];

    public static readonly string[] WorkOnStates = ["Packs", "Index", "Locking", "Writing", "Maintenance"];

    public static readonly ForbiddenCall[] Calls =
    [
        new("the system's clock", @"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b", "take a TimeProvider, so that tests own the time"),
        new("Thread.Sleep", @"\bThread\.Sleep\b", "wait with a TimeProvider, or take a function that waits",
            new Home("src/Sots.Restic/Backends/IDurableFiles.cs", "handed over as the function that waits for a virus scanner to let go"),
            new Home("src/Sots.Backup/Restoring/TargetFileSystem.Windows.cs", "the same")),
        new("Environment.Exit", @"\bEnvironment\.(Exit|FailFast)\b", "return or throw; exit codes are made in one place",
            new Home("src/Sots.Cli/Interruption.cs", "a second Ctrl-C ends the program at once")),
        new("the console", @"\b(System\.)?Console\s*\.\s*[A-Z]", "report events; the program decides what is printed",
            new Home("src/Sots.Cli/", "the program owns its console")),
        new("starting programs", @"\bProcess\.Start\b|\bnew Process\b|\bProcessStartInfo\b", "everything needed is in this program",
            new Home("src/Sots.Backup/Credentials/PasswordCommand.cs", "--password-command is a program of the user's"),
            new Home("src/Sots.Cli/InstalledRestic/ResticChild.cs", "`restic -- ARGS` runs an installed restic"),
            new Home("src/Sots.Cli/Commands/ResticCommand.cs", "the same"),
            new Home("src/Sots.Cli/Doctor/ResticProbe.cs", "asks an installed restic for its version")),
        new("Random.Shared", @"\bRandom\.Shared\b", "take a Random, so that tests can repeat; secrets come from RandomNumberGenerator",
            new Home("src/Sots.Restic/Backends/LocalBackend.Saving.cs", "names of temporary files, where a clash is tried again"),
            new Home("src/Sots.Backup/Operations/RepositoryCheck.cs", "a partial check reads other packs every time")),
        new("DllImport", @"\bDllImport(Attribute)?\s*\(", "use LibraryImport: ahead-of-time compiled, marshalling visible"),
        new("asking for the system", @"\bOperatingSystem\.Is|\bRuntimeInformation\.",
            "put platform code in files with its suffix and choose once, in a factory",
            new Home("src/Sots.Restic/Backends/IDurableFiles.cs", "factory"),
            new Home("src/Sots.Restic/Backends/PosixNumbers.Unix.cs", "numbers in which Linux and macOS differ"),
            new Home("src/Sots.Restic/Backends/DurableFiles.MacOS.cs", "names of calls differ between processors"),
            new Home("src/Sots.Restic/Locking/ProcessIdentity.cs", "factory"),
            new Home("src/Sots.Restic/Locking/HangupGuard.cs", "the signal is only there on Unix"),
            new Home("src/Sots.Backup/PathRules.cs", "factory"),
            new Home("src/Sots.Backup/Sources/PathStyle.cs", "factory"),
            new Home("src/Sots.Backup/Sources/PathSpelling.cs", "factory"),
            new Home("src/Sots.Backup/Sources/SourceFileSystem.cs", "factory"),
            new Home("src/Sots.Backup/Restoring/TargetFileSystem.cs", "factory"),
            new Home("src/Sots.Backup/Machine/ProcessPriority.cs", "factory"),

            new Home("src/Sots.Backup/Restoring/OpenFileProbe.cs", "factory"),
            new Home("src/Sots.Unreal/ProcessTable.cs", "factory"),
            new Home("src/Sots.Cli/Doctor/SystemFacts.cs", "factory"),
            new Home("src/Sots.Backup/Native/LinuxLayouts.Linux.cs", "layouts differ between processors"),
            new Home("src/Sots.Backup/Credentials/OwnerOnlyAccess.cs", "factory"),
            new Home("src/Sots.Backup/Alarms/DriveSpace.cs", "factory"),
            new Home("src/Sots.Cli/EditorTask/FileMetadata.cs", "factory"),
            new Home("src/Sots.Cli/EditorTask/ProgramFiles.cs", "factory"),
            new Home("src/Sots.Cli/InstalledRestic/ChildSignal.cs", "factory"),
            new Home("src/Sots.Cli/StopSignals.cs", "factory"),
            new Home("src/Sots.Cli/Output/ConsoleCodePage.cs", "factory"),
            new Home("src/Sots.Cli/InstalledRestic/InstallHint.cs", "factory"),
            new Home("src/Sots.Cli/Output/ProgramVersion.cs", "the system is part of what `version` prints")),
        new("unfinished code", @"\bNotImplementedException\b|\bNotSupportedException\(\)", "finish it, or leave it out"),
    ];

    /// <summary>Endings of files that may hold code of one platform and call its libraries.</summary>
    public static readonly string[] PlatformEndings = [".Windows.cs", ".Linux.cs", ".MacOS.cs", ".Unix.cs"];

    public const int LongestFile = 500;
}
