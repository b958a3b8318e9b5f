using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Sots.Reliability.Hostile;

/// <summary>How a run of the program ended.</summary>
/// <param name="Code">Exit code; null where it did not end in time and was killed.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="PeakBytes">The most memory it had; 0 where that was not measured.</param>
/// <param name="Worked">Time of processors that it took; zero where that was not measured.</param>
internal sealed record ProgramAnswer(int? Code, string Out, string Error, long PeakBytes, TimeSpan Worked);

/// <summary>The program, however it is run.</summary>
internal interface IProgramUnderTest
{
    /// <summary>Runs a command.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="words">Its words.</param>
    /// <param name="limit">How long it may take, whatever else the machine does.</param>
    Task<ProgramAnswer> RunAsync(string folder, IReadOnlyList<string> words, TimeSpan limit);
}

/// <summary>The published program as a process. Its peak is the kernel's own mark, looked at until it is gone.</summary>
/// <param name="program">Its path.</param>
internal sealed class PublishedProgram(string program) : IProgramUnderTest
{
    private const int MostOutput = 64 << 20;

    /// <inheritdoc/>
    public async Task<ProgramAnswer> RunAsync(string folder, IReadOnlyList<string> words, TimeSpan limit)
    {
        ProcessStartInfo start = new(program, words)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (string name in start.Environment.Keys.Where(static name => name.StartsWith("RESTIC_", StringComparison.Ordinal) || name.StartsWith("SOTS_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        using CancellationTokenSource ended = new();
        using CancellationTokenSource patience = new(limit);
        Task<(long, TimeSpan)> watched = WatchAsync(process.Id, ended.Token);
        Task<string> output = ReadAsync(process.StandardOutput), error = ReadAsync(process.StandardError);
        bool inTime = true;
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            inTime = false;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        await ended.CancelAsync();
        (long peak, TimeSpan worked) = await watched;
        return new ProgramAnswer(inTime ? process.ExitCode : null, await output, await error, peak, worked);
    }

    private static async Task<string> ReadAsync(StreamReader reader)
    {
        StringBuilder text = new();
        char[] buffer = new char[64 * 1024];
        for (int count; (count = await reader.ReadAsync(buffer)) > 0;)
        {
            text.Append(buffer, 0, Math.Min(count, MostOutput - text.Length));
        }

        return text.ToString();
    }

    private static async Task<(long Peak, TimeSpan Worked)> WatchAsync(int process, CancellationToken ended)
    {
        const int ticksPerSecond = 100, userTime = 11, systemTime = 12;
        long peak = 0, ticks = 0;
        try
        {
            while (!ended.IsCancellationRequested)
            {
                foreach (string line in await File.ReadAllLinesAsync($"/proc/{process}/status", ended))
                {
                    if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                    {
                        peak = Math.Max(peak, long.Parse(line.AsSpan(6, line.Length - 9), CultureInfo.InvariantCulture) * 1024);
                    }
                }

                // Behind the name, which may hold blanks and brackets.
                string stat = await File.ReadAllTextAsync($"/proc/{process}/stat", ended);
                string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                ticks = long.Parse(fields[userTime], CultureInfo.InvariantCulture) + long.Parse(fields[systemTime], CultureInfo.InvariantCulture);
                await Task.Delay(1, ended);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or UnauthorizedAccessException)
        {
            // It is gone.
        }

        return (peak, TimeSpan.FromSeconds((double)ticks / ticksPerSecond));
    }
}
