using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Sots.Reliability.Processes;

/// <summary>A program to be run as a process, with the folder it runs in and what differs in its environment.</summary>
/// <param name="Words">The program, and words that stand before its arguments.</param>
internal sealed record Executable(params string[] Words)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>Where it runs.</summary>
    public string Folder { get; init; } = Path.GetTempPath();

    /// <summary>Variables to set; null takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Variables { get; init; } = new Dictionary<string, string?>();

    /// <summary>Words that stand before the program's own: another program that starts it.</summary>
    public IReadOnlyList<string> StartedBy { get; init; } = [];

    /// <summary>The same with one more variable.</summary>
    public Executable With(string name, string? value) => this with { Variables = new Dictionary<string, string?>(Variables) { [name] = value } };

    /// <summary>Finds a program on the PATH, or where only root looks; null where there is none.</summary>
    public static string? Find(string name) => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin"
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);

    /// <summary>Starts it. Nobody is there to answer its questions.</summary>
    public RunningProcess Start(params string[] arguments)
    {
        string[] all = [.. StartedBy, .. Words, .. arguments];
        ProcessStartInfo start = new(all[0], all[1..])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };

        // A repository of the user's must not be touched.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("RESTIC_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string? value) in Variables)
        {
            start.Environment[name] = value;
        }

        return new RunningProcess(Process.Start(start)!, string.Join(' ', [Path.GetFileName(Words[^1]), .. arguments]));
    }

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="BrokenPromiseException">It hangs.</exception>
    public Ended Run(params string[] arguments)
    {
        using RunningProcess process = Start(arguments);
        return process.WaitForEnd(Patience);
    }
}

/// <summary>A process whose output is read while it runs.</summary>
internal sealed class RunningProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _line;
    private readonly Task<string> _out, _error;

    /// <summary>Takes over a process that was just started.</summary>
    public RunningProcess(Process process, string line)
    {
        (_process, _line) = (process, line);
        process.StandardInput.Close();
        _out = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Waits; true if it has ended by then.</summary>
    public bool EndsWithin(TimeSpan time) => _process.WaitForExit(time);

    /// <summary>The signal that nothing can catch; what it started ends too.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Waits for its end.</summary>
    /// <exception cref="BrokenPromiseException">It hangs.</exception>
    public Ended WaitForEnd(TimeSpan patience)
    {
        if (!_process.WaitForExit(patience))
        {
            Kill();
            throw new BrokenPromiseException(string.Create(CultureInfo.InvariantCulture, $"{_line} did not end within {patience.TotalSeconds} s"));
        }

        // A child that outlives it may hold the pipes for a moment.
        Task.WaitAll(_out, _error);
        return new Ended(_line, _process.ExitCode, _out.Result, _error.Result);
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
