using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Sots.Restic.Trees;

namespace Sots.Restic.Repofiles;

/// <summary>
/// Appends the pieces of the format's JSON to a buffer. It knows how values are written, not where they may stand: order, commas and
/// braces are the caller's. <see cref="Flush"/> hands over what was written.
/// </summary>
/// <remarks>Not thread safe. Allocates nothing but what the destination does, and a rented buffer for long strings.</remarks>
internal ref struct JsonOutput(IBufferWriter<byte> destination)
{
    private const int StackLimit = 512;

    /// <summary>First byte of U+2028 and U+2029, and of much else.</summary>
    private const byte LineEndLead = 0xE2;

    private Span<byte> _room;
    private int _used;

    /// <summary>Appends bytes as they are.</summary>
    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _used += bytes.Length;
    }

    /// <summary>Appends a number.</summary>
    public void Number(ulong value)
    {
        Utf8Formatter.TryFormat(value, Room(20), out int written);
        _used += written;
    }

    /// <summary>Appends a number.</summary>
    public void Number(long value)
    {
        Utf8Formatter.TryFormat(value, Room(20), out int written);
        _used += written;
    }

    /// <summary>Appends a time in quotes.</summary>
    /// <exception cref="ArgumentException">The time has no written form.</exception>
    public void Time(NodeTime time)
    {
        Span<byte> room = Room(NodeTime.MaxFormattedLength + 2);
        room[0] = (byte)'"';
        if (!time.TryFormat(room[1..], out int written))
        {
            throw new ArgumentException($"A time needs 0 to 999999999 ns and an offset below 24 h, not {time}.", nameof(time));
        }

        room[written + 1] = (byte)'"';
        _used += written + 2;
    }

    /// <summary>Appends an id in quotes.</summary>
    public void Id(ContentId id)
    {
        Span<byte> room = Room(ContentId.HexLength + 2);
        room[0] = (byte)'"';
        id.FormatHex(room[1..]);
        room[ContentId.HexLength + 1] = (byte)'"';
        _used += ContentId.HexLength + 2;
    }

    /// <summary>Appends a string in quotes.</summary>
    /// <param name="utf8">Bytes that should be UTF-8; each bad byte is written as <c>\ufffd</c>.</param>
    public void Text(scoped ReadOnlySpan<byte> utf8)
    {
        Raw("\""u8);
        Escaped(utf8);
        Raw("\""u8);
    }

    /// <summary>Appends a string in quotes. Half of a surrogate pair is written as U+FFFD.</summary>
    public void Text(string text)
    {
        int length = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = length > StackLimit ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> utf8 = rented ?? stackalloc byte[StackLimit];
        Text(utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Appends a node's name in quotes, quoted in both layers.</summary>
    public void Name(scoped ReadOnlySpan<byte> name)
    {
        if (JsonText.PlainLength(name) == name.Length)
        {
            Text(name);
            return;
        }

        int length = name.Length * NameQuoting.MaxGrowth;
        byte[]? rented = length > StackLimit ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> quoted = rented ?? stackalloc byte[StackLimit];
        Text(quoted[..NameQuoting.Quote(name, quoted)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Appends a list of strings, null as <c>null</c>.</summary>
    public void Texts(IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            Raw("null"u8);
            return;
        }

        Raw("["u8);
        for (int i = 0; i < texts.Count; i++)
        {
            if (i > 0)
            {
                Raw(","u8);
            }

            Text(texts[i]);
        }

        Raw("]"u8);
    }

    /// <summary>Appends members that were kept unread, each after a comma, their values as they stood.</summary>
    public void UnknownMembers(IReadOnlyList<KeyValuePair<string, byte[]>> members)
    {
        foreach ((string name, byte[] value) in members)
        {
            Raw(","u8);
            Text(name);
            Raw(":"u8);
            Raw(value);
        }
    }

    /// <summary>Appends bytes as base64 in quotes, standard alphabet, padded.</summary>
    public void Base64Text(scoped ReadOnlySpan<byte> bytes)
    {
        int length = Base64.GetMaxEncodedToUtf8Length(bytes.Length);
        Raw("\""u8);
        Base64.EncodeToUtf8(bytes, Room(length), out _, out int written);
        _used += written;
        Raw("\""u8);
    }

    /// <summary>
    /// Appends a JSON value that is kept as text: characters that HTML could take for markup are escaped, everything else is kept.
    /// Doing it again changes nothing.
    /// </summary>
    public void HtmlEscapedJson(scoped ReadOnlySpan<byte> json)
    {
        while (!json.IsEmpty)
        {
            // Outside of strings none of these bytes can stand in valid JSON, so there is no need to know where strings are.
            int at = json.IndexOfAny([(byte)'<', (byte)'>', (byte)'&', LineEndLead]);
            Raw(at < 0 ? json : json[..at]);
            if (at < 0)
            {
                return;
            }

            json = json[at..];
            bool lineEnd = json.Length >= 3 && json[1] == 0x80 && json[2] is 0xA8 or 0xA9;
            if (json[0] != LineEndLead || lineEnd)
            {
                int consumed = JsonText.EscapeNext(json, Room(JsonText.MaxEscapedLength), out int written);
                _used += written;
                json = json[consumed..];
            }
            else
            {
                Raw(json[..1]);
                json = json[1..];
            }
        }
    }

    /// <summary>Hands everything written so far to the destination.</summary>
    public void Flush()
    {
        if (_used > 0)
        {
            destination.Advance(_used);
        }

        _room = default;
        _used = 0;
    }

    private void Escaped(scoped ReadOnlySpan<byte> utf8)
    {
        while (true)
        {
            int plain = JsonText.PlainLength(utf8);
            Raw(utf8[..plain]);
            utf8 = utf8[plain..];
            if (utf8.IsEmpty)
            {
                return;
            }

            int consumed = JsonText.EscapeNext(utf8, Room(JsonText.MaxEscapedLength), out int written);
            _used += written;
            utf8 = utf8[consumed..];
        }
    }

    private Span<byte> Room(int length)
    {
        if (_room.Length - _used < length)
        {
            Flush();
            _room = destination.GetSpan(Math.Max(length, 4096));
        }

        return _room[_used..];
    }
}
