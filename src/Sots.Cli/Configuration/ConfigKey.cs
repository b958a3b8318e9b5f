using System.Text;
using System.Text.Json;

namespace Sots.Cli.Configuration;

/// <summary>One key of the config: its name, what it may be, and what it is for.</summary>
/// <param name="name">Full name: <c>compression</c>, or <c>retention.keep_last</c> in a section.</param>
/// <param name="description">What it is for, in a sentence without the full stop.</param>
/// <param name="appliesTo">The commands it matters to.</param>
internal abstract class ConfigKey(string name, string description, string appliesTo)
{
    /// <summary>Full name.</summary>
    public string Name { get; } = name;

    /// <summary>Name of the section, or null for a key of its own.</summary>
    public string? Section { get; } = name.Contains('.', StringComparison.Ordinal) ? name[..name.IndexOf('.', StringComparison.Ordinal)] : null;

    /// <summary>Name inside the section.</summary>
    public string ShortName { get; } = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];

    /// <summary>What it is for.</summary>
    public string Description { get; } = description;

    /// <summary>The commands it matters to.</summary>
    public string AppliesTo { get; } = appliesTo;

    /// <summary>What it may be, to be read after "must be".</summary>
    public abstract string Expected { get; }

    /// <summary>What holds where nobody says anything; null where nothing is set.</summary>
    public abstract object? DefaultValue { get; }

    /// <summary>The default in words or as JSON.</summary>
    public abstract string DefaultText { get; }

    /// <summary>A valid value as JSON: the default where that is a value.</summary>
    public abstract string Example { get; }

    /// <summary>Reads a value of a file; null where it is wrong, which has been complained about.</summary>
    public abstract object? Read(ref Utf8JsonReader reader, ConfigReading at);

    /// <summary>Writes a value as JSON; null where none is set.</summary>
    public abstract void Write(Utf8JsonWriter writer, object? value);

    /// <summary>Writes the properties of the JSON schema that describe the value, the default among them.</summary>
    public abstract void WriteSchema(Utf8JsonWriter writer);

    /// <inheritdoc/>
    public sealed override string ToString() => Name;

    /// <summary>JSON as text.</summary>
    public static string Json(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, ConfigSchema.Writing))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}

/// <summary>A key with values of a type.</summary>
/// <param name="name">Full name.</param>
/// <param name="type">What it may be.</param>
/// <param name="defaultValue">What holds where nobody says anything.</param>
/// <param name="description">What it is for.</param>
/// <param name="appliesTo">The commands it matters to.</param>
/// <param name="defaultWords">The default in words, where it follows from other settings or is none; null to write the value.</param>
/// <param name="example">A value, where the default is none or in words.</param>
internal sealed class ConfigKey<T>(
    string name, ConfigType<T> type, T defaultValue, string description, string appliesTo, string? defaultWords = null, T? example = default)
    : ConfigKey(name, description, appliesTo)
{
    /// <summary>What holds where nobody says anything.</summary>
    public T Default { get; } = defaultValue;

    /// <inheritdoc/>
    public override string Expected => type.Expected;

    /// <inheritdoc/>
    public override object? DefaultValue => Default is "" ? null : Default;

    /// <inheritdoc/>
    public override string DefaultText => defaultWords ?? Json(writer => type.Write(writer, Default));

    /// <inheritdoc/>
    public override string Example => Json(writer => type.Write(writer, defaultWords is null ? Default : example!));

    /// <inheritdoc/>
    public override object? Read(ref Utf8JsonReader reader, ConfigReading at) => type.TryRead(ref reader, at, out T? value) ? value : null;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object? value)
    {
        if (value is T known)
        {
            type.Write(writer, known);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer)
    {
        type.WriteSchema(writer);
        if (defaultWords is null)
        {
            writer.WritePropertyName("default");
            type.Write(writer, Default);
        }
    }
}
