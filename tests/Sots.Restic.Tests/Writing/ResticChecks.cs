using System.Diagnostics;
using Sots.Testing;

namespace Sots.Restic.Tests.Writing;

/// <summary>The second opinion.</summary>
internal static class ResticChecks
{
    /// <summary>Every restic there is reads every byte of a repository and finds nothing wrong.</summary>
    public static async Task AcceptsAsync(string repository, string password)
    {
        using TempFolder temp = new();
        await File.WriteAllTextAsync(temp["password"], password);
        foreach (string restic in ResticBinaries.Versions.Select(version => ResticBinaries.Find(version)!))
        {
            using Process process = Process.Start(new ProcessStartInfo(
                restic, ["-r", repository, "--password-file", temp["password"], "--no-cache", "check", "--read-data"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.Contains("no errors were found", output + await errors, StringComparison.Ordinal);
            Assert.Equal(0, process.ExitCode);
        }
    }
}
