using System.Collections.Concurrent;
using Sots.Backup.Archiving;
using Sots.Restic.Trees;

namespace Sots.Backup.Tests.Archiving;

/// <summary>Looks on and keeps what it saw of each file, by its path.</summary>
internal sealed class RecordingObserver : IContentObserver
{
    /// <summary>The bytes of every reading that came to its end. A second end for a file is an error.</summary>
    public ConcurrentDictionary<string, byte[]> Finished { get; } = new(StringComparer.Ordinal);

    /// <summary>Files of which a reading began; it may have begun more than once.</summary>
    public ConcurrentDictionary<string, bool> Begun { get; } = new(StringComparer.Ordinal);

    public IContentReading? Begin(DiskPath source, string path, long sizeBytes)
    {
        Begun[path] = true;
        Assert.EndsWith(path, source.ToString().Replace('\\', '/'), StringComparison.Ordinal);
        return path.EndsWith(".ini", StringComparison.Ordinal) ? null : new Reading(this, path);
    }

    private sealed class Reading(RecordingObserver observer, string path) : IContentReading
    {
        private readonly List<byte> _bytes = [];

        public void Append(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

        public void Finish(Node? before, Node node)
        {
            Assert.Equal((long)node.Size, _bytes.Count);
            Assert.NotNull(node.Content);
            Assert.True(observer.Finished.TryAdd(path, [.. _bytes]), path);
        }
    }
}
