using System.Globalization;
using Sots.Restic;
using Sots.Restic.Index;
using Sots.Restic.Packs;

namespace Sots.Benchmarks;

/// <summary>How much memory the index of a million blobs takes: what it says itself, and what the garbage collector sees.</summary>
internal static class IndexMemory
{
    private const int Blobs = 1_000_000;
    private const double MostBytesABlob = 64;

    /// <summary>An index of so many blobs.</summary>
    public static MasterIndex Build(int blobs)
    {
        MasterIndex index = new();
        foreach ((PackId pack, PackedBlob blob) in Samples.IndexEntries(blobs))
        {
            index.Add(pack, blob);
        }

        return index;
    }

    /// <summary>Prints the report; 1 if a blob takes too much.</summary>
    public static int Report(TextWriter output)
    {
        Build(1000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        MasterIndex index = Build(Blobs);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(index);
        Write(output, "says itself", index.MemoryBytes);
        Write(output, "seen by the garbage collector", held);
        Write(output, "allocated while filling, samples included", allocated);
        return Math.Max(index.MemoryBytes, held) <= MostBytesABlob * Blobs ? 0 : 1;
    }

    private static void Write(TextWriter output, string what, long bytes) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {bytes} bytes, {(double)bytes / Blobs:0.0} bytes a blob"));
}
