using System.Buffers.Binary;

namespace Sots.Backup.Restoring;

/// <summary>
/// A self-relative security descriptor from a repository, taken apart with every offset checked before Windows sees it.
/// </summary>
/// <remarks>
/// Header of 20 bytes: revision (1), padding (1), control (2), then offsets (4 each) of owner, group, system and discretionary list,
/// 0 where absent. An account id: revision, count of parts, six bytes, four bytes a part. A list: revision, padding, length (2), count
/// of entries (2), padding (2), then entries, each with its length in bytes 2 and 3.
/// </remarks>
internal readonly record struct SecurityDescriptor
{
    /// <summary>SE_DACL_PRESENT.</summary>
    public const ushort DaclPresent = 0x4;

    private const int HeaderLength = 20;
    private const ushort SelfRelative = 0x8000;
    private const int MaxParts = 15;

    /// <summary>The flags.</summary>
    public ushort Control { get; private init; }

    /// <summary>Offset of the owner's id, 0 where there is none.</summary>
    public int Owner { get; private init; }

    /// <summary>Offset of the group's id, 0 where there is none.</summary>
    public int Group { get; private init; }

    /// <summary>Offset of the access list, 0 where there is none.</summary>
    public int Dacl { get; private init; }

    /// <summary>Takes a descriptor apart.</summary>
    /// <returns>False where it is not sound.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out SecurityDescriptor descriptor)
    {
        descriptor = default;
        if (bytes.Length < HeaderLength || bytes.Length > 1 << 17 || bytes[0] != 1)
        {
            return false;
        }

        descriptor = new SecurityDescriptor
        {
            Control = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
            Owner = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            Group = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            Dacl = BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
        };
        return (descriptor.Control & SelfRelative) != 0
            && (descriptor.Owner == 0 || IsAccount(bytes, descriptor.Owner))
            && (descriptor.Group == 0 || IsAccount(bytes, descriptor.Group))
            && (descriptor.Dacl == 0 || IsList(bytes, descriptor.Dacl));
    }

    private static bool IsAccount(ReadOnlySpan<byte> bytes, int offset)
    {
        const int head = 8;
        return offset >= HeaderLength && offset % 4 == 0 && offset <= bytes.Length - head
            && bytes[offset] == 1 && bytes[offset + 1] <= MaxParts
            && offset + head + (bytes[offset + 1] * 4) <= bytes.Length;
    }

    private static bool IsList(ReadOnlySpan<byte> bytes, int offset)
    {
        const int head = 8;
        const int entryHead = 4;
        if (offset < HeaderLength || offset % 4 != 0 || offset > bytes.Length - head)
        {
            return false;
        }

        ReadOnlySpan<byte> list = bytes[offset..];
        int length = BinaryPrimitives.ReadUInt16LittleEndian(list[2..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(list[4..]);
        if (length < head || length > list.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = list[head..length];
        for (int i = 0; i < count; i++)
        {
            int entry = rest.Length < entryHead ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            if (entry < entryHead || entry > rest.Length)
            {
                return false;
            }

            rest = rest[entry..];
        }

        return true;
    }
}
