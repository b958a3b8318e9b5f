using Sots.Restic.Writing;

namespace Sots.Cli.Configuration;

/// <summary>How the ways to compress are written in flags, variables and the config.</summary>
internal static class CompressionNames
{
    /// <summary>Reads a name.</summary>
    public static bool TryParse(string text, out CompressionMode mode)
    {
        (bool known, mode) = text switch
        {
            "auto" => (true, CompressionMode.Auto),
            "off" => (true, CompressionMode.Off),
            "fastest" => (true, CompressionMode.Fastest),
            "better" => (true, CompressionMode.Better),
            "max" => (true, CompressionMode.Max),
            _ => (false, default),
        };
        return known;
    }
}
