using System.Text.Json;
using Sots.Restic.Repofiles;

namespace Sots.Restic.Trees;

/// <summary>Makes one string of equal texts that come close to one another: all files of a tree tend to have the same few owners.</summary>
internal sealed class RecentTexts
{
    private const int Capacity = 8;

    private readonly List<(byte[] Utf8, string Text)> _known = new(Capacity);
    private int _oldest;

    /// <summary>The string the reader is at.</summary>
    public string Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped)
        {
            return StrictJson.Text(ref reader);
        }

        foreach ((byte[] utf8, string text) in _known)
        {
            if (reader.ValueSpan.SequenceEqual(utf8))
            {
                return text;
            }
        }

        return Remember(reader.ValueSpan.ToArray(), StrictJson.Text(ref reader));
    }

    private string Remember(byte[] utf8, string text)
    {
        if (_known.Count < Capacity)
        {
            _known.Add((utf8, text));
        }
        else
        {
            _known[_oldest] = (utf8, text);
            _oldest = (_oldest + 1) % Capacity;
        }

        return text;
    }
}
