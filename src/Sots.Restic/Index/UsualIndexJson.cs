using Sots.Restic.Crypto;
using Sots.Restic.Packs;

namespace Sots.Restic.Index;

/// <summary>
/// Reads the JSON of an index as restic and we write it, to the byte: members in their order and no white space. At the first byte that is
/// otherwise, in a damaged file or in a true one of another program, it gives up, and the parser of <see cref="IndexFile"/> takes over, which
/// knows all of JSON and says what is wrong. Millions of blobs are read several times faster so. Source: docs/FORMAT.md, section 7.
/// </summary>
/// <param name="json">The JSON.</param>
/// <param name="version">Format version of the repository.</param>
internal ref struct UsualIndexJson(ReadOnlySpan<byte> json, int version)
{
    private ReadOnlySpan<byte> _rest = json;
    private bool _any;

    /// <summary>Reads up to the first pack.</summary>
    public bool TryReadStart() => TrySkip("{\"packs\":["u8);

    /// <summary>Whether everything has been read, and the end is that of an index.</summary>
    public readonly bool IsAtEnd => _rest.SequenceEqual("]}\n"u8) || _rest.SequenceEqual("]}"u8);

    /// <summary>Reads the next pack. False at the end, or where something is not as usual; nothing is read then.</summary>
    public bool TryReadPack(out PackId id, List<PackedBlob> blobs)
    {
        ReadOnlySpan<byte> start = _rest;
        blobs.Clear();
        if ((!_any || TrySkip(","u8)) && TrySkip("{\"id\":\""u8) && TryReadId(out ContentId pack) && TrySkip("\",\"blobs\":["u8) && TryReadBlobs(blobs))
        {
            id = new PackId(pack);
            _any = true;
            return true;
        }

        _rest = start;
        id = default;
        return false;
    }

    private bool TryReadBlobs(List<PackedBlob> blobs)
    {
        if (TrySkip("]}"u8))
        {
            return true;
        }

        while (TryReadBlob(out PackedBlob blob))
        {
            blobs.Add(blob);
            if (!TrySkip(","u8))
            {
                return TrySkip("]}"u8);
            }
        }

        return false;
    }

    private bool TryReadBlob(out PackedBlob blob)
    {
        blob = default;
        if (!TrySkip("{\"id\":\""u8) || !TryReadId(out ContentId id) || id.IsZero)
        {
            return false;
        }

        BlobType type = BlobType.Data;
        if (!TrySkip("\",\"type\":\"data\",\"offset\":"u8))
        {
            type = BlobType.Tree;
            if (!TrySkip("\",\"type\":\"tree\",\"offset\":"u8))
            {
                return false;
            }
        }

        uint uncompressed = 0;
        if (!TryReadNumber(out uint offset) || !TrySkip(",\"length\":"u8) || !TryReadNumber(out uint length)
            || (TrySkip(",\"uncompressed_length\":"u8) && (!TryReadNumber(out uncompressed) || version < 2))
            || !TrySkip("}"u8) || length < SealedBox.Overhead || (long)offset + length > Limits.PackLength)
        {
            return false;
        }

        blob = new PackedBlob(type, id, offset, length, uncompressed);
        return true;
    }

    private bool TryReadId(out ContentId id)
    {
        if (_rest.Length >= ContentId.HexLength && ContentId.TryParse(_rest[..ContentId.HexLength], out id))
        {
            _rest = _rest[ContentId.HexLength..];
            return true;
        }

        id = default;
        return false;
    }

    /// <summary>Digits without a zero before them; what follows them is looked at by whoever reads on.</summary>
    private bool TryReadNumber(out uint number)
    {
        ulong value = 0;
        int digits = 0;
        for (uint digit; digits < _rest.Length && digits <= 10 && (digit = unchecked((uint)(_rest[digits] - '0'))) <= 9; digits++)
        {
            value = (value * 10) + digit;
        }

        number = unchecked((uint)value);
        if (digits == 0 || value > uint.MaxValue || (digits > 1 && _rest[0] == '0'))
        {
            return false;
        }

        _rest = _rest[digits..];
        return true;
    }

    private bool TrySkip(ReadOnlySpan<byte> text)
    {
        if (!_rest.StartsWith(text))
        {
            return false;
        }

        _rest = _rest[text.Length..];
        return true;
    }
}
