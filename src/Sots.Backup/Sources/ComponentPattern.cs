using System.Buffers;
using System.Text;

namespace Sots.Backup.Sources;

/// <summary>
/// One component of a pattern, ready to be compared with names. "*" is any run of bytes, "?" one character, "[a-z]" and "[^a-z]" one
/// character of a set; everything else is itself. The language and its corner cases are those of Go's filepath.Match.
/// </summary>
/// <remarks>
/// A pattern is cut at its stars into runs. Each run but the last takes the first place where it fits, the last must reach the end of the
/// name: no backtracking, so the time is bounded by the product of the lengths.
/// </remarks>
internal sealed class ComponentPattern
{
    private readonly Run[] _runs;
    private readonly bool _startsWithStar;
    private readonly byte[]? _literal;

    private ComponentPattern(Run[] runs, bool startsWithStar)
    {
        _runs = runs;
        _startsWithStar = startsWithStar;
        _literal = runs is [{ Literal: { } only }] && !startsWithStar ? only : null;
    }

    /// <summary>Reads a component.</summary>
    /// <param name="text">UTF-8 without separators.</param>
    /// <param name="backslashEscapes">Whether "\" takes the next character literally.</param>
    /// <param name="problem">What is wrong with it, where the answer is null.</param>
    internal static ComponentPattern? Parse(ReadOnlySpan<byte> text, bool backslashEscapes, out string? problem)
    {
        List<Run> runs = [];
        List<Token> tokens = [];
        bool startsWithStar = text.Length > 0 && text[0] == '*';
        problem = null;
        int at = 0;
        while (at < text.Length)
        {
            switch (text[at])
            {
                case (byte)'*':
                    if (tokens.Count > 0)
                    {
                        runs.Add(new Run(tokens));
                        tokens.Clear();
                    }

                    at++;
                    continue;
                case (byte)'?':
                    tokens.Add(Token.AnyCharacter);
                    at++;
                    continue;
                case (byte)'[':
                    if (CharacterSet.Parse(text, ref at, backslashEscapes, out problem) is not { } set)
                    {
                        return null;
                    }

                    tokens.Add(new Token(set));
                    continue;
                case (byte)'\\' when backslashEscapes:
                    if (++at == text.Length)
                    {
                        problem = "ends with a single \"\\\"";
                        return null;
                    }

                    break;
                default:
                    break;
            }

            tokens.Add(new Token(text[at++]));
        }

        runs.Add(new Run(tokens));
        return new ComponentPattern([.. runs], startsWithStar);
    }

    /// <summary>Whether the whole name fits.</summary>
    internal bool Matches(ReadOnlySpan<byte> name)
    {
        if (_literal is not null)
        {
            return name.SequenceEqual(_literal);
        }

        for (int i = 0; i < _runs.Length; i++)
        {
            bool floats = i > 0 || _startsWithStar;
            bool last = i == _runs.Length - 1;
            int end = floats ? _runs[i].Find(name, last) : _runs[i].Fit(name);
            if (end < 0 || (last && end != name.Length))
            {
                return false;
            }

            name = name[end..];
        }

        return true;
    }

    /// <summary>A literal byte, or one character of a set; no set at all is any character.</summary>
    private readonly struct Token
    {
        internal Token(byte literal) => Literal = literal;

        internal Token(CharacterSet set) => Set = set;

        internal static Token AnyCharacter { get; } = new(CharacterSet.All);

        internal byte Literal { get; }

        internal CharacterSet? Set { get; }
    }

    /// <summary>What stands between two stars.</summary>
    private readonly struct Run
    {
        private readonly Token[] _tokens;

        internal Run(List<Token> tokens)
        {
            _tokens = [.. tokens];
            Literal = tokens.TrueForAll(static token => token.Set is null) ? [.. tokens.Select(static token => token.Literal)] : null;
        }

        /// <summary>The bytes, where the run is nothing but bytes.</summary>
        internal byte[]? Literal { get; }

        /// <summary>Length of the part of the name's start that fits, or -1.</summary>
        internal int Fit(ReadOnlySpan<byte> name)
        {
            if (Literal is not null)
            {
                return name.StartsWith(Literal) ? Literal.Length : -1;
            }

            int at = 0;
            foreach (ref readonly Token token in _tokens.AsSpan())
            {
                if (at == name.Length)
                {
                    return -1;
                }

                if (token.Set is null)
                {
                    if (name[at++] != token.Literal)
                    {
                        return -1;
                    }
                }
                else
                {
                    // A byte that is no UTF-8 counts as one character.
                    bool valid = Rune.DecodeFromUtf8(name[at..], out Rune rune, out int used) == OperationStatus.Done;
                    if (!token.Set.Contains(rune.Value))
                    {
                        return -1;
                    }

                    at += valid ? used : 1;
                }
            }

            return at;
        }

        /// <summary>
        /// End of the first place where the run fits; for the last run of a pattern, of the place that reaches the name's end. -1 for none.
        /// </summary>
        internal int Find(ReadOnlySpan<byte> name, bool toTheEnd)
        {
            if (Literal is not null)
            {
                int found = toTheEnd ? (name.EndsWith(Literal) ? name.Length - Literal.Length : -1) : name.IndexOf(Literal);
                return found < 0 ? -1 : found + Literal.Length;
            }

            // From every byte, not every character: so does restic, and "*??" fits one three-byte character.
            for (int start = 0; start <= name.Length; start++)
            {
                int length = Fit(name[start..]);
                if (length >= 0 && (!toTheEnd || start + length == name.Length))
                {
                    return start + length;
                }
            }

            return -1;
        }
    }
}
