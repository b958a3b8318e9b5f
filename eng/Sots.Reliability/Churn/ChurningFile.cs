using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sots.Reliability.Churn;

/// <summary>How a program saves a file.</summary>
internal enum Saving
{
    /// <summary>Over the old content, from front to end.</summary>
    InPlace,

    /// <summary>Over the old content, and then the old time is set again.</summary>
    InPlaceWithOldTime,

    /// <summary>Into a new file that is renamed over the old one.</summary>
    RenameOver,

    /// <summary>Emptied, then written again.</summary>
    TruncateAndAppend,
}

/// <summary>
/// A file whose blocks say which saving wrote them, so that content put together from several can be told. Written by one thread, read by any.
/// </summary>
/// <param name="path">Where it is.</param>
/// <param name="number">Its number, in every block.</param>
/// <param name="blocks">How many blocks it has.</param>
/// <param name="saving">How it is saved.</param>
internal sealed class ChurningFile(string path, int number, int blocks, Saving saving)
{
    public const int BlockLength = 4096;

    private const int ChecksumOffset = BlockLength - 8;
    private int _generation;

    public string Path => path;

    /// <summary>Saves the next generation of the content.</summary>
    public void Save(Random random)
    {
        byte[] content = Content(++_generation, random);
        switch (saving)
        {
            case Saving.RenameOver:
                File.WriteAllBytes(path + ".saving", content);
                File.Move(path + ".saving", path, overwrite: true);
                break;
            case Saving.TruncateAndAppend:
                WriteBlocks(FileMode.Create, content);
                break;
            default:
                DateTime old = File.Exists(path) ? File.GetLastWriteTimeUtc(path) : default;
                WriteBlocks(FileMode.OpenOrCreate, content);
                if (saving == Saving.InPlaceWithOldTime && old != default)
                {
                    File.SetLastWriteTimeUtc(path, old);
                }

                break;
        }
    }

    /// <summary>
    /// Why content cannot be what the file was at one moment; null where it can. A file that is saved in place has at any moment the
    /// front of one saving and the end of the one before; one that is emptied first has the front of one.
    /// </summary>
    public string? WhyTorn(ReadOnlySpan<byte> content)
    {
        if (content.Length % BlockLength != 0 && saving != Saving.TruncateAndAppend)
        {
            return $"{content.Length} bytes are no whole blocks";
        }

        int whole = content.Length / BlockLength;
        bool mayBeShort = saving == Saving.TruncateAndAppend;
        if (whole != blocks && !mayBeShort)
        {
            return $"{whole} blocks of {blocks}";
        }

        int first = 0, last = 0;
        for (int block = 0; block < whole; block++)
        {
            ReadOnlySpan<byte> bytes = content.Slice(block * BlockLength, BlockLength);
            if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[ChecksumOffset..]) != Checksum(bytes[..ChecksumOffset]))
            {
                return $"block {block} was never written";
            }

            (int ofFile, int generation, int ofBlock) = (BinaryPrimitives.ReadInt32LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]));
            if (ofFile != number || ofBlock != block)
            {
                return $"block {block} is block {ofBlock} of file {ofFile}";
            }

            first = block == 0 ? generation : first;
            bool isOlder = generation == first - 1 && saving is Saving.InPlace or Saving.InPlaceWithOldTime;
            if (block > 0 && generation != last && !(last == first && isOlder))
            {
                return $"block {block} is of saving {generation}, the one before of {last}, the first of {first}";
            }

            last = generation;
        }

        return null;
    }

    private static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    private void WriteBlocks(FileMode mode, byte[] content)
    {
        using FileStream file = new(path, mode, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        for (int at = 0; at < content.Length; at += BlockLength)
        {
            file.Write(content, at, BlockLength);
        }
    }

    private byte[] Content(int generation, Random random)
    {
        byte[] content = new byte[blocks * BlockLength];
        random.NextBytes(content);
        for (int block = 0; block < blocks; block++)
        {
            Span<byte> bytes = content.AsSpan(block * BlockLength, BlockLength);
            BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], generation);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], block);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[ChecksumOffset..], Checksum(bytes[..ChecksumOffset]));
        }

        return content;
    }
}
