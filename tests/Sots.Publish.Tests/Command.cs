using System.Diagnostics;
using System.Text;

namespace Sots.Publish.Tests;

/// <summary>How a program ended and what it wrote.</summary>
internal sealed record CommandResult(string Line, int Code, string Out, string Error)
{
    /// <summary>Fails with everything it wrote where it did not end as it should.</summary>
    public CommandResult Expect(int code)
    {
        Assert.True(Code == code, $"{Line}\nended with {Code} in place of {code}\n{Out}\n{Error}");
        return this;
    }
}

/// <summary>A program to be run, with the folder it runs in and what differs in its environment.</summary>
internal sealed record Command(string Program, params string[] First)
{
    /// <summary>Where it runs; null for the folder of the tests.</summary>
    public string? Folder { get; init; }

    /// <summary>Variables to set; null takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Variables { get; init; } = new Dictionary<string, string?>();

    /// <summary>Finds a program on the PATH; null where there is none.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);

    /// <summary>Starts it. Its input is a pipe.</summary>
    public Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new(Program, [.. First, .. arguments])
        {
            WorkingDirectory = Folder ?? AppContext.BaseDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };

        // A repository of the user's must not be touched by tests.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("RESTIC_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string? value) in Variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end, with an empty input.</summary>
    public async Task<CommandResult> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        string written = await output;
        await process.WaitForExitAsync();
        return new CommandResult(string.Join(' ', [Path.GetFileName(Program), .. First, .. arguments]), process.ExitCode, written, error);
    }
}
