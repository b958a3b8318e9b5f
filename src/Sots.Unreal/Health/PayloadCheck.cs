using Sots.Unreal.Packages;

namespace Sots.Unreal.Health;

/// <summary>
/// Reads the list of payloads as it goes by, then compares each payload in the file with it. The list comes before the payloads, so that
/// one pass is enough. Source: docs/UNREAL-PACKAGES.md, "Trailer".
/// </summary>
/// <param name="summary">Says where the list begins.</param>
/// <param name="fileLength">Length of the file, bytes.</param>
internal sealed class PayloadCheck(PackageSummary summary, long fileLength)
{
    private byte[] _list = new byte[PackageTrailer.FixedLength];
    private int _listLength;
    private bool _isListSized, _isListRead, _isDone;
    private PayloadBody[] _bodies = [];
    private int _next;

    /// <summary>Adds the bytes at a position, which follow those before.</summary>
    public void Append(ReadOnlySpan<byte> bytes, long position, List<PackageFinding> findings)
    {
        while (!_isDone && bytes.Length > 0)
        {
            long from = _isListRead ? _bodies[_next].Position : Offset + _listLength;
            if (from >= position + bytes.Length)
            {
                return;
            }

            int skipped = (int)Math.Max(0, from - position);
            bytes = bytes[skipped..];
            int taken = _isListRead ? _bodies[_next].Append(bytes) : AppendToList(bytes, findings);
            bytes = bytes[taken..];
            position += skipped + taken;
            GoOn(findings);
        }
    }

    /// <summary>Compares the end of the file.</summary>
    /// <param name="end">The last bytes of the file, as many as a footer has.</param>
    /// <param name="findings">Takes what is wrong.</param>
    public void Finish(ReadOnlySpan<byte> end, List<PackageFinding> findings)
    {
        if (!_isListRead && !_isDone)
        {
            findings.Add(new PackageFinding(PackageCause.Trailer, $"the list of its payloads should begin at {Offset}; the file has {fileLength} bytes"));
        }
        else if (_isListRead)
        {
            Guarded(end, findings, static (self, end, _) => PackageTrailer.CheckFooter(end, self.Offset, self.FileLength));
        }
    }

    private long Offset => summary.PayloadTocOffset;

    private long FileLength => fileLength;

    private int AppendToList(ReadOnlySpan<byte> bytes, List<PackageFinding> findings)
    {
        int taken = Math.Min(bytes.Length, _list.Length - _listLength);
        bytes[..taken].CopyTo(_list.AsSpan(_listLength));
        _listLength += taken;
        if (_listLength == _list.Length)
        {
            Guarded(default, findings, static (self, _, findings) => self.UseList(findings));
        }

        return taken;
    }

    private void UseList(List<PackageFinding> findings)
    {
        if (!_isListSized)
        {
            if (PackageTrailer.FindListLength(_list, summary, fileLength) is not int length)
            {
                _isDone = true; // an early preview of 5.0 had another trailer
                return;
            }

            _isListSized = true;
            Array.Resize(ref _list, length);
        }

        if (_listLength == _list.Length)
        {
            PackagePayload[] payloads = PackageTrailer.ReadList(_list, Offset, fileLength);
            int elsewhere = payloads.Count(static payload => payload.Access == PayloadAccess.Virtualized);
            if (elsewhere > 0)
            {
                findings.Add(new PackageFinding(
                    PackageCause.Virtualized, $"{elsewhere} of its {payloads.Length} payloads are kept in a store of the team: that data is not in this project"));
            }

            _bodies = [.. payloads.Where(static payload => payload.Access == PayloadAccess.Local).OrderBy(static payload => payload.Offset).Select(static payload => new PayloadBody(payload))];
            _isListRead = true;
            _list = [];
        }
    }

    /// <summary>Takes leave of payloads that were compared; one that begins before the end of another could not be.</summary>
    private void GoOn(List<PackageFinding> findings)
    {
        while (_isListRead && !_isDone && (_next == _bodies.Length || _bodies[_next].IsDone))
        {
            if (_next == _bodies.Length)
            {
                _isDone = true;
                return;
            }

            PayloadBody body = _bodies[_next++];
            if (body.Fault is string fault)
            {
                findings.Add(new PackageFinding(PackageCause.Payload, $"the payload at {body.Payload.Offset}: {fault}"));
            }

            if (_next < _bodies.Length && _bodies[_next].Payload.Offset < body.Payload.Offset + body.Payload.StoredBytes)
            {
                findings.Add(new PackageFinding(PackageCause.Trailer, $"the payload at {_bodies[_next].Payload.Offset} lies inside another"));
                _isDone = true;
            }
        }
    }

    private void Guarded(ReadOnlySpan<byte> bytes, List<PackageFinding> findings, Step step)
    {
        try
        {
            step(this, bytes, findings);
        }
        catch (PackageException e)
        {
            _isDone = true;
            findings.Add(new PackageFinding(e.Fault == PackageFault.NewerThanKnown ? PackageCause.NewerThanKnown : PackageCause.Trailer, e.Message));
        }
    }

    private delegate void Step(PayloadCheck self, ReadOnlySpan<byte> bytes, List<PackageFinding> findings);
}
