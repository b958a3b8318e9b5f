using System.Globalization;
using System.Text.Json;

namespace Sots.Reliability;

/// <summary>What a trial counted. Thread safe.</summary>
internal sealed class TrialResult
{
    private readonly SortedDictionary<string, long> _figures = new(StringComparer.Ordinal);

    /// <summary>Adds to a figure; its name reads after the number ("crash points", "restores compared byte by byte").</summary>
    public void Add(string figure, long count = 1)
    {
        lock (_figures)
        {
            _figures[figure] = _figures.GetValueOrDefault(figure) + count;
        }
    }

    /// <summary>A figure so far; 0 where nothing was counted.</summary>
    public long this[string figure]
    {
        get
        {
            lock (_figures)
            {
                return _figures.GetValueOrDefault(figure);
            }
        }
    }

    /// <summary>All figures in one line.</summary>
    public override string ToString()
    {
        lock (_figures)
        {
            return string.Join(", ", _figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Value:N0} {figure.Key}")));
        }
    }

    /// <summary>Writes the figures where the report finds them.</summary>
    public void Save(string folder, Trial trial, TrialSettings settings, TimeSpan took)
    {
        Directory.CreateDirectory(folder);
        string when = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        TrialRecord record = new(trial.Name, trial.About, settings.Seed, settings.Scale, when, Math.Round(took.TotalSeconds), new(_figures));
        File.WriteAllText(Path.Combine(folder, trial.Name + ".json"), JsonSerializer.Serialize(record, TrialRecord.Options) + "\n");
    }
}

/// <summary>A finished trial as it is kept.</summary>
internal sealed record TrialRecord(string Name, string About, int Seed, double Scale, string Day, double Seconds, Dictionary<string, long> Figures)
{
    public static readonly JsonSerializerOptions Options = new() { WriteIndented = true };
}
