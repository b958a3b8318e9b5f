using System.Text.Json;
using Sots.Restic.Repofiles;

namespace Sots.Restic.Trees;

/// <summary>Makes one string of equal texts that come close to one another: all files of a tree tend to have the same few owners.</summary>
internal sealed class RecentTexts
{
    private const int Slots = 16;

    private readonly byte[]?[] _utf8 = new byte[Slots][];
    private readonly string[] _texts = new string[Slots];

    /// <summary>The string the reader is at.</summary>
    public string Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped || reader.ValueSpan.IsEmpty)
        {
            return StrictJson.Text(ref reader);
        }

        ReadOnlySpan<byte> utf8 = reader.ValueSpan;
        int slot = (utf8.Length + (utf8[0] * 5) + (utf8[^1] * 3)) % Slots;
        if (_utf8[slot] is not { } known || !utf8.SequenceEqual(known))
        {
            _texts[slot] = StrictJson.Text(ref reader);
            _utf8[slot] = utf8.ToArray();
        }

        return _texts[slot];
    }
}
