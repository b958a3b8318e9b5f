using Sots.Restic.Packs;

namespace Sots.Restic;

/// <summary>
/// The trees of folders of tens of thousands of entries: one of them takes as much memory as all else together, in buffers and in nodes
/// that live just long enough to be taken for old. They are dealt with one at a time, and what they took is given back at once.
/// </summary>
internal static class EnormousBlobs
{
    /// <summary>Plaintexts from this length on: 16 MiB, a folder of about forty thousand files. No chunk of a file is as long.</summary>
    public const int FromLength = 16 << 20;

    private static readonly SemaphoreSlim OneAtATime = new(1);

    /// <summary>Reads blobs and works on them; alone in this process where one of them is enormous. The work must not come here again.</summary>
    public static async Task ReadAsync(List<PackedBlob> blobs, Func<Task> work, CancellationToken cancellationToken)
    {
        if (!blobs.Exists(static blob => blob.UncompressedLength >= FromLength || blob.Length >= FromLength))
        {
            await work().ConfigureAwait(false);
            return;
        }

        await OneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    /// <summary>Collects everything and returns it to the system. Takes tens of milliseconds, little beside the blob itself.</summary>
    public static void GiveMemoryBack() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
