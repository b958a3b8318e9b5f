using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Sots.Cli.Configuration;
using Sots.Unreal;

namespace Sots.Cli.Tests.Configuration;

/// <summary>The table of keys and what is made from it: schema, reference, template.</summary>
public sealed class ConfigTableTests
{
    private static readonly JsonElement Schema = JsonDocument.Parse(ConfigSchema.Text).RootElement;

    [Theory]
    [InlineData("sots_backup_config.schema.json", "schema")]
    [InlineData("config.md", "reference")]
    public void What_is_shipped_in_docs_is_what_the_program_prints(string file, string verb) => Assert.True(
        (verb == "schema" ? ConfigSchema.Text : ConfigReference.Text) == File.ReadAllText(Path.Combine(DocsFolder(), file)).ReplaceLineEndings("\n"),
        $"docs/{file} is out of date: write it anew with `sots_backup config {verb}`");

    [Fact]
    public void Every_field_of_the_table_is_in_the_table_and_named_once()
    {
        IEnumerable<ConfigKey> fields = typeof(ConfigKeys).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<ConfigKey>();
        Assert.Equal(fields.Select(key => key.Name).Order(), ConfigKeys.Table.Select(key => key.Name).Order());
        Assert.Distinct(ConfigKeys.Table.Select(key => key.Name));
        Assert.All(ConfigKeys.Table, key => Assert.True(key.Section is null || ConfigKeys.Sections.ContainsKey(key.Section), key.Name));
        Assert.All(ConfigKeys.Table, key => Assert.False(key.Description.EndsWith('.') || key.AppliesTo.Length == 0, key.Name));
        Assert.All(ConfigKeys.Table, key => Assert.Matches("^([a-z_]+[.])?[a-z_]+$", key.Name));
    }

