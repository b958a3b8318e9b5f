using System.Diagnostics;

namespace Sots.Fuzzing.Driving;

/// <summary>What is wrong with an input.</summary>
/// <param name="Kind">One line that is equal for inputs with the same fault: the error and where it comes from.</param>
/// <param name="Text">All that is known.</param>
internal sealed record Fault(string Kind, string Text);

/// <summary>How one input went.</summary>
/// <param name="Taken">The decoder took it.</param>
/// <param name="Fault">What is wrong, or null.</param>
internal readonly record struct Outcome(bool Taken, Fault? Fault);

/// <summary>Runs inputs one after another and judges each: exceptions, broken laws, memory, time. Single threaded.</summary>
/// <param name="target">The decoder.</param>
/// <param name="coverage">Where branches are counted; null where the code is not instrumented.</param>
internal sealed class Execution(FuzzTarget target, CoverageMap? coverage)
{
    /// <summary>Processor time one input may take.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);

    /// <summary>Runs one input. The map then holds its branches.</summary>
    public Outcome Run(byte[] input)
    {
        Outcome outcome = RunOnce(input, out long allocated, out TimeSpan took);
        if (outcome.Fault is not null || (allocated <= target.AllocationLimit(input.Length) && took <= TimeLimit))
        {
            return outcome;
        }

        // The first time through code costs more, and other processes cost time: only what stays is a fault.
        TimeSpan before = Environment.CpuUsage.TotalTime;
        outcome = RunOnce(input, out allocated, out _);
        TimeSpan processor = Environment.CpuUsage.TotalTime - before;
        return outcome.Fault is not null ? outcome
            : allocated > target.AllocationLimit(input.Length) ? outcome with
            {
                Fault = new("too much memory", $"{allocated} bytes were allocated for an input of {input.Length}; the limit is {target.AllocationLimit(input.Length)}"),
            }
            : processor > TimeLimit ? outcome with { Fault = new("too slow", $"{processor.TotalSeconds:F1} s of processor time for an input of {input.Length} bytes") }
            : outcome;
    }

    private Outcome RunOnce(byte[] input, out long allocated, out TimeSpan took)
    {
        coverage?.Clear();
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        long begun = Stopwatch.GetTimestamp();
        Outcome outcome;
        try
        {
            outcome = new Outcome(target.Run(input), null);
        }
#pragma warning disable CA1031 // Any exception at all is what is looked for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            outcome = new Outcome(false, new Fault(KindOf(e), e.ToString()));
        }

        took = Stopwatch.GetElapsedTime(begun);
        allocated = GC.GetAllocatedBytesForCurrentThread() - bytes;
        return outcome;
    }

    /// <summary>The type of the error and the innermost place in our own code. Of a law its text, up to the numbers.</summary>
    private static string KindOf(Exception e)
    {
        string place = new StackTrace(e).GetFrames()
            .Select(static frame => frame.GetMethod())
            .Where(static method => method?.DeclaringType is { } type && type != typeof(Law) && type.FullName!.StartsWith("Sots.", StringComparison.Ordinal))
            .Select(static method => $"{method!.DeclaringType!.FullName}.{method.Name}")
            .FirstOrDefault("?");
        return e is BrokenLawException ? $"law: {e.Message.Split(':')[0]} ({place})" : $"{e.GetType().Name} in {place}";
    }
}
