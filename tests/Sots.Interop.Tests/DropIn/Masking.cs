using System.Text.RegularExpressions;

namespace Sots.Interop.Tests.DropIn;

/// <summary>Takes out of an output what differs between two runs of one program: ids, times, durations, and sizes after compression.</summary>
internal static partial class Masking
{
    /// <summary>The output with these parts masked.</summary>
    public static string Of(string text)
    {
        text = Stored().Replace(text, "$1<stored>");
        text = StoredMembers().Replace(text, "$1<stored>");
        text = DurationMembers().Replace(text, "$1<duration>");
        text = Durations().Replace(text, "$1<duration>");
        text = Times().Replace(text, "<time>");
        return Ids().Replace(text, "<id>");
    }

    /// <summary>"(1.2 KiB stored)", ", 457 B metadata".</summary>
    [GeneratedRegex(@"([(,] ?)[\d.]+ (?:B|KiB|MiB) +(?=stored|metadata)")]
    private static partial Regex Stored();

    [GeneratedRegex(@"(""(?:data_added_packed|data_size_in_repo|metadata_size_in_repo)"":)\d+")]
    private static partial Regex StoredMembers();

    [GeneratedRegex(@"(""(?:total_duration|duration)"":)[\d.eE+-]+")]
    private static partial Regex DurationMembers();

    [GeneratedRegex(@"(in |\[)\d+[:.]\d+s?")]
    private static partial Regex Durations();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d| [+-]\d{4} [A-Z]+)?|\(\d+(?:\.\d+)?m?s ago\)")]
    private static partial Regex Times();

    [GeneratedRegex(@"\b(?:[0-9a-f]{64}|[0-9a-f]{8}|[0-9a-f]{10})\b")]
    private static partial Regex Ids();
}
