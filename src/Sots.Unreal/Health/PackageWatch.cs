using System.Collections.Concurrent;
using Sots.Backup;
using Sots.Backup.Archiving;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Assets;

namespace Sots.Unreal.Health;

/// <summary>A package whose content is not that of the snapshot before.</summary>
/// <param name="Path">Its path in the snapshot.</param>
/// <param name="Before">Its node there.</param>
/// <param name="Version">Version of its format now; grows with the engines.</param>
public sealed record ChangedPackage(string Path, Node Before, int Version);

/// <summary>A version of the format, and the engine that writes it.</summary>
/// <param name="Version">Grows with the engines; 0 where none is known.</param>
/// <param name="Engine">"5.4"; empty where none is known.</param>
public sealed record SavingEngine(int Version, string Engine)
{
    /// <summary>None is known.</summary>
    public static SavingEngine None { get; } = new(0, "");
}

/// <summary>
/// Examines the packages of a backup while their bytes are read for it. Thread safe. Takes one examination's memory for each file that is
/// read at a moment, and about 200 bytes a package for what is in it.
/// </summary>
public sealed class PackageWatch : IContentObserver
{
    private readonly ConcurrentQueue<ChangedPackage> _changed = [];
    private SavingEngine _newest = SavingEngine.None;

    /// <summary>What is in the packages that were read: nobody has to read them again for that.</summary>
    public AssetFactsCache Facts { get; } = new();

    /// <summary>What was found.</summary>
    public HealthTally Health { get; } = new();

    /// <summary>Those that changed since the snapshot before, in the order of their paths; at most <see cref="HealthTally.MostKept"/>.</summary>
    public IReadOnlyList<ChangedPackage> Changed => [.. _changed.OrderBy(static changed => changed.Path, StringComparer.Ordinal)];

    /// <summary>The newest version of the format that any of them has.</summary>
    public SavingEngine Newest => Volatile.Read(ref _newest);

    /// <inheritdoc/>
    public IContentReading? Begin(DiskPath source, string path, long sizeBytes) =>
        AssetFacts.IsPackage(path) ? new Reading(this, path, sizeBytes) : null;

    private void Take(string path, Node? before, Node node, PackageHealth health)
    {
        ContentId content = SnapshotPackages.ContentOf(node);
        Health.Add(path, content, checked((long)node.Size), health);
        if (health.Header is not { } header)
        {
            return;
        }

        AssetFacts known = AssetFacts.Of(header);
        Facts.Add(content, known);
        Raise(known);
        if (before is { Type: NodeType.File } && SnapshotPackages.ContentOf(before) != content && _changed.Count < HealthTally.MostKept)
        {
            _changed.Enqueue(new ChangedPackage(path, before, known.Version));
        }
    }

    private void Raise(AssetFacts known)
    {
        for (SavingEngine seen; (seen = Newest).Version < known.Version;)
        {
            Interlocked.CompareExchange(ref _newest, new SavingEngine(known.Version, known.Engine), seen);
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
