using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sots.Fuzzing.Driving;

/// <summary>Runs one target in a process of its own and watches it: whatever becomes of the process, the input that did it is kept.</summary>
/// <param name="program">The instrumented program.</param>
/// <param name="settings">How the run goes.</param>
/// <param name="target">The target.</param>
internal sealed class Watch(string program, FuzzSettings settings, FuzzTarget target)
{
    private const long MaxMemoryBytes = 2L << 30;
    private const int MaxDeaths = 5;

    /// <summary>Processor time that one input may take before the process is ended.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Runs it to the end of its time.</summary>
    /// <returns>Number of findings, those of earlier runs included.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        string folder = Path.Combine(settings.Folders.Work, target.Name);
        Directory.CreateDirectory(folder);
        using Mailbox mailbox = new(Path.Combine(folder, "input.bin"));
        TimeSpan used = TimeSpan.Zero;
        long runs = 0;
        for (int deaths = 0; deaths < MaxDeaths && used < settings.Time && runs < settings.Runs; deaths++)
        {
            mailbox.Clear();
            string? end = await RunOnceAsync(mailbox, settings.WorkerWords(target, settings.Time - used, settings.Runs - runs, settings.Seed + deaths), cancellationToken);
            if (end is null)
            {
                break;
            }

            used += mailbox.Time;
            runs += mailbox.Runs;
            Console.WriteLine($"{target.Name}: FINDING the process {end}");
            Findings.Add(settings.Folders.FindingsOf(target.Name), new Fault($"the process {end}", $"seed {settings.Seed + deaths}, after {mailbox.Runs} inputs"), mailbox.Input);
        }

        return Findings.Kinds(settings.Folders.FindingsOf(target.Name)).Count();
    }

    /// <summary>Null for a run to the end, else how the process ended.</summary>
    private static async Task<string?> WatchAsync(Process process, Mailbox mailbox, CancellationToken cancellationToken)
    {
        long runs = -1;
        TimeSpan since = TimeSpan.Zero;
        while (true)
        {
            using CancellationTokenSource pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            pause.CancelAfter(TimeSpan.FromSeconds(1));
            try
            {
                await process.WaitForExitAsync(pause.Token);
                return process.ExitCode == 0 ? null : $"died with exit code {process.ExitCode}";
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                process.Refresh();
                if (process.HasExited)
                {
                    continue;
                }

                if (process.WorkingSet64 > MaxMemoryBytes)
                {
                    return $"took more than {MaxMemoryBytes >> 20} MiB of memory";
                }

                if (mailbox.Runs != runs)
                {
                    (runs, since) = (mailbox.Runs, process.TotalProcessorTime);
                }
                else if (process.TotalProcessorTime - since > Patience)
                {
                    return $"did not come to an end in {Patience.TotalSeconds} s";
                }
            }
        }
    }

    private async Task<string?> RunOnceAsync(Mailbox mailbox, IEnumerable<string> words, CancellationToken cancellationToken)
    {
        // The host that runs this process: .../shared/Microsoft.NETCore.App/10.0.0/ is three folders below it.
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        ProcessStartInfo start = new(host, [program, .. words]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["DOTNET_TieredPGO"] = "0";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{host} did not start");
        process.OutputDataReceived += static (_, line) =>
        {
            if (line.Data is not null)
            {
                Console.WriteLine(line.Data);
            }
        };
        process.BeginOutputReadLine();
        try
        {
            return await WatchAsync(process, mailbox, cancellationToken);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }
}
