using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Sots.Cli.Configuration;

/// <summary>What a value of a config may be: how it is read, written and described.</summary>
internal abstract class ConfigType<T>
{
    /// <summary>What is expected, to be read after "must be".</summary>
    public abstract string Expected { get; }

    /// <summary>Reads the value the reader stands on and leaves the reader on its last token. What is wrong is complained about.</summary>
    public abstract bool TryRead(ref Utf8JsonReader reader, ConfigReading at, [MaybeNullWhen(false)] out T value);

    /// <summary>Writes a value as JSON, in the form in which it is read.</summary>
    public abstract void Write(Utf8JsonWriter writer, T value);

    /// <summary>Writes the properties of the JSON schema that describe the type.</summary>
    public abstract void WriteSchema(Utf8JsonWriter writer);

    /// <summary>Complains of a value that is another kind of thing, and passes over it.</summary>
    protected void Refuse(ref Utf8JsonReader reader, ConfigReading at)
    {
        at.Complain(reader, $"must be {Expected}, found {ConfigReading.Found(reader)}");
        reader.Skip();
    }
}

/// <summary>true or false.</summary>
internal sealed class FlagType : ConfigType<bool>
{
    /// <inheritdoc/>
    public override string Expected => "true or false";

    /// <inheritdoc/>
    public override bool TryRead(ref Utf8JsonReader reader, ConfigReading at, out bool value)
    {
        value = reader.TokenType == JsonTokenType.True;
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            return true;
        }

        Refuse(ref reader, at);
        return false;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, bool value) => writer.WriteBooleanValue(value);

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer) => writer.WriteString("type", "boolean");
}

/// <summary>A whole number in a range.</summary>
internal sealed class NumberType(int min, int max) : ConfigType<int>
{
    /// <inheritdoc/>
    public override string Expected => $"a whole number from {ConfigReading.Number(min)} to {ConfigReading.Number(max)}";

    /// <inheritdoc/>
    public override bool TryRead(ref Utf8JsonReader reader, ConfigReading at, out int value)
    {
        value = 0;
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out value) && value >= min && value <= max)
        {
            return true;
        }

        Refuse(ref reader, at);
        return false;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, int value) => writer.WriteNumberValue(value);

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "integer");
        writer.WriteNumber("minimum", min);
        writer.WriteNumber("maximum", max);
    }
}

/// <summary>Reads the text of a value.</summary>
/// <param name="text">The text.</param>
/// <param name="at">Where it stands.</param>
/// <param name="value">What it means.</param>
/// <param name="problem">What is wrong, to be read after the key; null for "must be ..., found ...".</param>
internal delegate bool ParseText<T>(string text, ConfigReading at, [MaybeNullWhen(false)] out T value, out string? problem);

/// <summary>A string with a meaning.</summary>
/// <param name="expected">What is expected, to be read after "must be".</param>
/// <param name="parse">Reads it.</param>
/// <param name="format">Writes it.</param>
internal sealed class TextType<T>(string expected, ParseText<T> parse, Func<T, string> format) : ConfigType<T>
{
    /// <inheritdoc/>
    public override string Expected => expected;

    /// <summary>The only values there are, or null for any.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>A regular expression that every valid text fits, or null.</summary>
    public string? Pattern { get; init; }

    /// <summary>Valid texts, for completion in editors.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <inheritdoc/>
    public override bool TryRead(ref Utf8JsonReader reader, ConfigReading at, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.String || ConfigReading.TextAt(reader) is not { } text)
        {
            Refuse(ref reader, at);
            return false;
        }

        if (parse(text, at, out value, out string? problem))
        {
            return true;
        }

        at.Complain(reader, problem ?? $"must be {expected}, found {ConfigReading.Quote(text)}" + Meant(text));
        return false;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value) => writer.WriteStringValue(format(value));

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "string");
        if (Pattern is not null)
        {
            writer.WriteString("pattern", Pattern);
        }

        WriteList(writer, "enum", Choices ?? []);
        WriteList(writer, "examples", Examples);
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            writer.WriteStartArray(name);
            foreach (string value in values)
            {
                writer.WriteStringValue(value);
            }

            writer.WriteEndArray();
        }
    }

    private string Meant(string text) =>
        Choices is not null && text.Length <= 64 && NearestWord.Find(text, Choices) is { } nearest ? $"; did you mean \"{nearest}\"?" : "";
}

/// <summary>A list of strings; each that is wrong is complained about in its own line.</summary>
internal sealed class ListType(TextType<string> element) : ConfigType<IReadOnlyList<string>>
{
    private const int MaxCount = 10_000;

    /// <inheritdoc/>
    public override string Expected => "a list, each of it " + element.Expected;

    /// <inheritdoc/>
    public override bool TryRead(ref Utf8JsonReader reader, ConfigReading at, [MaybeNullWhen(false)] out IReadOnlyList<string> value)
    {
        value = null;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Refuse(ref reader, at);
            return false;
        }

        List<string> values = [];
        bool all = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (values.Count == MaxCount && all)
            {
                at.Complain(reader, $"holds more than {ConfigReading.Number(MaxCount)} entries; put them into a file and name it in exclude_files");
                all = false;
            }

            bool read = element.TryRead(ref reader, at, out string? text);
            all &= read;
            if (read && all)
            {
                values.Add(text!);
            }
        }

        value = values;
        return all;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value)
    {
        writer.WriteStartArray();
        foreach (string text in value)
        {
            element.Write(writer, text);
        }

        writer.WriteEndArray();
    }

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "array");
        writer.WriteNumber("maxItems", MaxCount);
        writer.WriteStartObject("items");
        element.WriteSchema(writer);
        writer.WriteEndObject();
    }
}
