using System.Text;

namespace Sots.Cli.Configuration;

/// <summary>
/// The config that `init` writes: one line for each key with its explanation. What is not set stands behind <c>//</c> with its default, so
/// that taking the two signs away is all it takes to change it.
/// </summary>
internal static class ConfigTemplate
{
    private const int Column = 44;

    /// <summary>Makes the text.</summary>
    /// <param name="schema">Where the schema lies, as the config names it.</param>
    /// <param name="set">Keys that are set, with their values as JSON.</param>
    public static string Make(string schema, IReadOnlyDictionary<ConfigKey, string> set)
    {
        StringBuilder text = new("""
            // Settings of sots_backup for this project. A line that begins with // shows the default; take the // away to change it.
            // `sots_backup config show` tells what is in force, `sots_backup config check` whether this file is right.
            {

            """.ReplaceLineEndings("\n"));
        text.Append($"  \"{ConfigSchema.SchemaKey}\": {ConfigKey.Json(writer => writer.WriteStringValue(schema))}, // Lets editors complete and check this file.\n");
        foreach (ConfigKey key in ConfigKeys.Table.Where(static key => key.Section is null))
        {
            Append(text, key, set, "  ");
        }

        foreach ((string section, string about) in ConfigKeys.Sections)
        {
            text.Append($"\n  // {about}.\n  \"{section}\": {{\n");
            foreach (ConfigKey key in ConfigKeys.Table.Where(key => key.Section == section))
            {
                Append(text, key, set, "    ");
            }

            text.Append("  },\n");
        }

        return text.Append("}\n").ToString();
    }

    private static void Append(StringBuilder text, ConfigKey key, IReadOnlyDictionary<ConfigKey, string> set, string indent)
    {
        bool isSet = set.TryGetValue(key, out string? value);
        string line = $"{indent}{(isSet ? "" : "// ")}\"{key.ShortName}\": {value ?? key.Example},";
        string note = isSet || !key.DefaultText.Contains(' ', StringComparison.Ordinal) ? "" : $"; default: {key.DefaultText.Replace("`", "", StringComparison.Ordinal)}";
        text.Append(line.PadRight(Column)).Append($" // {key.Description}{note}.\n");
    }
}
