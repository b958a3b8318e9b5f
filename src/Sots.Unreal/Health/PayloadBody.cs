using System.Buffers.Binary;
using Sots.Unreal.Hashing;
using Sots.Unreal.Packages;

namespace Sots.Unreal.Health;

/// <summary>
/// One payload in the file: a header with a sum over itself and the hash of the data, then the data. What is compressed (with Oodle) cannot
/// be opened here; its header is compared, and data that is not compressed as well. Numbers have their high byte first.
/// Source: docs/UNREAL-PACKAGES.md, "Payloads".
/// </summary>
internal sealed class PayloadBody
{
    private const uint Magic = 0xB7756362;
    private const int HeaderLength = 64, SumOffset = 4, SummedFrom = 8, MethodOffset = 8, BlocksOffset = 12, RawOffset = 16, TotalOffset = 24, HashOffset = 32;
    private const int LongestHeader = 4 << 20;
    private const byte NotCompressed = 0;

    private byte[] _header;
    private int _headerLength;
    private bool _isSized;
    private byte[] _hash = [];
    private Blake3Hash? _raw;
    private long _rawLeft;

    public PayloadBody(PackagePayload payload)
    {
        Payload = payload;
        _header = new byte[(int)Math.Min(HeaderLength, payload.StoredBytes)];
        if (_header.Length < HeaderLength)
        {
            End($"it has {payload.StoredBytes} bytes, at least {HeaderLength} are expected");
        }
    }

    /// <summary>What the list says of it.</summary>
    public PackagePayload Payload { get; }

    /// <summary>The next byte that is wanted, as an offset in the file.</summary>
    public long Position => Payload.Offset + _headerLength + (_raw is null ? 0 : RawLength - _rawLeft);

    /// <summary>Whether all was seen that can be compared.</summary>
    public bool IsDone { get; private set; }

    /// <summary>What is wrong, or null.</summary>
    public string? Fault { get; private set; }

    private long RawLength => Payload.StoredBytes - _header.Length;

    /// <summary>Takes what it wants of the bytes at <see cref="Position"/>; at least one.</summary>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        if (_raw is not null)
        {
            int hashed = (int)Math.Min(bytes.Length, _rawLeft);
            _raw.Append(bytes[..hashed]);
            _rawLeft -= hashed;
            if (_rawLeft == 0)
            {
                CompareRaw();
            }

            return hashed;
        }

        int taken = Math.Min(bytes.Length, _header.Length - _headerLength);
        bytes[..taken].CopyTo(_header.AsSpan(_headerLength));
        _headerLength += taken;
        if (_headerLength == _header.Length)
        {
            UseHeader();
        }

        return taken;
    }

    private void UseHeader()
    {
        if (Number(0) != Magic)
        {
            End("it does not begin as a payload does");
            return;
        }

        if (!_isSized)
        {
            _isSized = true;
            long length = HeaderLength + (_header[MethodOffset] == NotCompressed ? 0L : (long)sizeof(uint) * Number(BlocksOffset));
            if (length > Payload.StoredBytes)
            {
                End($"its header has {length} bytes, all of it {Payload.StoredBytes}");
                return;
            }

            if (length > LongestHeader)
            {
                End(null); // nothing that an editor writes; not worth the memory
                return;
            }

            if (length > _header.Length)
            {
                Array.Resize(ref _header, (int)length);
                return;
            }
        }

        Compare();
    }

    private void Compare()
    {
        bool isCompressed = _header[MethodOffset] != NotCompressed;
        ReadOnlySpan<byte> hash = _header.AsSpan(HashOffset, Blake3Hash.Length);
        if (isCompressed && Crc32.Of(_header.AsSpan(SummedFrom)) != Number(SumOffset))
        {
            End("the sum in its header is not that of the header");
        }
        else if (!hash.StartsWith(Payload.Id.Span))
        {
            End("its header tells another hash than the list");
        }
        else if (BinaryPrimitives.ReadUInt64BigEndian(_header.AsSpan(RawOffset)) != (ulong)Payload.RawBytes
            || BinaryPrimitives.ReadUInt64BigEndian(_header.AsSpan(TotalOffset)) != (ulong)Payload.StoredBytes)
        {
            End("its header tells other lengths than the list");
        }
        else if (isCompressed || RawLength == 0)
        {
            End(null);
        }
        else
        {
            _raw = new Blake3Hash();
            _hash = hash.ToArray();
            _rawLeft = RawLength;
        }
    }

    private void CompareRaw()
    {
        Span<byte> found = stackalloc byte[Blake3Hash.Length];
        _raw!.Finish(found);
        End(found.SequenceEqual(_hash) ? null : "its data does not have the hash that its header tells");
    }

    private void End(string? fault)
    {
        (IsDone, Fault) = (true, fault);
        _header = [];
    }

    private uint Number(int offset) => BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(offset));
}
