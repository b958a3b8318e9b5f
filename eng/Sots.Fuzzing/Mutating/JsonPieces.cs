using System.Buffers;

namespace Sots.Fuzzing.Mutating;

/// <summary>A piece of JSON text.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it has ended.</param>
internal readonly record struct JsonPiece(int Start, int End)
{
    /// <summary>Its length.</summary>
    public int Length => End - Start;
}

/// <summary>Where values and entries stand in a text that is JSON, or was before it was changed. Reads anything and never fails.</summary>
internal sealed class JsonPieces
{
    private static readonly SearchValues<byte> WordEnds = SearchValues.Create("{}[]\",: \t\r\n"u8);

    /// <summary>Values of every kind, the outermost among them.</summary>
    public List<JsonPiece> Values { get; } = [];

    /// <summary>Members with their names, and elements of lists; without commas.</summary>
    public List<JsonPiece> Entries { get; } = [];

    /// <summary>Finds all pieces of a text.</summary>
    public void Find(ReadOnlySpan<byte> text)
    {
        Values.Clear();
        Entries.Clear();
        Stack<(int Open, int Entry)> open = [];
        int entry = -1;
        for (int at = 0; at < text.Length;)
        {
            byte current = text[at];
            if (current is (byte)'{' or (byte)'[')
            {
                open.Push((at, entry < 0 ? at : entry));
                entry = -1;
                at++;
            }
            else if (current is (byte)'}' or (byte)']')
            {
                EndEntry(ref entry, at);
                at++;
                if (open.TryPop(out (int Open, int Entry) container))
                {
                    Values.Add(new JsonPiece(container.Open, at));
                    entry = open.Count > 0 ? container.Entry : -1;
                }
            }
            else if (current == (byte)',')
            {
                EndEntry(ref entry, at);
                at++;
            }
            else if (current is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)':')
            {
                at++;
            }
            else
            {
                int end = current == (byte)'"' ? EndOfString(text, at) : EndOfWord(text, at);
                Values.Add(new JsonPiece(at, end));
                entry = entry < 0 && open.Count > 0 ? at : entry;
                at = end;
            }
        }
    }

    private void EndEntry(ref int entry, int end)
    {
        if (entry >= 0)
        {
            Entries.Add(new JsonPiece(entry, end));
        }

        entry = -1;
    }

    private static int EndOfString(ReadOnlySpan<byte> text, int start)
    {
        for (int at = start + 1; at < text.Length; at++)
        {
            if (text[at] == (byte)'\\')
            {
                at++;
            }
            else if (text[at] == (byte)'"')
            {
                return at + 1;
            }
        }

        return text.Length;
    }

    private static int EndOfWord(ReadOnlySpan<byte> text, int start)
    {
        int length = text[start..].IndexOfAny(WordEnds);
        return length < 0 ? text.Length : start + Math.Max(1, length);
    }
}
