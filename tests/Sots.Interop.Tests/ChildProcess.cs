using System.Diagnostics;
using Sots.Testing;

namespace Sots.Interop.Tests;

/// <summary>
/// One explicit test of this assembly in a process of its own: what must be known before the start (the time zone), is to be measured
/// apart from the test (memory), or is to be killed.
/// </summary>
internal static class ChildProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    /// <summary>Runs one test that is marked explicit; any exit code is an answer. One that hangs is ended.</summary>
    /// <param name="method">Full name of the test.</param>
    /// <param name="environment">What the child finds in its environment.</param>
    public static ResticRun Run(string method, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, ["--filter-method", method, "--explicit", "only", "--no-ansi"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return ResticProgram.Finish(process, Limit);
    }

    /// <summary>What the parent put into the environment; without it the test is skipped.</summary>
    public static string Given(string name)
    {
        string? value = Environment.GetEnvironmentVariable(name);
        Assert.SkipWhen(value is null, "is run by another test in a process of its own");
        return value!;
    }
}
