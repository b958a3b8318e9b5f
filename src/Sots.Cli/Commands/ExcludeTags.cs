using System.Globalization;
using Sots.Backup.Sources;
using Sots.Restic.Snapshots;

namespace Sots.Cli.Commands;

/// <summary>
/// What a snapshot says of the rules its backup left files out by. The format records patterns that mind the case; what other flags say stands
/// in tags, which every program of the format keeps. A restore that deletes has to know them all: what was left out is not surplus.
/// </summary>
internal static class ExcludeTags
{
    private const string IgnoringCase = "iexclude=", LargerThan = "exclude-larger-than=", IfPresent = "exclude-if-present=", Caches = "exclude-caches";

    /// <summary>The tags for what the flags say.</summary>
    public static IReadOnlyList<string> Of(ResticExcludeOptions flags) =>
    [
        .. flags.PatternsIgnoringCase.Select(static pattern => IgnoringCase + pattern),
        .. flags.LargerThanBytes is { } bytes ? [LargerThan + bytes.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
        .. flags.IfPresent.Select(static name => IfPresent + name),
        .. flags.Caches ? [Caches] : Array.Empty<string>(),
    ];

    /// <summary>Those among the tags of a snapshot.</summary>
    public static IReadOnlyList<string> In(Snapshot snapshot) =>
        [.. snapshot.Tags.Where(static tag => tag == Caches || Array.Exists([IgnoringCase, LargerThan, IfPresent], prefix => tag.StartsWith(prefix, StringComparison.Ordinal)))];

    /// <summary>The rules of a snapshot, as far as it records them.</summary>
    /// <exception cref="Restic.RepositoryException">InvalidRequest: somebody wrote a tag that is none of these.</exception>
    public static ResticExcludeOptions RulesOf(Snapshot snapshot)
    {
        return new ResticExcludeOptions
        {
            Patterns = snapshot.Excludes,
            PatternsIgnoringCase = [.. After(IgnoringCase)],
            LargerThanBytes = After(LargerThan).Select(static size => (long?)SizeText.Parse(size, "the tag exclude-larger-than of the snapshot")).Min(),
            IfPresent = [.. After(IfPresent)],
            Caches = snapshot.Tags.Contains(Caches),
        };

        IEnumerable<string> After(string prefix) => snapshot.Tags.Where(tag => tag.StartsWith(prefix, StringComparison.Ordinal)).Select(tag => tag[prefix.Length..]);
    }
}
