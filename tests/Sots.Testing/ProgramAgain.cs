using System.Diagnostics;
using System.Reflection;

namespace Sots.Testing;

/// <summary>
/// A test program that is started again for one thing that needs a process of its own: a module initializer does it where its
/// environment says so, and ends before any test runner starts, which makes it ten times as quick.
/// </summary>
public static class ProgramAgain
{
    /// <summary>Runs it and returns what it wrote down.</summary>
    /// <param name="program">The test program.</param>
    /// <param name="answer">The file that it writes; its environment has to name it.</param>
    /// <param name="variables">What is added to its environment.</param>
    /// <param name="wrapper">Program and arguments to put before it.</param>
    /// <exception cref="InvalidOperationException">It gave no answer; with what it said.</exception>
    public static async Task<string> AskAsync(Assembly program, string answer, IEnumerable<(string Name, string Value)> variables, params string[] wrapper)
    {
        string file = Path.Combine(AppContext.BaseDirectory, program.GetName().Name! + (OperatingSystem.IsWindows() ? ".exe" : ""));
        string[] command = [.. wrapper, file];
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return File.Exists(answer)
            ? await File.ReadAllTextAsync(answer)
            : throw new InvalidOperationException($"The probe gave no answer.\n{await output}\n{await error}");
    }
}
