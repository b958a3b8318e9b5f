using System.Globalization;
using System.Text;
using Sots.Backup.Retention;
using Sots.Backup.Sources;
using Sots.Restic.Writing;

namespace Sots.Cli.Configuration;

/// <summary>The types of the values there are.</summary>
internal static class ConfigTypes
{
    private const string NotBlank = @"\S";
    private const string SizePattern = "^[0-9]{1,19}[bBkKmMgGtT]?$";

    /// <summary>true or false.</summary>
    public static FlagType Flag { get; } = new();

    /// <summary>A text that is not empty.</summary>
    public static TextType<string> Text { get; } = new("a text that is not empty", NotEmpty, static text => text) { Pattern = NotBlank };

    /// <summary>A path; home folder and variables are put in, and a relative one is relative to the file.</summary>
    public static TextType<string> Path { get; } = new("a path", FullPath, static path => path) { Pattern = NotBlank };

    /// <summary>A program: a path, or a bare name that is looked for where the system looks for programs.</summary>
    public static TextType<string> Program { get; } = new("the path or name of a program", PathOrName, static path => path) { Pattern = NotBlank };

    /// <summary>A pattern of restic's exclude language.</summary>
    public static TextType<string> Pattern { get; } = new("a pattern such as *.tmp or Content/Dev", ExcludePatternText, static text => text) { Pattern = "^[^!]", Examples = ["*.tmp", "Content/Dev"] };

    /// <summary>The same, with "!" allowed, which takes back what an earlier pattern matched.</summary>
    public static TextType<string> ListedPattern { get; } = new("a pattern such as *.tmp or !keep.tmp", ListedPatternText, static text => text) { Pattern = ".", Examples = ["*.tmp", "!keep.tmp"] };

    /// <summary>A tag of snapshots.</summary>
    public static TextType<string> Tag { get; } = new("a tag without comma or blanks around it", TagText, static text => text) { Pattern = @"^[^\s,]([^,]*[^\s,])?$", Examples = ["nightly"] };

    /// <summary>Calendar time.</summary>
    public static TextType<KeepPeriod?> Span { get; } = new("a time such as 14d, 6m or 1y6m (hours h, days d, months m, years y)", SpanText, static span => span is { IsZero: true } ? "0h" : span?.ToString() ?? "")
    {
        Pattern = "^([0-9]{1,6}[ymdh])+$",
        Examples = ["14d", "6m", "1y"],
    };

    /// <summary>How new data is compressed.</summary>
    public static TextType<CompressionMode> Compression { get; } = new("auto, off, fastest, better or max", CompressionText, static mode => mode.ToString().ToLowerInvariant())
    {
        Choices = ["auto", "off", "fastest", "better", "max"],
    };

    /// <summary>How much that nobody needs may stay in a repository.</summary>
    public static TextType<string> Unused { get; } = new("a share such as 5%, a size such as 500M, or unlimited", UnusedText, static text => text)
    {
        Pattern = @"^(unlimited|[0-9]{1,3}(\.[0-9]{1,6})?%|[0-9]{1,19}[bBkKmMgGtT]?)$",
        Examples = ["5%", "2G", "unlimited"],
    };

    /// <summary>A size in bytes from a least to a greatest; null where none is set.</summary>
    public static TextType<long?> Size(long min, long max) => new(
        $"a size such as 64M or 2G, from {Short(min)} to {Short(max)}",
        (string text, ConfigReading _, out long? value, out string? problem) =>
        {
            problem = null;
            bool read = SizeText.TryParse(text, out long bytes) && char.IsAsciiDigit(text[0]) && bytes >= min && bytes <= max;
            value = read ? bytes : null;
            return read;
        },
        static bytes => Short(bytes ?? 0))
    {
        Pattern = SizePattern,
        Examples = [Short(min), Short(max)],
    };

    /// <summary>The longest wait that can be asked for.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromHours(24);

    /// <summary>A short time.</summary>
    public static TextType<TimeSpan> Wait { get; } = new("a time such as 10s or 5m, at most 24h", WaitText, Short)
    {
        Pattern = "^([0-9]+(ms|[smh]))+$|^0$",
        Examples = ["10s", "5m"],
    };

    /// <summary>A time in its shortest form: <c>10s</c>, <c>5m</c>, <c>1m30s</c>.</summary>
    public static string Short(TimeSpan time)
    {
        long milliseconds = (long)time.TotalMilliseconds;
        (long Size, string Unit)[] units = [(3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms")];
        StringBuilder text = new();
        foreach ((long size, string unit) in units)
        {
            if (milliseconds >= size)
            {
                text.Append(CultureInfo.InvariantCulture, $"{milliseconds / size}{unit}");
                milliseconds %= size;
            }
        }

        return text.Length == 0 ? "0" : text.ToString();
    }

    /// <summary>A size in its shortest exact form: <c>16M</c>, <c>1000</c>.</summary>
    public static string Short(long bytes)
    {
        string units = "kMGT";
        int unit = -1;
        while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < units.Length)
        {
            bytes /= 1024;
            unit++;
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + (unit < 0 ? "" : units[unit].ToString());
    }

    private static bool NotEmpty(string text, ConfigReading at, out string value, out string? problem)
    {
        (value, problem) = (text, null);
        return !string.IsNullOrWhiteSpace(text);
    }

    private static bool FullPath(string text, ConfigReading at, out string value, out string? problem)
    {
        value = at.FullPath(text, out problem) ?? "";
        return problem is null;
    }

    private static bool PathOrName(string text, ConfigReading at, out string value, out string? problem)
    {
        bool bare = !string.IsNullOrWhiteSpace(text) && text.AsSpan().IndexOfAny("/\\$%~") < 0;
        problem = null;
        value = bare ? text : at.FullPath(text, out problem) ?? "";
        return problem is null;
    }

    private static bool ExcludePatternText(string text, ConfigReading at, out string value, out string? problem)
    {
        bool read = ListedPatternText(text, at, out value, out problem);
        return read && text[0] != '!';
    }

    private static bool ListedPatternText(string text, ConfigReading at, out string value, out string? problem)
    {
        (value, problem) = (text, null);
        if (text.Length == 0 || ExcludePattern.Parse(text, PathStyle.Native, ignoreCase: false, out string? wrong) is not null)
        {
            return text.Length > 0;
        }

        problem = $"holds {ConfigReading.Quote(text)}, which {wrong}";
        return false;
    }

    private static bool TagText(string text, ConfigReading at, out string value, out string? problem)
    {
        (value, problem) = (text, null);
        return text.Length > 0 && text.Trim() == text && !text.Contains(',', StringComparison.Ordinal);
    }

    private static bool SpanText(string text, ConfigReading at, out KeepPeriod? value, out string? problem)
    {
        problem = null;
        bool read = KeepPeriod.TryParse(text, out KeepPeriod span) is null && text.Length > 0;
        value = read ? span : null;
        return read;
    }

    private static bool WaitText(string text, ConfigReading at, out TimeSpan value, out string? problem)
    {
        problem = null;
        return Output.Durations.TryParse(text, out value) && value <= LongestWait;
    }

    private static bool CompressionText(string text, ConfigReading at, out CompressionMode value, out string? problem)
    {
        problem = null;
        return CompressionNames.TryParse(text, out value);
    }

    private static bool UnusedText(string text, ConfigReading at, out string value, out string? problem)
    {
        (value, problem) = (text, null);
        return text == "unlimited"
            || (text.EndsWith('%') && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) && share is >= 0 and < 100)
            || (SizeText.TryParse(text, out _) && char.IsAsciiDigit(text[0]));
    }
}