    [Fact]
    public void Every_switch_of_the_preset_has_its_key_with_the_same_default()
    {
        PropertyInfo[] switches = typeof(UnrealPreset).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.PropertyType == typeof(bool)).ToArray();
        Assert.NotEmpty(switches);
        foreach (PropertyInfo property in switches)
        {
            ConfigKey<bool> key = Assert.IsType<ConfigKey<bool>>(ConfigKeys.Find("unreal_preset." + JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)));
            Assert.Equal(property.GetValue(UnrealPreset.Default), key.Default);
            ConfigValues turned = ConfigValues.None.With(key, new Setting<bool>(!key.Default, "x"));
            Assert.Equal(!key.Default, property.GetValue(ExcludeSettings.Of(turned).Preset));
        }

        Assert.Equal(UnrealPreset.Default, ExcludeSettings.Of(ConfigValues.None).Preset);
        Assert.Equal(switches.Length + 1, ConfigKeys.Table.Count(key => key.Section == "unreal_preset"));
    }

    [Fact]
    public void The_schema_lists_every_key_and_no_other()
    {
        IEnumerable<string> listed = Leaves(Schema, "").Select(leaf => leaf.Name);
        Assert.Equal(ConfigKeys.Table.Select(key => key.Name).Append("$schema").Order(), listed.Order());
        Assert.All(Leaves(Schema, ""), leaf => Assert.NotEqual("", leaf.Schema.GetProperty("description").GetString()));
        Assert.False(Schema.GetProperty("additionalProperties").GetBoolean());
    }

    [Fact]
    public void The_template_says_nothing_but_what_is_set_and_with_every_line_taken_in_the_defaults()
    {
        string template = ConfigTemplate.Make("s.json", new Dictionary<ConfigKey, string> { [ConfigKeys.BackupRoot] = "\"../B\"" });
        ConfigValues asWritten = Right(template);
        Assert.Equal([ConfigKeys.BackupRoot.Name], ConfigKeys.Table.Where(key => asWritten.Find(key) is not null).Select(key => key.Name));
        string takenIn = Regex.Replace(template, @"^(\s+)// (""(?!password_command)\w+"":)", "$1$2", RegexOptions.Multiline);
        ConfigValues all = Right(takenIn);
        foreach (ConfigKey key in ConfigKeys.Table.Where(key => key != ConfigKeys.PasswordCommand))
        {
            Assert.True(all.Find(key) is not null, key.Name);
            if (!key.DefaultText.Contains(' ', StringComparison.Ordinal))
            {
                Assert.Equal(key.DefaultText, ConfigKey.Json(writer => key.Write(writer, all.Find(key)!.Value.Value)));
            }
        }
    }

    [Fact]
    public void Every_json_that_the_schema_allows_is_read()
    {
        (string Name, JsonElement Schema)[] leaves = [.. Leaves(Schema, "")];
        Gen.Int.Sample(seed =>
        {
            Random random = new(seed);
            StringBuilder json = new("{\n");
            foreach (IGrouping<string, int> section in Enumerable.Range(0, leaves.Length)
                .Where(i => random.Next(3) != 0 && leaves[i].Name != "password_command")
                .GroupBy(i => leaves[i].Name.Contains('.', StringComparison.Ordinal) ? leaves[i].Name.Split('.')[0] : ""))
            {
                string keys = string.Concat(section.Select(i => $"\"{leaves[i].Name.Split('.')[^1]}\": {Value(leaves[i].Schema, random)},\n"));
                json.Append(section.Key.Length == 0 ? keys : $"\"{section.Key}\": {{ {keys} }},\n");
            }

            Right(json.Append('}').ToString());
        }, iter: 300);
    }

    [Fact]
    public void A_key_with_one_wrong_character_is_complained_about_with_the_right_one()
    {
        Gen<ConfigKey> keys = Gen.Int[0, ConfigKeys.Table.Count - 1].Select(i => ConfigKeys.Table[i]);
        Gen.Select(keys, Gen.Int[0, 2], Gen.Int[0, 1000], Gen.Char["abcdefghijklmnopqrstuvwxyz_019-"]).Sample((key, how, place, letter) =>
        {
            string name = key.ShortName;
            int at = place % name.Length;
            string mutated = how switch
            {
                0 => name[..at] + letter + name[(at + 1)..],
                1 => name[..at] + letter + name[at..],
                _ => name[..at] + name[(at + 1)..],
            };
            if (ConfigKeys.Table.Any(other => other.Section == key.Section && other.ShortName == mutated) || mutated == name)
            {
                return;
            }

            string line = $"\"{mutated}\": {key.Example}";
            string json = key.Section is null ? $"{{\n{line} }}" : $"{{ \"{key.Section}\": {{\n{line} }} }}";
            ConfigReader.Read(Encoding.UTF8.GetBytes(json), "c.json", Path.GetTempPath(), _ => "x", out IReadOnlyList<ConfigComplaint> complaints);
            ConfigComplaint complaint = Assert.Single(complaints);
            Assert.Equal(2, complaint.Line);
            Assert.StartsWith($"unknown key \"{mutated}\"", complaint.Text, StringComparison.Ordinal);
            Assert.Contains($"\"{name}\"", complaint.Text[complaint.Text.IndexOf("did you mean", StringComparison.Ordinal)..], StringComparison.Ordinal);
        }, iter: 2000);
    }

    [Fact]
    public void No_bytes_whatever_end_in_anything_but_values_or_complaints()
    {
        byte[] whole = Encoding.UTF8.GetBytes(ConfigTemplate.Make("s", ConfigKeys.Table.ToDictionary(key => key, key => key.Example)));
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, 40]).Sample((at, value, cut) =>
        {
            byte[] broken = [.. whole.AsSpan(0, at), value, .. whole.AsSpan(Math.Min(whole.Length, at + cut))];
            ConfigReader.Read(broken, "c.json", Path.GetTempPath(), _ => null, out IReadOnlyList<ConfigComplaint> complaints);
            Assert.All(complaints, complaint => Assert.InRange(complaint.Line, 1, 200));
        }, iter: 1000);
    }

    private static ConfigValues Right(string json)
    {
        ConfigValues values = ConfigReader.Read(Encoding.UTF8.GetBytes(json), "c.json", Path.GetTempPath(), _ => null, out IReadOnlyList<ConfigComplaint> complaints);
        Assert.True(complaints.Count == 0, string.Join('\n', complaints) + "\n" + json);
        return values;
    }

    private static IEnumerable<(string Name, JsonElement Schema)> Leaves(JsonElement schema, string prefix) =>
        schema.GetProperty("properties").EnumerateObject().SelectMany(property =>
            property.Value.TryGetProperty("properties", out _) ? Leaves(property.Value, property.Name + ".") : [(prefix + property.Name, property.Value)]);

    /// <summary>A JSON text that fits a part of the schema.</summary>
    private static string Value(JsonElement schema, Random random) => schema.GetProperty("type").GetString() switch
    {
        "boolean" => random.Next(2) == 0 ? "true" : "false",
        "integer" => random.NextInt64(schema.GetProperty("minimum").GetInt32(), schema.GetProperty("maximum").GetInt32() + 1L).ToString(System.Globalization.CultureInfo.InvariantCulture),
        "array" => $"[{string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => Value(schema.GetProperty("items"), random)))}]",
        _ when schema.TryGetProperty("enum", out JsonElement choices) => choices[random.Next(choices.GetArrayLength())].GetRawText(),
        _ when schema.TryGetProperty("examples", out JsonElement examples) => examples[random.Next(examples.GetArrayLength())].GetRawText(),
        _ => $"\"{random.GetString("abcXYZ019", random.Next(1, 20))}\"",
    };

    [Fact]
    public void Every_example_of_the_schema_fits_its_own_pattern() => Assert.All(Leaves(Schema, ""), leaf =>
    {
        JsonElement schema = leaf.Schema.TryGetProperty("items", out JsonElement items) ? items : leaf.Schema;
        if (schema.TryGetProperty("examples", out JsonElement examples))
        {
            Assert.All(examples.EnumerateArray(), example => Assert.Matches(schema.GetProperty("pattern").GetString()!, example.GetString()!));
        }
    });

    private static string DocsFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SotsBackup.slnx")))
            {
                return Path.Combine(folder.FullName, "docs");
            }
        }

        throw new DirectoryNotFoundException("the folder of the solution is not above the tests");
    }
}
