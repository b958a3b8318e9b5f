namespace Sots.Unreal.Packages;

/// <summary>Where a payload's data is.</summary>
public enum PayloadAccess
{
    /// <summary>In this file.</summary>
    Local = 0,

    /// <summary>In another file that this one was copied from.</summary>
    Referenced = 1,

    /// <summary>In a store of the team's: not in the project's folder.</summary>
    Virtualized = 2,
}

/// <summary>A payload: the source data of a texture, a mesh, a sound.</summary>
/// <param name="Id">First 20 bytes of the BLAKE3 hash of its data.</param>
/// <param name="Offset">Where it begins in the file, bytes; meaningless where it is not local.</param>
/// <param name="StoredBytes">Length as stored.</param>
/// <param name="RawBytes">Length of its data.</param>
/// <param name="Access">Where it is.</param>
public sealed record PackagePayload(ReadOnlyMemory<byte> Id, long Offset, long StoredBytes, long RawBytes, PayloadAccess Access);

/// <summary>The trailer of a package from 5.1 on: a list of payloads, then their data, then a footer. Source: docs/UNREAL-PACKAGES.md, "Trailer".</summary>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Length">From there to the end of the file.</param>
/// <param name="Payloads">Its payloads.</param>
public sealed record PackageTrailer(long Offset, long Length, IReadOnlyList<PackagePayload> Payloads)
{
    /// <summary>Length of the list's fixed part.</summary>
    internal const int FixedLength = 28;

    /// <summary>Length of the footer: a tag, the trailer's length, the package's tag.</summary>
    internal const int FooterLength = 20;

    private const ulong HeaderTag = 0xD1C43B2E80A5F697, FooterTag = 0x29BFCA045138DE76;
    private const uint PackageTag = 0x9E2A83C1;
    private const int IdLength = 20, NewestVersion = 2, MaxListLength = 64 << 20;

    /// <summary>Reads the trailer of a package that is no damaged one so far.</summary>
    /// <returns>Null where the package has none.</returns>
    /// <exception cref="PackageException">It contradicts itself or the file's length.</exception>
    public static PackageTrailer? Read(PackageSource source, PackageSummary summary)
    {
        long offset = summary.PayloadTocOffset;
        if (offset <= 0)
        {
            return null;
        }

        if (offset > source.Length - FixedLength - FooterLength)
        {
            throw PackageException.Damage($"the trailer begins at {offset}, the file has {source.Length} bytes", source.Length);
        }

        byte[] list = new byte[FixedLength];
        source.Read(offset, list);
        if (FindListLength(list, summary, source.Length) is not int length)
        {
            return null;
        }

        Array.Resize(ref list, length);
        source.Read(offset, list);
        byte[] footer = new byte[FooterLength];
        source.Read(source.Length - FooterLength, footer);
        PackageTrailer trailer = new(offset, source.Length - offset, ReadList(list, offset, source.Length));
        CheckFooter(footer, offset, source.Length);
        return trailer;
    }

    /// <summary>Length of the list with its fixed part, or null where this is no trailer (previews of 5.0 had another).</summary>
    internal static int? FindListLength(ReadOnlySpan<byte> start, PackageSummary summary, long fileLength)
    {
        long offset = summary.PayloadTocOffset;
        PackageCursor at = new(start, 0, isBigEndian: false);
        if (at.UInt64() != HeaderTag)
        {
            return summary.HasUE5(PackageGates.AlwaysTrailer) ? throw PackageException.Damage("the trailer does not begin with its tag", offset) : null;
        }

        int version = at.Int32();
        uint length = at.UInt32();
        if (version > NewestVersion || version < 0)
        {
            throw new PackageException(PackageFault.NewerThanKnown, $"the trailer has version {version}; known are versions up to {NewestVersion}");
        }

        return length >= FixedLength && length <= MaxListLength && length <= fileLength - offset - FooterLength
            ? (int)length
            : throw PackageException.Damage($"the list of payloads has {length} bytes, which do not fit into the file", offset);
    }

    /// <summary>Reads a whole list.</summary>
    internal static PackagePayload[] ReadList(ReadOnlySpan<byte> list, long offset, long fileLength)
    {
        PackageCursor at = new(list, sizeof(ulong), isBigEndian: false);
        int version = at.Int32();
        at.UInt32();
        ulong dataBytes = at.UInt64();
        int entryLength = IdLength + (3 * sizeof(long)) + (version >= 2 ? 2 * sizeof(ushort) : 0) + (version >= 1 ? 1 : 0);
        PackagePayload[] payloads = new PackagePayload[at.Count(entryLength, "payloads")];
        long data = offset + list.Length;
        long room = fileLength - FooterLength - data;
        for (int i = 0; i < payloads.Length; i++)
        {
            int entry = at.Position;
            byte[] id = at.Bytes(IdLength).ToArray();
            long start = at.Int64();
            ulong stored = at.UInt64(), raw = at.UInt64();
            at.Skip(version >= 2 ? 2 * sizeof(ushort) : 0);
            PayloadAccess access = version >= 1 ? (PayloadAccess)at.Byte() : PayloadAccess.Local;
            if (access == PayloadAccess.Local && (start < 0 || start > room || stored > (ulong)(room - start)))
            {
                throw PackageException.Damage($"payload {i} of {stored} bytes at {start} lies outside the file", offset + entry);
            }

            payloads[i] = new PackagePayload(
                id, access == PayloadAccess.Local ? data + start : 0, (long)Math.Min(stored, long.MaxValue), (long)Math.Min(raw, long.MaxValue), access);
        }

        if (at.Position != list.Length)
        {
            throw PackageException.Damage($"the list of payloads has {list.Length} bytes, its {payloads.Length} entries end at {at.Position}", offset);
        }

        if (dataBytes > (ulong)room || (long)dataBytes != room)
        {
            throw PackageException.Damage($"the payloads have {dataBytes} bytes, the file has room for {room}", offset);
        }

        return payloads;
    }

    /// <summary>Compares what stands behind the payloads.</summary>
    internal static void CheckFooter(ReadOnlySpan<byte> footer, long offset, long fileLength)
    {
        PackageCursor at = new(footer, 0, isBigEndian: false);
        if (at.UInt64() != FooterTag)
        {
            throw PackageException.Damage("the trailer has no footer", fileLength - FooterLength);
        }

        ulong length = at.UInt64();
        if (length != (ulong)(fileLength - offset))
        {
            throw PackageException.Damage($"the trailer's length is given as {length}, it has {fileLength - offset} bytes", fileLength - FooterLength);
        }

        if (at.UInt32() != PackageTag)
        {
            throw PackageException.Damage("the package does not end with its tag", fileLength - sizeof(uint));
        }
    }
}
