using System.Buffers;
using System.Text;

namespace Sots.Backup.Sources;

/// <summary>A set of characters in a pattern: "[abc]", "[a-z]", "[^a-z]". "!" does not negate. At least one member is written.</summary>
internal sealed class CharacterSet
{
    private readonly (int Low, int High)[] _ranges;
    private readonly bool _negated;

    private CharacterSet((int Low, int High)[] ranges, bool negated)
    {
        _ranges = ranges;
        _negated = negated;
    }

    /// <summary>Every character: the "?" of a pattern.</summary>
    internal static CharacterSet All { get; } = new([], negated: true);

    /// <summary>Whether the code point is in the set.</summary>
    internal bool Contains(int character)
    {
        foreach ((int low, int high) in _ranges)
        {
            if (low <= character && character <= high)
            {
                return !_negated;
            }
        }

        return _negated;
    }

    /// <summary>Reads a set that starts with the "[" at <paramref name="at"/> and moves behind its "]".</summary>
    internal static CharacterSet? Parse(ReadOnlySpan<byte> text, ref int at, bool backslashEscapes, out string? problem)
    {
        List<(int, int)> ranges = [];
        at++;
        bool negated = at < text.Length && text[at] == '^';
        at += negated ? 1 : 0;
        while (ranges.Count == 0 || text[at] != ']')
        {
            if ((problem = Member(text, ref at, backslashEscapes, out int low)) is not null)
            {
                return null;
            }

            int high = low;
            if (text[at] == '-')
            {
                at++;
                if ((problem = Member(text, ref at, backslashEscapes, out high)) is not null)
                {
                    return null;
                }
            }

            ranges.Add((low, high));
        }

        at++;
        problem = null;
        return new CharacterSet([.. ranges], negated);
    }

    /// <summary>Reads one character of a set; something must follow it, as the set is not closed yet. Returns what is wrong, or null.</summary>
    private static string? Member(ReadOnlySpan<byte> text, ref int at, bool backslashEscapes, out int character)
    {
        character = 0;
        if (at < text.Length && text[at] is (byte)'-' or (byte)']')
        {
            return "has a \"[\" set with an empty or incomplete range";
        }

        if (at < text.Length && text[at] == '\\' && backslashEscapes)
        {
            at++;
        }

        if (at >= text.Length)
        {
            return "has a \"[\" without \"]\"";
        }

        if (Rune.DecodeFromUtf8(text[at..], out Rune rune, out int used) != OperationStatus.Done)
        {
            return "has a \"[\" set with a character that is no Unicode";
        }

        character = rune.Value;
        at += used;
        return at < text.Length ? null : "has a \"[\" without \"]\"";
    }
}
