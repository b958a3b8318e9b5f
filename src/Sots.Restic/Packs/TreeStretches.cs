using System.Buffers;
using Sots.Restic.Backends;

namespace Sots.Restic.Packs;

/// <summary>
/// Reads small trees many at a time. A backup stores the trees of neighbouring folders one behind the other, and whoever walks a snapshot
/// asks for them in nearly that order, one by one: for each a file would be opened, looked at, read and closed, which takes far longer than
/// to decode a few hundred bytes, above all on Windows and on a share. A stretch behind the tree that is asked for is kept for those that
/// come after it. What is served is decrypted and compared with its id like anything else. Thread safe.
/// </summary>
internal sealed class TreeStretches(OpenRepository repository)
{
    /// <summary>Bytes that are read at once: some 200 folders of a level.</summary>
    public const int StretchLength = 64 << 10;

    /// <summary>Trees that are longer as they lie in the pack, in bytes, are read alone: few of them share a stretch.</summary>
    public const int LongestTree = StretchLength / 4;

    /// <summary>As many are kept: a walk goes back to where the folders above lie, several walk at once, and packs are filled in turn.</summary>
    private const int MostKept = 8;

    private readonly Lock _gate = new();

    /// <summary>What was asked for last is last.</summary>
    private readonly List<Stretch> _kept = new(MostKept);

    /// <summary>
    /// Makes something of a tree, or gives null where it is too long, cannot be read or is damaged here: then it is to be read alone, which
    /// finds out what is wrong.
    /// </summary>
    /// <param name="pack">The pack.</param>
    /// <param name="tree">Where the tree lies in it.</param>
    /// <param name="make">Gets the verified plaintext, valid until it returns.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What was made, and whether bytes were there that are not this tree.</returns>
    public async ValueTask<(T? Content, bool IsGarbled)> TryReadAsync<T>(
        PackId pack, PackedBlob tree, Func<ReadOnlyMemory<byte>, T> make, CancellationToken cancellationToken)
        where T : class
    {
        if (tree.Length is < Crypto.SealedBox.Overhead or > LongestTree || tree.PlainLength >= EnormousBlobs.FromLength)
        {
            return (null, false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        Stretch stretch = Reach(pack, tree);
        byte[] bytes = await stretch.Bytes.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        int start = (int)(tree.Offset - stretch.Offset);
        if (bytes.Length - start < tree.Length)
        {
            return (null, false);
        }

        // A blob is opened where it stands, and somebody else may ask for the same.
        byte[] rented = ArrayPool<byte>.Shared.Rent((int)tree.Length);
        BlobDecoder decoder = repository.Decoders.Rent();
        try
        {
            Span<byte> box = rented.AsSpan(0, (int)tree.Length);
            bytes.AsSpan(start, box.Length).CopyTo(box);
            return decoder.TryDecode(repository.Key, tree, box, pack, out ReadOnlyMemory<byte> plaintext) is null ? (make(plaintext), false) : (null, true);
        }
        finally
        {
            repository.Decoders.Return(decoder);
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The stretch that a tree lies in; a new one, which is not read yet, begins with it.</summary>
    private Stretch Reach(PackId pack, in PackedBlob tree)
    {
        lock (_gate)
        {
            for (int i = _kept.Count - 1; i >= 0; i--)
            {
                Stretch kept = _kept[i];
                if (kept.Pack == pack && kept.Offset <= tree.Offset && tree.End <= kept.Offset + StretchLength)
                {
                    _kept.RemoveAt(i);
                    _kept.Add(kept);
                    return kept;
                }
            }

            if (_kept.Count == MostKept)
            {
                _kept.RemoveAt(0);
            }

            long offset = tree.Offset;
            Stretch stretch = new(pack, offset, new Lazy<Task<byte[]>>(() => LoadAsync(pack, offset)));
            _kept.Add(stretch);
            return stretch;
        }
    }

    /// <summary>For all who wait for it, so that it is not cancelled by one of them. Empty where it cannot be had.</summary>
    private async Task<byte[]> LoadAsync(PackId pack, long offset)
    {
        FileHandle file = FileHandle.Of(pack);
        try
        {
            long length = await repository.Backend.FindLengthAsync(file, CancellationToken.None).ConfigureAwait(false) ?? 0;
            if (length <= offset)
            {
                return [];
            }

            byte[] bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(StretchLength, length - offset));
            await repository.Backend.LoadRangeAsync(file, offset, bytes, CancellationToken.None).ConfigureAwait(false);
            return bytes;
        }
        catch (RepositoryException)
        {
            // The tree is read alone then, which tells what is wrong.
            return [];
        }
    }

    private sealed record Stretch(PackId Pack, long Offset, Lazy<Task<byte[]>> Bytes);
}
