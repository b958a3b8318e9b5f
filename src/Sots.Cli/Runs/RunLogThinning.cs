namespace Sots.Cli.Runs;

/// <summary>A log on the disk.</summary>
/// <param name="Name">Name of its file.</param>
/// <param name="Time">When it was last written to.</param>
/// <param name="Bytes">Its length.</param>
internal readonly record struct StoredLog(string Name, DateTimeOffset Time, long Bytes);

/// <summary>Removes old logs by number, age and size.</summary>
internal static class RunLogThinning
{
    /// <summary>Which logs go, newest first counted; the newest one never does.</summary>
    public static IReadOnlyList<StoredLog> Choose(IEnumerable<StoredLog> logs, DateTimeOffset now, RunLogOptions options)
    {
        List<StoredLog> gone = [];
        int kept = 0;
        long bytes = 0;
        foreach (StoredLog log in logs.OrderByDescending(log => log.Time).ThenByDescending(log => log.Name, StringComparer.Ordinal))
        {
            bool fits = kept < options.KeepRuns && (now - log.Time).TotalDays <= options.KeepDays && log.Bytes <= options.KeepBytes - bytes;
            if (kept > 0 && !fits)
            {
                gone.Add(log);
                continue;
            }

            kept++;
            bytes += log.Bytes;
        }

        return gone;
    }

    /// <summary>Removes what <see cref="Choose"/> chooses, except logs of runs that are going on. What cannot be removed stays for the next time.</summary>
    /// <returns>How many were removed.</returns>
    public static int Run(string folder, RunLiveness liveness, DateTimeOffset now, RunLogOptions options)
    {
        int removed = 0;
        try
        {
            IEnumerable<StoredLog> logs = new DirectoryInfo(folder).EnumerateFiles("*.log")
                .Where(file => RunName.IsLog(file.Name))
                .Select(file => new StoredLog(file.Name, file.LastWriteTimeUtc, file.Length));
            foreach (StoredLog log in Choose(logs, now, options).Where(log => !liveness.IsHeld(log.Name)))
            {
                File.Delete(Path.Combine(folder, log.Name));
                removed++;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not worth a word: the next run tries again.
        }

        return removed;
    }
}
