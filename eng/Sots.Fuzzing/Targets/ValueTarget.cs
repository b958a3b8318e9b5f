using Sots.Backup;
using Sots.Backup.Retention;
using Sots.Backup.Sources;
using Sots.Cli;
using Sots.Cli.Commands;
using Sots.Cli.Configuration;
using Sots.Cli.Output;
using Sots.Restic;
using Sots.Restic.Chunking;
using Sots.Restic.Maintenance.Pruning;

namespace Sots.Fuzzing.Targets;

/// <summary>Values as people type them: spans of retention, sizes, durations, shares, groupings, ids.</summary>
internal sealed class ValueTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "value";

    /// <inheritdoc/>
    public override string About => "typed values (spans, sizes, durations, shares, ids): each comes back from the form it is printed in";

    /// <inheritdoc/>
    public override int MaxLength => 96;

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Seeds => Utf8("1y5m7d2h", "64M", "9223372036854775807", "5%", "unlimited", "1h30m", "1.5h500ms", "99.999%", "host,paths", "3da3358b4dc173", "8388607T", "latest:/a", "0", "-1");

    /// <inheritdoc/>
    public override IEnumerable<byte[]> Words => Utf8("y", "m", "d", "h", "s", "ms", "us", "µs", "ns", "k", "M", "G", "T", "b", "%", ".", "1000000", "1000001", "9223372036854775807", "unlimited", "host", "paths", "tags", ",", "+", "-", " ", "e5", "\u0660");

    /// <inheritdoc/>
    public override bool Run(ReadOnlySpan<byte> input)
    {
        string text = PathText.ToText(input);
        bool taken = false;
        if (KeepPeriod.TryParse(text, out KeepPeriod period) is null)
        {
            taken = true;
            Law.Holds(KeepPeriod.TryParse(period.ToString(), out KeepPeriod again) is null && again == period, "a span comes back from its text");
        }

        if (SizeText.TryParse(text, out long bytes))
        {
            taken = true;
            Law.Holds(bytes >= 0 && SizeText.TryParse(ConfigTypes.Short(bytes), out long again) && again == bytes, "a size comes back from its text");
        }

        if (Durations.TryParse(text, out TimeSpan duration))
        {
            taken = true;
            Law.Holds(duration >= TimeSpan.Zero && Durations.Format(duration).Length > 0, "a duration is not negative");
        }

        if (ContentId.TryParse(text, out ContentId id))
        {
            taken = true;
            Law.Holds(ContentId.TryParse(input, out ContentId same) && same == id && ContentId.Parse(id.ToString()) == id, "an id comes back from its text");
        }

        if (ChunkerPolynomial.TryParseHex(text, out ChunkerPolynomial polynomial))
        {
            taken = true;
            Law.Holds(ChunkerPolynomial.TryParseHex(polynomial.ToHex(), out ChunkerPolynomial again) && again == polynomial, "a polynomial comes back from its digits");
        }

        return Limit(text) | IsWord(text) | taken;
    }

    private static bool Limit(string text)
    {
        try
        {
            UnusedLimit limit = PruneFlags.LimitOf(text);
            Law.Holds(limit.BytesFor(1L << 40) >= 0 && limit.BytesFor(0) >= 0, "a limit is no negative number of bytes");
            _ = PruneFlags.LimitOf(limit.ToString());
            return true;
        }
        catch (UsageException)
        {
            return false;
        }
    }

    private static bool IsWord(string text)
    {
        try
        {
            _ = Grouping.Parse(text);
            SnapshotWord word = SnapshotWord.Parse(text);
            Law.Holds(word.Word == text || $"{word.Word}:{word.Subpath}" == text, "a word for a snapshot is all of what was typed");
            return true;
        }
        catch (UsageException)
        {
            return false;
        }
    }
}
