using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sots.Cli.Configuration;

/// <summary>Something wrong in a config.</summary>
/// <param name="Line">Line in the file, from 1.</param>
/// <param name="Text">What is wrong, naming the key.</param>
internal sealed record ConfigComplaint(int Line, string Text);

/// <summary>What the values of a config file need while they are read: where the file lies, the variables, and where complaints go.</summary>
/// <param name="bytes">The whole file.</param>
/// <param name="folder">Folder of the file, which relative paths are relative to; absolute.</param>
/// <param name="variable">Value of an environment variable, or null.</param>
internal sealed class ConfigReading(byte[] bytes, string folder, Func<string, string?> variable)
{
    private const int MaxShown = 60;

    private readonly List<ConfigComplaint> _complaints = [];
    private int _countedTo;
    private int _line = 1;

    /// <summary>All that is wrong, in the order of the file.</summary>
    public IReadOnlyList<ConfigComplaint> Complaints => _complaints;

    /// <summary>Name of the key whose value is being read.</summary>
    public string Key { get; set; } = "";

    /// <summary>Adds a complaint about the key at the reader's place.</summary>
    public void Complain(in Utf8JsonReader reader, string what) => Complain(LineOf(reader), $"{Key} {what}");

    /// <summary>Adds a complaint.</summary>
    public void Complain(int line, string text) => _complaints.Add(new ConfigComplaint(line, text));

    /// <summary>The line that the reader's token begins in, from 1. Places come in order, so each byte is looked at once.</summary>
    public int LineOf(in Utf8JsonReader reader)
    {
        int at = checked((int)reader.TokenStartIndex);
        _line += bytes.AsSpan(_countedTo, Math.Max(0, at - _countedTo)).Count((byte)'\n');
        _countedTo = Math.Max(_countedTo, at);
        return _line;
    }

    /// <summary>A path of the file: variables put in, made absolute.</summary>
    public string? FullPath(string text, out string? problem)
    {
        if (text.AsSpan().ContainsAnyInRange('\0', '\x1f'))
        {
            problem = @"holds a control character; in JSON a backslash is written twice (C:\\UE5), or as / (C:/UE5)";
            return null;
        }

        string expanded = ConfigText.Expand(text, variable, out problem);
        if (problem is null && string.IsNullOrWhiteSpace(expanded))
        {
            problem = "is empty";
        }

        return problem is null ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(expanded, folder)) : null;
    }

    /// <summary>The string at the reader; null where it is no text that can exist (half a pair of surrogates).</summary>
    public static string? TextAt(in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What stands at the reader, short enough for a message.</summary>
    public static string Found(in Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => Quote(TextAt(reader) ?? "?"),
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.Null => "null",
        _ => Shorten(Encoding.UTF8.GetString(reader.ValueSpan)),
    };

    /// <summary>A text in quotes, shortened.</summary>
    public static string Quote(string text) => $"\"{Shorten(text)}\"";

    /// <summary>A number for messages.</summary>
    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Shorten(string text) => text.Length <= MaxShown ? text : text[..MaxShown] + "...";
}
