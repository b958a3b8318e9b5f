using System.Buffers;
using System.Text.Json;
using Sots.Restic.Repofiles;
using Sots.Restic.Trees;

namespace Sots.Fuzzing.Targets;

/// <summary>The two layers of escapes that names of nodes are written in.</summary>
internal sealed class NodeNameTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "node-name";

    /// <inheritdoc/>
    public override string About => "names of nodes: any bytes come back from both layers of quoting; what unquotes, quotes to one form";

    /// <inheritdoc/>
    public override int MaxLength => 256;

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds => [.. Samples.Nodes.Select(static node => node.Name), @"\a\b\f\n\r\t\v\\\""\x41\101\u00e4\U0001f600"u8.ToArray(), [0xED, 0xA0, 0x80, 0xC0, 0x80, 0xF4, 0x90, 0x80, 0x80]];

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => [.. Utf8("\\x", "\\u", "\\U", "\\U0010ffff", "\\ud800", "\\377", "\\400", "\\\"", "\u2028", "\ufffd", "\u00ad", "\U000e0001", "<", "&"), [0xFF], [0x7F], [0xED, 0xA0, 0x80]];

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        byte[] quoted = new byte[input.Length * NameQuoting.MaxGrowth];
        quoted = quoted[..NameQuoting.Quote(input, quoted)];
        Law.Same(input, Unquote(quoted, "what was quoted is unquoted"), "a name comes back from quoting");

        ArrayBufferWriter<byte> json = new();
        JsonOutput output = new(json);
        output.Name(input);
        output.Flush();
        Utf8JsonReader reader = StrictJson.Open(json.WrittenSpan);
        StrictJson.Next(ref reader);
        Law.Same(quoted, StrictJson.Utf8(ref reader), "a quoted name comes back from JSON");

        // The input as a name that somebody else quoted.
        byte[] name = new byte[input.Length];
        bool taken = NameQuoting.TryUnquote(input, name, out int length);
        byte[] inPlace = input.ToArray();
        Law.Holds(taken == NameQuoting.TryUnquote(inPlace, inPlace, out int same) && (!taken || (length == same && inPlace.AsSpan(0, same).SequenceEqual(name.AsSpan(0, length)))), "unquoting in place is the same");
        return taken;
    }

    private static byte[] Unquote(byte[] quoted, string law)
    {
        byte[] name = new byte[quoted.Length];
        Law.Holds(NameQuoting.TryUnquote(quoted, name, out int length), law);
        return name[..length];
    }
}
