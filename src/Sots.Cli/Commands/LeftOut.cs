using System.Globalization;
using Sots.Backup;
using Sots.Backup.Sources;
using Sots.Cli.Output;
using Sots.Unreal;

namespace Sots.Cli.Commands;

/// <summary>Applies the preset and remembers what it left out: a backup that is smaller than its project has to say why.</summary>
/// <param name="preset">The rules.</param>
/// <param name="whyNone">Who said so, where there are none.</param>
internal sealed class LeftOut(PresetExcludes preset, string whyNone) : ExcludeRules
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<UnrealExcludeClass, Tally> _classes = [];

    /// <inheritdoc/>
    public override bool RejectsName(DiskPath path)
    {
        return preset.RejectsName(path) && Remember(path);
    }

    /// <inheritdoc/>
    public override bool RejectsEntry(DiskPath path, bool isDirectory, long sizeBytes) => preset.RejectsEntry(path, isDirectory, sizeBytes) && Remember(path);

    /// <summary>One line for everything, and with -v one for each class.</summary>
    public void Report(IReporter reporter)
    {
        foreach ((UnrealExcludeClass kind, Tally tally) in _classes)
        {
            foreach ((string reason, int count) in tally.Reasons)
            {
                reporter.Detail(string.Create(CultureInfo.InvariantCulture, $"left out: {kind}, {count} {(count == 1 ? "folder or file" : "folders and files")}, {reason}"));
            }
        }

        List<string> sentences = [.. new[] { (Sentence(regenerable: true), "can be regenerated"), (Sentence(regenerable: false), "kept elsewhere or left out by choice") }
            .Where(part => part.Item1.Length > 0)
            .Select(part => $"{part.Item1} ({part.Item2})")];
        reporter.Message("left out: " + (!preset.HasPreset ? $"nothing ({whyNone})" : sentences.Count == 0 ? "nothing" : string.Join("; ", sentences)));
    }

    private bool Remember(DiskPath path)
    {
        if (preset.Explain(path) is { } exclusion)
        {
            lock (_gate)
            {
                if (!_classes.TryGetValue(exclusion.Class, out Tally? tally))
                {
                    _classes[exclusion.Class] = tally = new Tally();
                }

                tally.Add(exclusion);
            }
        }

        return true;
    }

    private string Sentence(bool regenerable) => string.Join(
        ", ", _classes.Where(entry => regenerable == entry.Key is not (UnrealExcludeClass.VersionControl or UnrealExcludeClass.Chosen)).SelectMany(entry => entry.Value.Places));

    /// <summary>What was left out of one class.</summary>
    private sealed class Tally
    {
        public SortedSet<string> Places { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, int> Reasons { get; } = new(StringComparer.Ordinal);

        public void Add(UnrealExclusion exclusion)
        {
            Reasons[exclusion.Reason] = Reasons.GetValueOrDefault(exclusion.Reason) + 1;
            string place = exclusion.Pattern.TrimStart('/');
            Places.Add(place.EndsWith("/*", StringComparison.Ordinal) ? place[..^2] : place);
        }
    }
}
