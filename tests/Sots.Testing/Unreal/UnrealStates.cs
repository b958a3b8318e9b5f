using System.Diagnostics;

namespace Sots.Testing.Unreal;

/// <summary>All states of the shared projects, written out when they are first asked for: once for all tests of a program, none of which may change them.</summary>
public sealed class UnrealStates : IDisposable
{
    private readonly Lazy<TempFolder> _folder = new(WriteOut);

    /// <summary>Why they are not there; null where they are.</summary>
    public static string? Absence => SharedMaterial.Root is null ? SharedMaterial.Absent : ResticBinaries.Find("0.19.1") is null ? ResticBinaries.Absent : null;

    /// <summary>The folders of all states of all projects.</summary>
    public IEnumerable<string> All => Directory.GetDirectories(_folder.Value.Path).SelectMany(Directory.GetDirectories);

    /// <summary>Folder of a state, counted from 1.</summary>
    public string PathOf(string project, int state) => _folder.Value[project, $"{state}"];

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_folder.IsValueCreated)
        {
            _folder.Value.Dispose();
        }
    }

    private static TempFolder WriteOut()
    {
        TempFolder folder = new();
        using Process process = Process.Start(new ProcessStartInfo(SharedMaterial.PathOf("tools", "unreal-states"), [folder.Path])
        {
            Environment = { ["RESTIC"] = ResticBinaries.Find("0.19.1") },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        ResticRun run = ResticProgram.Finish(process);
        return run.ExitCode == 0 ? folder : throw new InvalidOperationException(run.Output + run.Errors);
    }
}
