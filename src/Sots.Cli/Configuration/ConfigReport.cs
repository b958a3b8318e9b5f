using System.Text;
using System.Text.Json;
using Sots.Backup.Credentials;
using Sots.Cli.Output;

namespace Sots.Cli.Configuration;

/// <summary>A value in force.</summary>
/// <param name="Key">Full name of its key.</param>
/// <param name="Value">The value; null where none is set.</param>
/// <param name="Origin">Who said so.</param>
internal sealed record ConfigLine(string Key, JsonElement? Value, string Origin);

/// <summary>Everything that is in force for a project, and where each value comes from. Holds no secret.</summary>
/// <param name="File">The config, or null where there is none.</param>
/// <param name="Lines">A line for each key, in the order of the table.</param>
internal sealed record ConfigReport(string? File, IReadOnlyList<ConfigLine> Lines)
{
    /// <summary>Of a project.</summary>
    public static ConfigReport Of(ProjectSettings project) => new(
        project.Config.Path, [.. ConfigKeys.Table.Select(key => Password(key, project.Repository.Password) ?? Line(key, project.Values))]);

    /// <summary>As a table: key, value, origin.</summary>
    public string ToText()
    {
        string[][] rows = [.. Lines.Select(static line => new[] { line.Key, TextOf(line.Value), line.Origin })];
        int keys = rows.Max(static row => row[0].Length), values = Math.Min(60, rows.Max(static row => row[1].Length));
        StringBuilder text = new($"config: {File ?? "none, everything has its default"}\n");
        foreach (string[] row in rows)
        {
            text.Append('\n').Append(row[0].PadRight(keys)).Append("  ").Append(row[1].PadRight(values)).Append("  ").Append(row[2]);
        }

        return text.ToString();
    }

    private static ConfigLine Line(ConfigKey key, ConfigValues values)
    {
        (object? value, string origin) = values.Find(key) ?? (key.DefaultValue, Setting.DefaultOrigin);
        return new ConfigLine(key.Name, Json(writer => key.Write(writer, value)), origin);
    }

    /// <summary>Where the password comes from; the words behind a program may be secret.</summary>
    private static ConfigLine? Password(ConfigKey key, PasswordSource password)
    {
        if (key != ConfigKeys.PasswordFile && key != ConfigKeys.PasswordCommand)
        {
            return null;
        }

        string? value = (password.Kind, key == ConfigKeys.PasswordFile) switch
        {
            (PasswordKind.File, true) => password.Where,
            (PasswordKind.Command, false) => CommandLineWords.Split(password.Where, password.Origin) is [var program] ? program : CommandLineWords.Split(password.Where, password.Origin)[0] + " ...",
            _ => null,
        };
        return new ConfigLine(key.Name, value is null ? null : Json(writer => writer.WriteStringValue(value)), value is null && password.Kind is PasswordKind.File or PasswordKind.Command ? "not used" : password.Origin);
    }

    private static JsonElement? Json(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            write(writer);
        }

        using JsonDocument document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.ValueKind == JsonValueKind.Null ? null : document.RootElement.Clone();
    }

    private static string TextOf(JsonElement? value) => value switch
    {
        null => "-",
        { ValueKind: JsonValueKind.Array } list => list.GetArrayLength() == 0 ? "-" : string.Join(", ", list.EnumerateArray().Select(static element => PrintableText.Escape(element.GetString()!))),
        { ValueKind: JsonValueKind.String } text => PrintableText.Escape(text.GetString()!),
        { } other => other.GetRawText(),
    };
}
