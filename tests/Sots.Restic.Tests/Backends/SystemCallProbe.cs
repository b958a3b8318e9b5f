using System.Runtime.CompilerServices;
using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Restic.Tests.Backends;

/// <summary>
/// The one thing that the tests of system calls have done by a process of its own, under strace or with a preloaded library. That
/// process is this program again: where its environment names a folder to save in, it saves, writes down how that went, and ends
/// before any test runner starts, which makes it ten times as quick.
/// </summary>
internal static class SystemCallProbe
{
    private const string FolderVariable = "SOTS_PROBE_FOLDER", ResultVariable = "SOTS_PROBE_RESULT";

    internal static FileHandle Saved => FileHandle.Of(new IndexId(ContentId.Of("probe"u8)));

    internal static byte[] Content => SplitMix.Bytes(3, 100_000);

    // Nothing of this assembly may run on another thread before this returns; saving needs only the library.
    [ModuleInitializer]
    internal static void Probe()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not string folder)
        {
            return;
        }

        string result = "saved";
        try
        {
            using LocalBackend backend = new(folder);
            backend.SaveAsync(Saved, Content, default).AsTask().GetAwaiter().GetResult();
        }
        catch (RepositoryException e)
        {
            result = $"{e.Kind}: {e.Message}";
        }

        File.WriteAllText(Environment.GetEnvironmentVariable(ResultVariable)!, result);
        Environment.Exit(0);
    }

    /// <summary>Runs the probe and returns <c>saved</c> or the kind and message of its error.</summary>
    /// <param name="folder">The repository.</param>
    /// <param name="scratch">Where the probe's answer goes.</param>
    /// <param name="wrapper">Program and arguments to put before it.</param>
    /// <param name="variables">More environment.</param>
    internal static Task<string> RunAsync(
        string folder, string scratch, string[] wrapper, params (string Name, string Value)[] variables)
    {
        string answer = Path.Combine(scratch, "answer");
        return ProgramAgain.AskAsync(
            typeof(SystemCallProbe).Assembly, answer, [(FolderVariable, folder), (ResultVariable, answer), .. variables], wrapper);
    }

    /// <summary>Full path of a program on PATH, or null.</summary>
    internal static string? FindProgram(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);
}
