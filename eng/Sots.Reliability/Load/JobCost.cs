using System.Globalization;

namespace Sots.Reliability.Load;

/// <summary>What one job took: time, processor and the most memory the process held meanwhile. Linux alone tells the last.</summary>
/// <param name="Wall">From start to end.</param>
/// <param name="Processor">Of all threads.</param>
/// <param name="PeakBytes">Most memory of the process (resident set), the source and everything else in it included.</param>
/// <param name="HeapBytes">Most bytes of the managed heap, as found by looking at it again and again.</param>
internal sealed record JobCost(TimeSpan Wall, TimeSpan Processor, long PeakBytes, long HeapBytes)
{
    /// <summary>Runs a job and measures it.</summary>
    public static async Task<(T Result, JobCost Cost)> OfAsync<T>(Func<Task<T>> job)
    {
        Settle();
        ForgetPeak();
        using CancellationTokenSource done = new();
        Task<long> watching = WatchHeapAsync(done.Token);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long begun = TimeProvider.System.GetTimestamp();
        T result = await job();
        TimeSpan wall = TimeProvider.System.GetElapsedTime(begun);
        processor = Environment.CpuUsage.TotalTime - processor;
        await done.CancelAsync();
        return (result, new JobCost(wall, processor, Peak(), await watching));
    }

    /// <summary>Lets go of what earlier jobs left; buffers in bags go only when the bags' finalizers have run.</summary>
    private static void Settle()
    {
        for (int round = 0; round < 3; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }

    /// <summary>Peak of the resident set since <see cref="ForgetPeak"/>.</summary>
    private static long Peak()
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Starts the kernel's count anew (proc(5), clear_refs).</summary>
    private static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static async Task<long> WatchHeapAsync(CancellationToken cancellationToken)
    {
        long most = 0;
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        try
        {
            do
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // The job is done.
        }

        return most;
    }
}
