using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sots.Cli.Configuration;

/// <summary>The JSON schema of the config, made from the table of keys: editors complete and check the file with it.</summary>
internal static class ConfigSchema
{
    /// <summary>The key that names the schema in a config.</summary>
    public const string SchemaKey = "$schema";

    /// <summary>Name of the schema's file.</summary>
    public const string FileName = "sots_backup_config.schema.json";

    /// <summary>How all JSON about the config is written: readable, one line where it is a value.</summary>
    internal static JsonWriterOptions Writing { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema, with a line break at its end.</summary>
    public static string Text { get; } = Make();

    private static string Make()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Writing with { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteString(SchemaKey, "http://json-schema.org/draft-07/schema#");
            writer.WriteString("title", ConfigFile.Name);
            writer.WriteString("description", "Settings of sots_backup for an Unreal project. Every key may be left out.");
            writer.WriteBoolean("allowComments", true);
            writer.WriteBoolean("allowTrailingCommas", true);
            WriteObject(writer, section: null);
            writer.WriteStartObject("not");
            writer.WriteStartArray("required");
            writer.WriteStringValue(ConfigKeys.PasswordFile.Name);
            writer.WriteStringValue(ConfigKeys.PasswordCommand.Name);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteObject(Utf8JsonWriter writer, string? section)
    {
        writer.WriteString("type", "object");
        writer.WriteBoolean("additionalProperties", false);
        writer.WriteStartObject("properties");
        if (section is null)
        {
            writer.WriteStartObject(SchemaKey);
            writer.WriteString("description", "Where this schema lies, so that editors complete and check this file.");
            ConfigTypes.Text.WriteSchema(writer);
            writer.WriteEndObject();
        }

        foreach (ConfigKey key in ConfigKeys.Table.Where(key => key.Section == section))
        {
            writer.WriteStartObject(key.ShortName);
            writer.WriteString("description", $"{key.Description}. Default: {key.DefaultText}.");
            key.WriteSchema(writer);
            writer.WriteEndObject();
        }

        if (section is null)
        {
            foreach ((string name, string description) in ConfigKeys.Sections)
            {
                writer.WriteStartObject(name);
                writer.WriteString("description", description + ".");
                WriteObject(writer, name);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndObject();
    }
}
