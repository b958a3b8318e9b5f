using System.Diagnostics;
using System.Text.Json;

namespace Sots.Testing;

/// <summary>How a run of restic ended.</summary>
/// <param name="ExitCode">0 for success.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
public sealed record ResticRun(int ExitCode, string Output, string Errors);

/// <summary>What restic's backup says of itself with <c>--json</c>.</summary>
/// <param name="Snapshot">Id of the snapshot, by the oldest version its first digits only.</param>
/// <param name="FilesNew">Files that the parent does not have.</param>
/// <param name="FilesUnmodified">Files that are the parent's.</param>
/// <param name="DataBlobs">Data blobs added.</param>
/// <param name="TreeBlobs">Tree blobs added.</param>
public sealed record ResticBackup(string Snapshot, long FilesNew, long FilesUnmodified, long DataBlobs, long TreeBlobs);

/// <summary>
/// A real restic with a repository: no cache, no settings from outside, the time zone of this process. A run that takes more than two
/// minutes is ended and is an error.
/// </summary>
/// <param name="program">Path of the program.</param>
/// <param name="repository">Folder of the repository.</param>
/// <param name="workingDirectory">Where it is started; relative targets are relative to it.</param>
/// <param name="password">The repository's password.</param>
public sealed class ResticProgram(string program, string repository, string workingDirectory, string password = ResticProgram.Password)
{
    /// <summary>The password of all repositories that tests make.</summary>
    public const string Password = "interoperable";

    /// <summary>The host name of all snapshots.</summary>
    public const string Host = "interop";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs it; any exit code is an answer.</summary>
    public ResticRun Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        process.StandardInput.Close();
        return Finish(process);
    }

    /// <summary>Runs it and returns its output.</summary>
    /// <exception cref="InvalidOperationException">It did not succeed.</exception>
    public string Succeed(params string[] arguments)
    {
        ResticRun run = Run(arguments);
        return run.ExitCode == 0
            ? run.Output
            : throw new InvalidOperationException(
                $"{Path.GetFileName(program)} {string.Join(' ', arguments)} ended with {run.ExitCode}:\n{run.Output}\n{run.Errors}");
    }

    /// <summary>Saves targets.</summary>
    public ResticBackup Backup(params string[] arguments)
    {
        string output = Succeed(["backup", "--json", "--host", Host, .. arguments]);
        using JsonDocument summary = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]);
        JsonElement root = summary.RootElement;
        return new ResticBackup(
            root.GetProperty("snapshot_id").GetString()!, Count("files_new"), Count("files_unmodified"), Count("data_blobs"), Count("tree_blobs"));

        long Count(string member) => root.GetProperty(member).GetInt64();
    }

    /// <summary>Checks everything, every byte of every pack.</summary>
    /// <exception cref="InvalidOperationException">It found something.</exception>
    public void CheckAllData()
    {
        string output = Succeed("check", "--read-data");
        if (!output.Contains("no errors were found", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(output);
        }
    }

    /// <summary>Starts it with its three streams redirected. The caller ends it, see <see cref="Finish"/>.</summary>
    public Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new(program, ["--no-cache", .. arguments])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("RESTIC_", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["RESTIC_REPOSITORY"] = repository;
        start.Environment["RESTIC_PASSWORD"] = password;
        return Process.Start(start)!;
    }

    /// <summary>Waits for a process that was started, and reads what it says.</summary>
    /// <param name="process">The process, its output not read yet.</param>
    /// <param name="limit">How long it may take; two minutes by default.</param>
    /// <exception cref="TimeoutException">It did not end in time; it was killed.</exception>
    public static ResticRun Finish(Process process, TimeSpan? limit = null)
    {
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(limit ?? Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} did not end in {limit ?? Limit}");
        }

        return new ResticRun(process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }
}
