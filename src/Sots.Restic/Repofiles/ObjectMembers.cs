using System.Text;
using System.Text.Json;

namespace Sots.Restic.Repofiles;

/// <summary>
/// Walks the members of one JSON object in any order, tells the known ones by their number in a list of names, and refuses a member
/// that stands there twice: two readers of one text must never see two different things.
/// </summary>
internal ref struct ObjectMembers
{
    private readonly ReadOnlySpan<byte[]> _known;
    private HashSet<string>? _unknown;
    private ulong _seen;
    private int _expected;

    /// <summary>Starts with the reader on the opening brace.</summary>
    /// <param name="reader">On the object.</param>
    /// <param name="known">At most 64 names, best in the order they are written in.</param>
    public ObjectMembers(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte[]> known)
    {
        StrictJson.Expect(ref reader, JsonTokenType.StartObject, "an object");
        _known = known;
    }

    /// <summary>Number of the current member in the list of names, or -1 where it is unknown.</summary>
    public int Current { get; private set; }

    /// <summary>Name of the current member where it is unknown, otherwise null.</summary>
    public string? UnknownName { get; private set; }

    /// <summary>True if the member with this number was there.</summary>
    public readonly bool Has(int member) => (_seen & (1UL << member)) != 0;

    /// <summary>Checks, after the closing brace, that members were there.</summary>
    public readonly void Require(params ReadOnlySpan<int> members)
    {
        foreach (int member in members)
        {
            if (!Has(member))
            {
                throw new JsonException($"member \"{Encoding.UTF8.GetString(_known[member])}\" is missing");
            }
        }
    }

    /// <summary>
    /// Moves to the next member and the reader to its value. The value must have been read, or skipped, before the next call.
    /// </summary>
    /// <returns>False at the closing brace.</returns>
    public bool Next(scoped ref Utf8JsonReader reader)
    {
        StrictJson.Next(ref reader);
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            return false;
        }

        Current = StrictJson.IsClean(ref reader) ? Find(reader.ValueSpan) : Find(StrictJson.Utf8OfToken(ref reader));
        UnknownName = Current < 0 ? Encoding.UTF8.GetString(StrictJson.Utf8OfToken(ref reader)) : null;
        if (Current < 0 ? !(_unknown ??= new(StringComparer.Ordinal)).Add(UnknownName!) : Has(Current))
        {
            throw new JsonException($"member {StrictJson.Excerpt(reader.ValueSpan)} stands there twice");
        }

        if (Current >= 0)
        {
            _seen |= 1UL << Current;
            _expected = Current + 1;
        }

        StrictJson.Next(ref reader);
        return true;
    }

    private readonly int Find(scoped ReadOnlySpan<byte> name)
    {
        // Members nearly always come in the order of the list, so the search starts behind the last one found.
        for (int i = _expected; i < _known.Length; i++)
        {
            if (name.SequenceEqual(_known[i]))
            {
                return i;
            }
        }

        for (int i = 0; i < _expected; i++)
        {
            if (name.SequenceEqual(_known[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
