using System.Globalization;
using System.Text;

namespace Sots.Cli.EditorTask;

/// <summary>
/// Reads JSON with comments and trailing commas, the language of the editor's own files, and remembers where everything stands. Strict:
/// what the editor would underline is an error here, with line and column.
/// </summary>
internal sealed class JsoncReader
{
    /// <summary>Objects and arrays in each other. The editor's own files have four.</summary>
    private const int MaxDepth = 100;

    private readonly string _text;
    private int _at;
    private int _depth;
    private int _contentEnd;

    private JsoncReader(string text)
    {
        _text = text;
        _at = text.StartsWith('\uFEFF') ? 1 : 0;
        _contentEnd = _at;
    }

    /// <summary>Reads a whole text; null where there is nothing in it but white space and comments.</summary>
    /// <exception cref="JsoncException">It is broken.</exception>
    public static JsoncNode? Read(string text)
    {
        JsoncReader reader = new(text);
        reader.SkipTrivia();
        if (reader._at == text.Length)
        {
            return null;
        }

        JsoncNode root = reader.ReadValue();
        reader.SkipTrivia();
        return reader._at == text.Length ? root : throw reader.Fault("nothing more was expected here");
    }

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private bool AtEnd => _at >= _text.Length;

    private JsoncNode ReadValue()
    {
        if (AtEnd)
        {
            throw Fault("the file ends where a value was expected");
        }

        return Current switch
        {
            '{' => ReadObject(),
            '[' => ReadArray(),
            '"' => ReadString(),
            _ => ReadLiteral(),
        };
    }

    private JsoncNode ReadObject()
    {
        List<JsoncMember> members = [];
        JsoncNode shell = ReadEntries('}', () =>
        {
            string name = Current == '"' ? ReadString().Text : throw Fault("a name in double quotes was expected");
            SkipTrivia();
            if (Current != ':')
            {
                throw Fault("a colon was expected");
            }

            _at++;
            SkipTrivia();
            members.Add(new JsoncMember(name, ReadValue()));
        });
        return shell with { Kind = JsoncKind.Object, Members = members };
    }

    private JsoncNode ReadArray()
    {
        List<JsoncNode> items = [];
        JsoncNode shell = ReadEntries(']', () => items.Add(ReadValue()));
        return shell with { Kind = JsoncKind.Array, Items = items };
    }

    /// <summary>Everything between two brackets, and the commas.</summary>
    private JsoncNode ReadEntries(char close, Action readEntry)
    {
        int start = _at++;
        if (++_depth > MaxDepth)
        {
            throw Fault($"more than {MaxDepth} brackets in each other");
        }

        _contentEnd = _at;
        bool comma = false;
        for (bool first = true; ; first = false)
        {
            SkipTrivia();
            if (Current == close)
            {
                _depth--;
                _at++;
                JsoncNode node = new(JsoncKind.Array, start, _at) { HasTrailingComma = comma, ContentEnd = _contentEnd };
                _contentEnd = _at;
                return node;
            }

            if (AtEnd)
            {
                throw Fault($"the file ends where '{close}' was expected");
            }

            if (!first && !comma)
            {
                throw Fault($"a comma or '{close}' was expected");
            }

            readEntry();
            _contentEnd = _at;
            SkipTrivia();
            comma = Current == ',';
            if (comma)
            {
                _contentEnd = ++_at;
            }
        }
    }

    private JsoncNode ReadString()
    {
        int start = _at++;
        StringBuilder text = new();
        while (Current != '"')
        {
            if (AtEnd || Current is '\n' or '\r')
            {
                throw Fault("a string is not closed");
            }

            if (Current < ' ')
            {
                throw Fault("a control character stands in a string");
            }

            text.Append(Current == '\\' ? ReadEscape() : _text[_at++]);
        }

        return new JsoncNode(JsoncKind.String, start, ++_at) { Text = text.ToString() };
    }

    private char ReadEscape()
    {
        _at++;
        char letter = Current;
        if (letter == 'u')
        {
            if (_at + 5 > _text.Length || !ushort.TryParse(_text.AsSpan(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
            {
                throw Fault("four hexadecimal digits were expected");
            }

            _at += 5;
            return (char)unit;
        }

        const string letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
        int index = AtEnd ? -1 : letters.IndexOf(letter, StringComparison.Ordinal);
        if (index < 0)
        {
            throw Fault("this is no escape of JSON; a backslash is written twice");
        }

        _at++;
        return meanings[index];
    }

    private JsoncNode ReadLiteral()
    {
        int start = _at;
        while (!AtEnd && (char.IsAsciiLetterOrDigit(Current) || Current is '+' or '-' or '.'))
        {
            _at++;
        }

        string word = _text[start.._at];
        if (word is "true" or "false" or "null" || IsNumber(word))
        {
            return new JsoncNode(JsoncKind.Literal, start, _at) { Text = word };
        }

        _at = start;
        throw Fault("a value was expected");
    }

    private static bool IsNumber(string word)
    {
        int at = word.StartsWith('-') ? 1 : 0;
        int whole = Digits();
        if (whole == 0 || (whole > 1 && word[at - whole] == '0'))
        {
            return false;
        }

        if (at < word.Length && word[at] == '.')
        {
            at++;
            if (Digits() == 0)
            {
                return false;
            }
        }

        if (at < word.Length && word[at] is 'e' or 'E')
        {
            at++;
            at += at < word.Length && word[at] is '+' or '-' ? 1 : 0;
            if (Digits() == 0)
            {
                return false;
            }
        }

        return at == word.Length;

        int Digits()
        {
            int from = at;
            while (at < word.Length && char.IsAsciiDigit(word[at]))
            {
                at++;
            }

            return at - from;
        }
    }

    /// <summary>Passes over white space and comments; a comment counts as content of what it stands in.</summary>
    private void SkipTrivia()
    {
        while (!AtEnd)
        {
            if (Current is ' ' or '\t' or '\n' or '\r')
            {
                _at++;
            }
            else if (Current == '/')
            {
                SkipComment();
                _contentEnd = _at;
            }
            else
            {
                return;
            }
        }
    }

    private void SkipComment()
    {
        ReadOnlySpan<char> rest = _text.AsSpan(_at);
        if (rest.StartsWith("//"))
        {
            int end = rest.IndexOfAny('\n', '\r');
            _at = end < 0 ? _text.Length : _at + end;
        }
        else if (rest.StartsWith("/*"))
        {
            int end = rest[2..].IndexOf("*/");
            _at = end < 0 ? throw Fault("a comment is not closed") : _at + 2 + end + 2;
        }
        else
        {
            throw Fault("a comment begins with // or /*");
        }
    }

    private JsoncException Fault(string message) => JsoncException.At(_text, _at, message);
}
