using System.Globalization;

namespace Sots.Backup.Operations;

/// <summary>The line that sums up counted work, in restic's layout: <c>[0:01] 100.00%  4 / 4 packs repacked</c>.</summary>
internal sealed class CountedWork(string what, long total, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>The line after so many are done.</summary>
    public string LineAt(long done)
    {
        long seconds = (long)time.GetElapsedTime(_start).TotalSeconds;
        string clock = seconds >= 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:00}");
        double percent = total == 0 ? 100 : 100.0 * done / total;
        return string.Create(CultureInfo.InvariantCulture, $"[{clock}] {percent:F2}%  {done} / {total} {what}");
    }
}
