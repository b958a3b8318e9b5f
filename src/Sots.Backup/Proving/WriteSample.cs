using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Packs;

namespace Sots.Backup.Proving;

/// <summary>A file that a backup read.</summary>
/// <param name="path">Where it is.</param>
internal sealed class SampledFile(DiskPath path)
{
    /// <summary>Where it is.</summary>
    public DiskPath Path { get; } = path;

    /// <summary>What it was when it was read; null as long as it is not known to be whole, and for ever where it is not.</summary>
    public FileStatus? Whole { get; set; }
}

/// <summary>A blob that a backup wrote.</summary>
/// <param name="handle">Its name.</param>
/// <param name="length">Length of its plaintext in bytes.</param>
/// <param name="file">The file it is of; null for the list of a folder.</param>
/// <param name="offset">Where it begins in the file, in bytes.</param>
internal sealed class SampledBlob(BlobHandle handle, int length, SampledFile? file, long offset)
{
    /// <summary>Its name.</summary>
    public BlobHandle Handle { get; } = handle;

    /// <summary>Length of its plaintext in bytes.</summary>
    public int Length { get; } = length;

    /// <summary>The file it is of; null for the list of a folder.</summary>
    public SampledFile? File { get; } = file;

    /// <summary>Where it begins in the file, in bytes.</summary>
    public long Offset { get; } = offset;

    /// <summary>The pack it was stored in; null as long as that is not known.</summary>
    public PackId? Pack { get; set; }

    /// <summary>Where in the pack.</summary>
    public PackedBlob Packed { get; set; }

    /// <summary>For people: the file, or what it is else.</summary>
    public string Name => File?.Path.ToString() ?? $"the list of a folder ({Handle})";
}

/// <summary>
/// Chooses blobs at random among all that a backup writes, each with the same chance, without knowing how many there will be. Thread safe.
/// Takes about 200 bytes for each of at most <see cref="Room"/> blobs.
/// </summary>
/// <param name="random">The chance.</param>
internal sealed class WriteSample(Random random)
{
    /// <summary>So many are kept to choose from.</summary>
    public const int Room = 2048;

    private readonly Lock _gate = new();
    private readonly List<SampledBlob> _blobs = [];
    private readonly Dictionary<BlobHandle, SampledBlob> _byHandle = [];
    private long _seen, _bytes;

    /// <summary>Plain bytes of all that was offered.</summary>
    public long OfferedBytes => Interlocked.Read(ref _bytes);

    /// <summary>
    /// A new blob was handed to the session that writes it; once more with another file or place where it was the first reading of a file, not
    /// taken as whole, that brought it.
    /// </summary>
    public void Offer(SampledBlob blob)
    {
        lock (_gate)
        {
            if (_byHandle.TryGetValue(blob.Handle, out SampledBlob? earlier))
            {
                blob.Pack = earlier.Pack;
                blob.Packed = earlier.Packed;
            }

            _bytes += blob.Length;
            long place = random.NextInt64(++_seen);
            if (_blobs.Count < Room)
            {
                _blobs.Add(blob);
            }
            else if (place < Room)
            {
                Forget(_blobs[(int)place]);
                _blobs[(int)place] = blob;
            }
            else
            {
                return;
            }

            _byHandle[blob.Handle] = blob;
        }
    }

    private void Forget(SampledBlob blob)
    {
        if (_byHandle.TryGetValue(blob.Handle, out SampledBlob? held) && held == blob)
        {
            _byHandle.Remove(blob.Handle);
        }
    }

    /// <summary>A pack is stored: what of it was chosen can be found now.</summary>
    public void Stored(PackId pack, IReadOnlyList<PackedBlob> blobs)
    {
        lock (_gate)
        {
            foreach (PackedBlob packed in blobs)
            {
                if (_byHandle.TryGetValue(packed.Handle, out SampledBlob? blob))
                {
                    blob.Pack = pack;
                    blob.Packed = packed;
                }
            }
        }
    }

    /// <summary>Takes stored blobs of files that are whole, and lists of folders, in any order, up to a number of bytes but at least one.</summary>
    public List<SampledBlob> Take(long bytes)
    {
        lock (_gate)
        {
            SampledBlob[] all = [.. _blobs.Where(static blob => blob.Pack is not null && (blob.File is null || blob.File.Whole is not null))];
            random.Shuffle(all);
            List<SampledBlob> taken = [];
            long left = bytes;
            foreach (SampledBlob blob in all)
            {
                if (taken.Count == 0 || blob.Length <= left)
                {
                    taken.Add(blob);
                    left -= blob.Length;
                }
            }

            return taken;
        }
    }
}
