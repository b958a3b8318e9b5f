using Sots.Unreal.Packages;

namespace Sots.Unreal.Health;

/// <summary>
/// Examines a package while its bytes go by, from first to last: header, signature, trailer, payload headers, end. Keeps the header until
/// it is read, and no more than 4 MiB of anything else. Never throws for any content. Not thread safe.
/// Source: docs/UNREAL-PACKAGES.md, "Checks".
/// </summary>
/// <param name="fileLength">Length of the file, bytes; bytes beyond it are an error of the caller.</param>
public sealed class PackageExamination(long fileLength)
{
    private const int FirstTry = 32 << 10, LastTry = 1 << 20;
    private const int EndTagLength = sizeof(uint);

    private readonly List<PackageFinding> _findings = [];
    private readonly byte[] _end = new byte[PackageTrailer.FooterLength];
    private byte[] _start = [];
    private int _startLength, _wanted = (int)Math.Min(FirstTry, fileLength);
    private long _position, _zerosAtEnd;
    private bool _isHeaderDone, _isPackage;
    private PackageSummary? _summary;
    private PackageHeader? _header;
    private SignatureCheck? _signature;
    private PayloadCheck? _payloads;

    private static ReadOnlySpan<byte> EndTag => [0xC1, 0x83, 0x2A, 0x9E];

    private static ReadOnlySpan<byte> EndTagSwapped => [0x9E, 0x2A, 0x83, 0xC1];

    /// <summary>The next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        KeepEnd(bytes);
        while (!_isHeaderDone && bytes.Length > 0)
        {
            // Mostly it is all there at once, and nothing has to be kept.
            if (_position == 0 && bytes.Length >= _wanted)
            {
                int first = _wanted;
                ReadStart(bytes[..first]);
                if (_isHeaderDone)
                {
                    _position = first;
                    bytes = bytes[first..];
                }

                continue;
            }

            int taken = (int)Math.Min(bytes.Length, _wanted - _startLength);
            Reserve(_startLength + taken);
            bytes[..taken].CopyTo(_start.AsSpan(_startLength));
            _startLength += taken;
            _position += taken;
            bytes = bytes[taken..];
            if (_startLength == _wanted)
            {
                ReadStart(_start.AsSpan(0, _startLength));
            }
        }

        if (bytes.Length > 0)
        {
            Follow(bytes);
        }
    }

    /// <summary>What is known after the last byte.</summary>
    public PackageHealth Finish()
    {
        if (!_isHeaderDone)
        {
            // The file ended before what it promised.
            _wanted = _startLength;
            ReadStart(_start.AsSpan(0, _startLength));
        }

        if (_position != fileLength)
        {
            _findings.Add(new PackageFinding(PackageCause.Truncated, $"{fileLength} bytes were expected, {_position} came"));
        }

        bool signed = false;
        if (_isPackage && _position == fileLength)
        {
            CheckEnd();
            signed = _signature?.Finish(_findings) ?? false;
            _payloads?.Finish(_end, _findings);
        }

        return new PackageHealth(_header, [.. _findings.OrderBy(static finding => finding.Cause)]) { IsSignatureRight = signed };
    }

    /// <summary>Reads the header, or finds out how much of the file it needs for that.</summary>
    private void ReadStart(ReadOnlySpan<byte> start)
    {
        try
        {
            if (_summary is null)
            {
                _summary = PackageReader.ReadSummary(start, fileLength);
                if (_summary.TotalHeaderSize > start.Length)
                {
                    _wanted = _summary.TotalHeaderSize;
                    if (start.Length < fileLength)
                    {
                        return;
                    }
                }
            }

            if (_summary.IsCooked)
            {
                _findings.Add(new PackageFinding(PackageCause.Cooked, "cooked: not source material"));
            }
            else
            {
                _isPackage = true;
                BeginFollowing(start);
            }

            _header = PackageReader.Read(start, fileLength);
        }
        catch (PackageException e) when (e.Fault == PackageFault.Damaged && _summary is null && start.Length < Math.Min(LastTry, fileLength) && _position < fileLength)
        {
            // A long summary: with more bytes it may be whole.
            _wanted = (int)Math.Min(LastTry, fileLength);
            return;
        }
        catch (PackageException) when (_summary is { IsCooked: true })
        {
            // What is known of headers is known of those that editors write; it proves nothing here.
        }
        catch (PackageException e)
        {
            _isPackage |= e.Fault == PackageFault.Damaged;
            _findings.Add(new PackageFinding(CauseOf(e), e.Message));
        }

        _isHeaderDone = true;
        _start = [];
    }

    /// <summary>The signature covers the header too, so it begins with what was kept of it.</summary>
    private void BeginFollowing(ReadOnlySpan<byte> start)
    {
        long trailer = _summary!.PayloadTocOffset;
        long signedLength = trailer > 0 && trailer <= fileLength ? trailer : fileLength;
        _signature = _summary.SavedHash.IsEmpty ? null : new SignatureCheck(_summary.SavedHash, signedLength);
        _payloads = trailer > 0 ? new PayloadCheck(_summary, fileLength) : null;
        _signature?.Append(start, 0);
        _payloads?.Append(start, 0, _findings);
    }

    private void Follow(ReadOnlySpan<byte> bytes)
    {
        _signature?.Append(bytes, _position);
        _payloads?.Append(bytes, _position, _findings);
        _position += bytes.Length;
    }

    private void CheckEnd()
    {
        if (_zerosAtEnd >= EndTagLength)
        {
            _findings.Add(new PackageFinding(PackageCause.Truncated, $"its last {_zerosAtEnd} bytes are zero"));
        }
        else if (!_end.AsSpan().EndsWith(EndTag) && !_end.AsSpan().EndsWith(EndTagSwapped))
        {
            _findings.Add(new PackageFinding(PackageCause.Truncated, "it does not end as every package of an editor does: its end is missing or was overwritten"));
        }
    }

    private static PackageCause CauseOf(PackageException e) => e.Fault switch
    {
        PackageFault.Empty => PackageCause.Empty,
        PackageFault.Zeroed => PackageCause.Zeroed,
        PackageFault.LfsPointer => PackageCause.LfsPointer,
        PackageFault.NotAPackage => PackageCause.NotAPackage,
        PackageFault.NewerThanKnown => PackageCause.NewerThanKnown,
        PackageFault.Unversioned => PackageCause.Cooked,
        PackageFault.Truncated => PackageCause.Truncated,
        _ => PackageCause.Header,
    };

    private void KeepEnd(ReadOnlySpan<byte> bytes)
    {
        int last = bytes.LastIndexOfAnyExcept((byte)0);
        _zerosAtEnd = last < 0 ? _zerosAtEnd + bytes.Length : bytes.Length - 1 - last;
        if (bytes.Length >= _end.Length)
        {
            bytes[^_end.Length..].CopyTo(_end);
            return;
        }

        _end.AsSpan(bytes.Length).CopyTo(_end);
        bytes.CopyTo(_end.AsSpan(_end.Length - bytes.Length));
    }

    private void Reserve(int length)
    {
        if (_start.Length < length)
        {
            Array.Resize(ref _start, Math.Max(length, (int)Math.Min(_wanted, 2L * _start.Length)));
        }
    }
}
