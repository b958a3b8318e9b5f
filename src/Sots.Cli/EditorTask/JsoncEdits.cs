using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sots.Cli.EditorTask;

/// <summary>
/// Changes of a JSON text with comments: all that is not changed stays as it is, byte for byte. New text follows the indentation, the
/// line ends and the trailing commas of what is there.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="root">What was read from it.</param>
internal sealed class JsoncEdits(string text, JsoncNode root)
{
    private readonly string _newLine = FindNewLine(text);
    private readonly string _unit = FindUnit(text, root);
    private readonly List<(int Start, int End, string Text)> _edits = [];

    /// <summary>Whether there are any.</summary>
    public bool Any => _edits.Count > 0;

    /// <summary>Puts a value in the place of another.</summary>
    public void Replace(JsoncNode old, JsonNode value) => _edits.Add((old.Start, old.End, Write(value, IndentOf(old.Start))));

    /// <summary>Adds items at the end of an array.</summary>
    public void Append(JsoncNode array, IReadOnlyList<JsonNode> items) =>
        Append(array, items.Select(item => (Func<string, string>)(indent => Write(item, indent))));

    /// <summary>Adds members at the end of an object.</summary>
    public void Append(JsoncNode container, IReadOnlyList<KeyValuePair<string, JsonNode>> members) =>
        Append(container, members.Select(member => (Func<string, string>)(indent => $"{Quoted(member.Key)}: {Write(member.Value, indent)}")));

    /// <summary>The text with all changes made.</summary>
    public string Apply()
    {
        StringBuilder result = new(text);

        // From the end, so that what is to come stays where it is. Two changes never overlap; at one place the later comes behind.
        foreach ((int start, int end, string replacement) in _edits.AsEnumerable().Reverse().OrderByDescending(edit => edit.Start))
        {
            result.Remove(start, end - start).Insert(start, replacement);
        }

        return result.ToString();
    }

    /// <summary>A value of its own, indented by four blanks, lines ending in LF.</summary>
    public static string Write(JsonNode value) => Write(value, "", "    ", "\n");

    private void Append(JsoncNode container, IEnumerable<Func<string, string>> entries)
    {
        Func<string, string>[] all = [.. entries];
        if (all.Length == 0)
        {
            return;
        }

        JsoncNode? last = container.Entries.LastOrDefault();
        string outer = IndentOf(container.Start);
        string indent = last is not null && StandsFirst(EntryStart(container, last)) ? IndentOf(EntryStart(container, last)) : outer + _unit;
        if (last is not null && !container.HasTrailingComma)
        {
            _edits.Add((last.End, last.End, ","));
        }

        string block = string.Join("," + _newLine + indent, all.Select(write => write(indent)));
        string comma = last is not null && container.HasTrailingComma ? "," : "";
        bool closesOnOwnLine = text.AsSpan(container.ContentEnd, container.End - 1 - container.ContentEnd).IndexOfAny('\n', '\r') >= 0;
        _edits.Add((container.ContentEnd, container.ContentEnd, _newLine + indent + block + comma + (closesOnOwnLine ? "" : _newLine + outer)));
    }

    /// <summary>Where an entry begins: a member begins with its name.</summary>
    private int EntryStart(JsoncNode container, JsoncNode value)
    {
        if (container.Kind != JsoncKind.Object)
        {
            return value.Start;
        }

        // The names are not kept; the line they stand on is all that matters, and there it is the first thing.
        int at = value.Start;
        while (at > container.Start + 1 && text[at - 1] is not ('\n' or '\r'))
        {
            at--;
        }

        while (at < value.Start && text[at] is ' ' or '\t')
        {
            at++;
        }

        return at;
    }

    private bool StandsFirst(int offset) => LineStart(offset) + IndentOf(offset).Length == offset;

    private int LineStart(int offset) => text.AsSpan(0, offset).LastIndexOfAny('\n', '\r') + 1;

    /// <summary>The white space at the start of the line that holds an offset.</summary>
    private string IndentOf(int offset)
    {
        int start = LineStart(offset);
        int end = start;
        while (end < offset && text[end] is ' ' or '\t')
        {
            end++;
        }

        return text[start..end];
    }

    private string Write(JsonNode value, string indent) => Write(value, indent, _unit, _newLine);

    private static string Write(JsonNode value, string indent, string unit, string newLine)
    {
        using MemoryStream stream = new();
        JsonWriterOptions options = new()
        {
            Indented = true,
            IndentCharacter = unit[0],
            IndentSize = unit.Length,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (Utf8JsonWriter writer = new(stream, options))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray()).Replace("\n", newLine + indent, StringComparison.Ordinal);
    }

    private static string Quoted(string name) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(name)}\"";

    private static string FindNewLine(string text)
    {
        int at = text.AsSpan().IndexOfAny('\n', '\r');
        return at < 0 || text[at] == '\n' ? "\n" : at + 1 < text.Length && text[at + 1] == '\n' ? "\r\n" : "\r";
    }

    /// <summary>How far the first entry of the outermost object is indented; four blanks where that is not to be seen.</summary>
    private static string FindUnit(string text, JsoncNode root)
    {
        string unit = "";
        int end = root.Kind == JsoncKind.Object && root.Members.Count > 0 ? root.Members[0].Value.Start : root.Start;
        int line = text.AsSpan(0, end).LastIndexOfAny('\n', '\r') + 1;
        if (line > root.Start)
        {
            int at = line;
            while (at < end && text[at] == text[line] && text[at] is ' ' or '\t')
            {
                at++;
            }

            unit = text[line..at];
        }

        return unit.Length is > 0 and <= 8 ? unit : "    ";
    }
}
