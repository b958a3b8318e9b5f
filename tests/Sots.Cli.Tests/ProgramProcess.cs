using System.Diagnostics;
using System.Text;

namespace Sots.Cli.Tests;

/// <summary>The program as a process: the file SOTS_BINARY names, else the one built beside these tests.</summary>
internal static class ProgramProcess
{
    /// <summary>The words that start it, before its arguments.</summary>
    public static string[] Words { get; } = Environment.GetEnvironmentVariable("SOTS_BINARY") is { Length: > 0 } binary
        ? [binary]
        : ["dotnet", Path.Combine(AppContext.BaseDirectory, "sots_backup.dll")];

    /// <summary>Starts a program with all streams redirected and none of restic's variables.</summary>
    public static Process Start(string workingDirectory, IReadOnlyDictionary<string, string?> variables, params string[] words)
    {
        ProcessStartInfo start = new(words[0], words[1..])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("RESTIC_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string? value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Reads both streams to their ends and waits. A process that does not end within a minute is killed, and its code is not 0.</summary>
    public static async Task<CliResult> FinishAsync(Process process)
    {
        process.StandardInput.Close();
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(1));
        await using CancellationTokenRegistration hung = patience.Token.Register(() => process.Kill(entireProcessTree: true));
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        string text = await output;
        await process.WaitForExitAsync();
        return new CliResult(process.ExitCode, text, error);
    }
}
