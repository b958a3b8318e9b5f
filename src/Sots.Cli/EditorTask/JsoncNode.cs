using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sots.Cli.EditorTask;

/// <summary>What a value of a JSON file with comments is.</summary>
internal enum JsoncKind
{
    /// <summary>Members in braces.</summary>
    Object,

    /// <summary>Items in brackets.</summary>
    Array,

    /// <summary>Text in quotes.</summary>
    String,

    /// <summary>A number, <c>true</c>, <c>false</c> or <c>null</c>, known by its letters.</summary>
    Literal,
}

/// <summary>A member of an object.</summary>
/// <param name="Name">Its name, unescaped.</param>
/// <param name="Value">Its value.</param>
internal sealed record JsoncMember(string Name, JsoncNode Value);

/// <summary>A value and where it stands in the text, so that the text can be changed around it and nowhere else.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="End">Behind its last character.</param>
internal sealed record JsoncNode(JsoncKind Kind, int Start, int End)
{
    /// <summary>Unescaped text of a string, letters of a literal.</summary>
    public string Text { get; init; } = "";

    /// <summary>Members of an object in order; a name may come twice, and the last one counts.</summary>
    public IReadOnlyList<JsoncMember> Members { get; init; } = [];

    /// <summary>Items of an array.</summary>
    public IReadOnlyList<JsoncNode> Items { get; init; } = [];

    /// <summary>Of an object or array: whether a comma follows the last entry.</summary>
    public bool HasTrailingComma { get; init; }

    /// <summary>Of an object or array: behind the last thing before the closing bracket that is not white space.</summary>
    public int ContentEnd { get; init; }

    /// <summary>The entries of an object or array, as far as they have a place.</summary>
    public IEnumerable<JsoncNode> Entries => Kind == JsoncKind.Object ? Members.Select(member => member.Value) : Items;

    /// <summary>The value of a member, or null.</summary>
    public JsoncNode? Find(string name) => Members.LastOrDefault(member => member.Name == name)?.Value;

    /// <summary>The text of a string member, or null.</summary>
    public string? FindText(string name) => Find(name) is { Kind: JsoncKind.String, Text: var text } ? text : null;

    /// <summary>Whether it says the same as a value, however it is written and commented.</summary>
    public bool Says(JsonNode? wanted) => wanted switch
    {
        JsonObject other => Kind == JsoncKind.Object && Members.Count == other.Count
            && other.All(pair => Find(pair.Key) is { } value && value.Says(pair.Value)),
        JsonArray other => Kind == JsoncKind.Array && Items.Count == other.Count && Items.Zip(other).All(pair => pair.First.Says(pair.Second)),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Kind == JsoncKind.String && Text == value.GetValue<string>(),
        _ => Kind == JsoncKind.Literal && Text == (wanted?.ToJsonString() ?? "null"),
    };
}
