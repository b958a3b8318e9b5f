using System.Text.Json;
using System.Text.Unicode;

namespace Sots.Cli.Configuration;

/// <summary>Reads the JSON of a config: comments and trailing commas are allowed, everything unknown or wrong is complained about.</summary>
internal static class ConfigReader
{
    private const int MaxDepth = 32;
    private const int LongestName = 64;

    private static readonly string[] TopNames =
        [.. ConfigKeys.Table.Where(static key => key.Section is null).Select(static key => key.Name), .. ConfigKeys.Sections.Keys, ConfigSchema.SchemaKey];

    /// <summary>Reads a config.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What origins call it.</param>
    /// <param name="folder">What relative paths are relative to; absolute.</param>
    /// <param name="variable">Value of an environment variable, or null.</param>
    /// <param name="complaints">All that is wrong, in the order of the file; empty where the values can be used.</param>
    public static ConfigValues Read(byte[] bytes, string name, string folder, Func<string, string?> variable, out IReadOnlyList<ConfigComplaint> complaints)
    {
        byte[] text = bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        ConfigReading at = new(text, folder, variable);
        Dictionary<ConfigKey, Setting<object>> values = [];
        if (text.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            at.Complain(1, "it is empty; the least a config can be is {}");
        }
        else if (text.AsSpan().Contains((byte)0) || !Utf8.IsValid(text))
        {
            at.Complain(1, "it is no text in UTF-8; save it again as UTF-8 in your editor");
        }
        else
        {
            ReadText(text, name, at, values);
        }

        complaints = at.Complaints;
        return ConfigValues.Of(values);
    }

    private static void ReadText(byte[] text, string name, ConfigReading at, Dictionary<ConfigKey, Setting<object>> values)
    {
        Utf8JsonReader reader = new(text, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = MaxDepth });
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                at.Complain(at.LineOf(reader), $"it must be an object, {{ ... }}, found {ConfigReading.Found(reader)}");
                return;
            }

            ReadObject(ref reader, section: null, name, at, values, []);
            while (reader.Read())
            {
                // Only comments may follow; anything else is an error of the reader.
            }
        }
        catch (JsonException e)
        {
            at.Complain(checked((int)(e.LineNumber ?? 0)) + 1, SyntaxError(e.Message));
            return;
        }

        if (values.TryGetValue(ConfigKeys.PasswordFile, out Setting<object>? file) && values.TryGetValue(ConfigKeys.PasswordCommand, out Setting<object>? command))
        {
            at.Complain(Math.Max(LineIn(file), LineIn(command)), $"password_file (line {LineIn(file)}) and password_command (line {LineIn(command)}) contradict each other; keep one of them");
        }
    }

    private static void ReadObject(
        ref Utf8JsonReader reader, string? section, string file, ConfigReading at, Dictionary<ConfigKey, Setting<object>> values, Dictionary<string, int> seen)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int line = at.LineOf(reader);
            string written = ConfigReading.TextAt(reader) ?? "\uFFFD";
            string name = section is null ? written : $"{section}.{written}";
            reader.Read();
            at.Key = name;
            bool isSection = section is null && ConfigKeys.Sections.ContainsKey(written);
            ConfigKey? key = written.Contains('.', StringComparison.Ordinal) ? null : ConfigKeys.Find(name);
            if (key is null && !isSection && name != ConfigSchema.SchemaKey)
            {
                at.Complain(line, Unknown(section, written));
                reader.Skip();
            }
            else if (!seen.TryAdd(name, line))
            {
                at.Complain(line, $"{name} is there twice: it stands in line {seen[name]} already");
                reader.Skip();
            }
            else if (key is not null)
            {
                if (key.Read(ref reader, at) is { } value)
                {
                    values[key] = new Setting<object>(value, $"{file}:{line}");
                }
            }
            else if (!isSection)
            {
                ConfigTypes.Text.TryRead(ref reader, at, out _);
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, written, file, at, values, seen);
            }
            else
            {
                at.Complain(reader, $"must be an object with keys of its own, {{ ... }}, found {ConfigReading.Found(reader)}");
                reader.Skip();
            }
        }
    }

    /// <summary>The complaint about a key that is none, with those it may have been meant to be.</summary>
    private static string Unknown(string? section, string written)
    {
        string place = section is null ? "" : $" in {section}";
        string complaint = $"unknown key {ConfigReading.Quote(written)}{place}";
        if (written.Length > LongestName)
        {
            return complaint;
        }

        string[] own = section is null ? TopNames : [.. ConfigKeys.Table.Where(key => key.Section == section).Select(static key => key.ShortName)];
        string[] near = Nearest(written, own);
        string[] elsewhere = near.Length > 0 ? [] : [.. Nearest(written, ConfigKeys.Table.Select(static key => key.ShortName))];
        if (elsewhere.Length > 0)
        {
            near = [.. ConfigKeys.Table.Where(key => elsewhere.Contains(key.ShortName)).Select(static key => key.Section is null ? $"{key.Name} outside of it" : $"{key.ShortName} in {key.Section}")];
            return $"{complaint}; did you mean {string.Join(" or ", near)}?";
        }

        return near.Length == 0 ? complaint : $"{complaint}; did you mean {string.Join(" or ", near.Select(static name => $"\"{name}\""))}?";
    }

    /// <summary>All names with the fewest typing mistakes between, if that is few enough.</summary>
    private static string[] Nearest(string word, IEnumerable<string> names)
    {
        List<(string Name, int Mistakes)> near = [.. names.Distinct().Select(name => (name, NearestWord.Mistakes(word, name)))];
        int least = near.Min(static candidate => candidate.Mistakes);
        return least > Math.Max(1, word.Length / 3) ? [] : [.. near.Where(candidate => candidate.Mistakes == least).Select(static candidate => candidate.Name)];
    }

    private static string SyntaxError(string message)
    {
        // The reader appends a place that counts from 0, which would contradict ours.
        int place = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string reason = (place < 0 ? message : message[..place]).TrimEnd('.', ' ');
        string advice = reason.Contains("escap", StringComparison.Ordinal) ? @"; a backslash is written twice in JSON (C:\\UE5), or as / (C:/UE5)" : "";
        return $"it is no JSON: {reason}{advice}";
    }

    private static int LineIn(Setting<object> setting) => int.Parse(setting.Origin.AsSpan(setting.Origin.LastIndexOf(':') + 1), System.Globalization.CultureInfo.InvariantCulture);
}
