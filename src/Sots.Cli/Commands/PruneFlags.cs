using System.CommandLine;
using System.Globalization;
using Sots.Backup.Sources;
using Sots.Restic.Maintenance.Pruning;

namespace Sots.Cli.Commands;

/// <summary>The flags that say how a prune weighs space against work.</summary>
internal sealed class PruneFlags
{
    private readonly Option<string?> _maxUnused = Symbols.Text("--max-unused", null, "limit", "How much unused data may stay: a size with k, m, g, t, a share such as 5%, or 'unlimited' (default: 5%)");
    private readonly Option<string?> _maxRepack = Symbols.Text("--max-repack-size", null, "size", "Stop repacking after so much, with k, m, g, t");
    private readonly Option<bool> _cacheableOnly = Symbols.Switch("--repack-cacheable-only", null, "Repack only packs with trees; of the others only those go of which nothing is used");
    private readonly Option<bool> _small = Symbols.Switch("--repack-small", null, "Repack packs below 80% of the pack size");
    private readonly Option<string?> _smallerThan = Symbols.Text("--repack-smaller-than", null, "size", "Repack packs below this size, with k, m, g, t");
    private readonly Option<bool> _uncompressed = Symbols.Switch("--repack-uncompressed", null, "Repack everything that is not compressed");

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all = [_maxUnused, _maxRepack, _cacheableOnly, _small, _smallerThan, _uncompressed];
        Array.ForEach(all, command.Add);
    }

    /// <summary>Reads the flags.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="maxUnused">What counts where --max-unused is not given.</param>
    /// <exception cref="UsageException">A value makes no sense.</exception>
    public PruneOptions Read(ParseResult parse, UnusedLimit maxUnused) => new()
    {
        MaxUnused = parse.GetValue(_maxUnused) is { } limit ? LimitOf(limit) : maxUnused,
        MaxRepackBytes = SizeOf(parse, _maxRepack),
        RepackCacheableOnly = parse.GetValue(_cacheableOnly),
        RepackSmall = parse.GetValue(_small),
        RepackSmallerThanBytes = SizeOf(parse, _smallerThan),
        RepackUncompressed = parse.GetValue(_uncompressed),
    };

    /// <summary>Reads a limit of unused data.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    internal static UnusedLimit LimitOf(string text)
    {
        string word = text.Trim();
        if (word == "unlimited")
        {
            return UnusedLimit.Unlimited;
        }

        if (word.EndsWith('%') && double.TryParse(word[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent is >= 0 and < 100)
        {
            return UnusedLimit.Percent(percent);
        }

        return SizeText.TryParse(word, out long bytes)
            ? UnusedLimit.Bytes(bytes)
            : throw new UsageException(
                $"'{text}' is no limit for --max-unused", "Write a size such as 500M, a share from 0% to below 100%, or 'unlimited'.");
    }

    private static long? SizeOf(ParseResult parse, Option<string?> option) => parse.GetValue(option) switch
    {
        null => null,
        string text when SizeText.TryParse(text, out long bytes) => bytes,
        string text => throw new UsageException($"'{text}' is no size for {option.Name}", "Write a number with k, m, g or t, such as 500M."),
    };
}
