using System.Diagnostics;
using System.Globalization;
using Sots.Testing;

namespace Sots.Reliability.Load;

/// <summary>What one run of a program took.</summary>
/// <param name="Seconds">From start to end.</param>
/// <param name="ProcessorSeconds">Of all its threads.</param>
/// <param name="PeakMiB">Most memory (resident set), in MiB.</param>
/// <param name="Output">What it said.</param>
internal sealed record ProgramRun(double Seconds, double ProcessorSeconds, long PeakMiB, string Output);

/// <summary>Runs a program on a repository of trials, and measures it with GNU time.</summary>
/// <param name="program">Its path: sots_backup, or restic.</param>
/// <param name="repository">The repository.</param>
/// <param name="home">A folder for its cache and logs.</param>
internal sealed class MeasuredProgram(string program, string repository, string home)
{
    private const string Clock = "/usr/bin/time";

    /// <summary>Why nothing can be measured here, or null.</summary>
    public static string? WhyNot(string? program) =>
        program is null ? "needs --program, the published program" : File.Exists(Clock) ? null : "needs GNU time";

    /// <summary>Runs it; it must succeed.</summary>
    /// <exception cref="BrokenPromiseException">It did not.</exception>
    public ProgramRun Run(params string[] arguments)
    {
        Directory.CreateDirectory(home);
        string measured = Path.Combine(home, "time.txt");
        ProcessStartInfo start = new(Clock, ["-o", measured, "-f", "%e %U %S %M", program, .. arguments])
        {
            WorkingDirectory = home,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["RESTIC_REPOSITORY"] = repository;
        start.Environment["RESTIC_PASSWORD"] = SmallRepository.Password;
        start.Environment["RESTIC_CACHE_DIR"] = Path.Combine(home, "cache");
        start.Environment["SOTS_LOG_FOLDER"] = Path.Combine(home, "logs");
        ResticRun run = ResticProgram.Finish(Process.Start(start)!, TimeSpan.FromHours(1));
        if (run.ExitCode != 0)
        {
            throw new BrokenPromiseException($"{Path.GetFileName(program)} {string.Join(' ', arguments)} ended with {run.ExitCode}: {run.Errors}");
        }

        double[] numbers = [.. File.ReadAllText(measured).Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        return new ProgramRun(numbers[0], numbers[1] + numbers[2], (long)numbers[3] >> 10, run.Output);
    }
}
