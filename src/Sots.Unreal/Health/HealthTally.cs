using System.Collections.Concurrent;
using Sots.Restic;

namespace Sots.Unreal.Health;

/// <summary>A package of which something has to be said.</summary>
/// <param name="Path">Its path in the snapshot, or where it was found.</param>
/// <param name="Content">What stands for its bytes; zero where it is in no snapshot.</param>
/// <param name="Findings">What was noticed, the most telling first.</param>
public sealed record NotedPackage(string Path, ContentId Content, IReadOnlyList<PackageFinding> Findings)
{
    /// <summary>Whether the editor would not get back what was saved.</summary>
    public bool IsDamaged => Findings.Any(static finding => finding.IsDamage);

    /// <summary>What counts for a summary: the first damage, else the first finding.</summary>
    public PackageFinding Main => Findings.Where(static finding => finding.IsDamage).Append(Findings[0]).First();
}

/// <summary>Counts what examinations found. Thread safe.</summary>
public sealed class HealthTally
{
    /// <summary>Damaged packages that are remembered; more are only counted.</summary>
    public const int MostKept = 10_000;

    private readonly ConcurrentQueue<NotedPackage> _noted = [];
    private readonly long[] _causes = new long[Enum.GetValues<PackageCause>().Length];
    private long _packages, _bytes, _damaged;

    /// <summary>Packages that were examined.</summary>
    public long Packages => Interlocked.Read(ref _packages);

    /// <summary>Their length together.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How many of them are damaged.</summary>
    public long Damaged => Interlocked.Read(ref _damaged);

    /// <summary>
    /// The damaged ones, in the order of their paths; at most <see cref="MostKept"/>. What is no damage is only counted, as it may be true of
    /// every package there is.
    /// </summary>
    public IReadOnlyList<NotedPackage> Noted => [.. _noted.OrderBy(static noted => noted.Path, StringComparer.Ordinal)];

    /// <summary>How many have a cause as their main one.</summary>
    public long CountOf(PackageCause cause) => Interlocked.Read(ref _causes[(int)cause]);

    /// <summary>A package was examined.</summary>
    public void Add(string path, ContentId content, long sizeBytes, PackageHealth health)
    {
        Interlocked.Increment(ref _packages);
        Interlocked.Add(ref _bytes, sizeBytes);
        if (health.Findings.Count == 0)
        {
            return;
        }

        NotedPackage noted = new(path, content, health.Findings);
        Interlocked.Increment(ref _causes[(int)noted.Main.Cause]);
        if (!noted.IsDamaged)
        {
            return;
        }

        Interlocked.Increment(ref _damaged);
        if (_noted.Count < MostKept)
        {
            _noted.Enqueue(noted);
        }
    }
}
