using System.Collections.Concurrent;
using Sots.Backup;
using Sots.Backup.Archiving;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Assets;

namespace Sots.Unreal.Health;

/// <summary>A package of which something has to be said.</summary>
/// <param name="Path">Its path in the snapshot, or where it was found.</param>
/// <param name="Content">What stands for its bytes.</param>
/// <param name="Findings">What was noticed, the most telling first.</param>
public sealed record NotedPackage(string Path, ContentId Content, IReadOnlyList<PackageFinding> Findings)
{
    /// <summary>Whether the editor would not get back what was saved.</summary>
    public bool IsDamaged => Findings.Any(static finding => finding.IsDamage);

    /// <summary>What counts for a summary: the first damage, else the first finding.</summary>
    public PackageFinding Main => Findings.Where(static finding => finding.IsDamage).Append(Findings[0]).First();
}

/// <summary>A package whose content is not that of the snapshot before.</summary>
/// <param name="Path">Its path in the snapshot.</param>
/// <param name="Before">Its node there.</param>
/// <param name="Version">Version of its format now; grows with the engines.</param>
public sealed record ChangedPackage(string Path, Node Before, int Version);

/// <summary>
/// Examines the packages of a backup while their bytes are read for it. Thread safe. Takes one examination's memory for each file that is
/// read at a moment, and remembers only what is worth a word.
/// </summary>
/// <param name="facts">Also gets to know what is in them; null for nobody.</param>
public sealed class PackageWatch(AssetFactsCache? facts = null) : IContentObserver
{
    /// <summary>Packages that are remembered of each kind; more are only counted.</summary>
    public const int MostKept = 10_000;

    private readonly ConcurrentBag<NotedPackage> _noted = [];
    private readonly ConcurrentBag<ChangedPackage> _changed = [];
    private readonly long[] _causes = new long[Enum.GetValues<PackageCause>().Length];
    private long _packages, _damaged;
    private int _newestVersion;

    /// <summary>Packages that were examined.</summary>
    public long Packages => Interlocked.Read(ref _packages);

    /// <summary>How many of them are damaged.</summary>
    public long Damaged => Interlocked.Read(ref _damaged);

    /// <summary>Those of which something has to be said, in the order of their paths; at most <see cref="MostKept"/>.</summary>
    public IReadOnlyList<NotedPackage> Noted => [.. _noted.OrderBy(static noted => noted.Path, StringComparer.Ordinal)];

    /// <summary>Those that changed since the snapshot before, in the order of their paths; at most <see cref="MostKept"/>.</summary>
    public IReadOnlyList<ChangedPackage> Changed => [.. _changed.OrderBy(static changed => changed.Path, StringComparer.Ordinal)];

    /// <summary>The newest version of the format that any of them has; 0 where none could be read.</summary>
    public int NewestVersion => Volatile.Read(ref _newestVersion);

    /// <summary>How many have a cause as their main one.</summary>
    public long CountOf(PackageCause cause) => Interlocked.Read(ref _causes[(int)cause]);

    /// <inheritdoc/>
    public IContentReading? Begin(DiskPath source, string path, long sizeBytes) =>
        AssetFacts.IsPackage(path) ? new Reading(this, path, sizeBytes) : null;

    private void Take(string path, Node? before, Node node, PackageHealth health)
    {
        Interlocked.Increment(ref _packages);
        ContentId content = SnapshotPackages.ContentOf(node);
        if (health.Header is { } header)
        {
            AssetFacts known = AssetFacts.Of(header);
            facts?.Add(content, known);
            Raise(known.Version);
            if (before is { Type: NodeType.File } && SnapshotPackages.ContentOf(before) != content && _changed.Count < MostKept)
            {
                _changed.Add(new ChangedPackage(path, before, known.Version));
            }
        }

        if (health.Findings.Count > 0)
        {
            NotedPackage noted = new(path, content, health.Findings);
            Interlocked.Increment(ref _causes[(int)noted.Main.Cause]);
            Interlocked.Add(ref _damaged, noted.IsDamaged ? 1 : 0);
            if (_noted.Count < MostKept)
            {
                _noted.Add(noted);
            }
        }
    }

    private void Raise(int version)
    {
        for (int seen; (seen = NewestVersion) < version;)
        {
            Interlocked.CompareExchange(ref _newestVersion, version, seen);
        }
    }

    private sealed class Reading(PackageWatch watch, string path, long sizeBytes) : IContentReading
    {
        private readonly PackageExamination _examination = new(sizeBytes);
        private long _rest = sizeBytes;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            // A file that grows while it is read is longer than it was; the backup itself says so.
            int taken = (int)Math.Min(bytes.Length, _rest);
            _rest -= taken;
            _examination.Append(bytes[..taken]);
        }

        public void Finish(Node? before, Node node) => watch.Take(path, before, node, _examination.Finish());
    }
}
