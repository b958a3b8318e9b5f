using System.Globalization;

namespace Sots.Reliability;

/// <summary>How a trial runs.</summary>
internal sealed record TrialSettings
{
    /// <summary>Start of all chance; the same seed makes the same plan.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Share of the full programme: 1 is all of it, the tests take less.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>A new folder for everything the trial writes; removed after a success, kept after a failure.</summary>
    public required string Work { get; init; }

    /// <summary>The published program, for trials that run it as a process; null where there is none.</summary>
    public string? Program { get; init; }

    /// <summary>The real restic, as a second opinion; null where there is none.</summary>
    public string? Restic { get; init; }

    /// <summary>Told now and then how far it is.</summary>
    public Action<string> Progress { get; init; } = static _ => { };

    /// <summary>A number of the full programme at this scale, at least <paramref name="atLeast"/>.</summary>
    public int Count(int full, int atLeast = 1) => Math.Max(atLeast, (int)Math.Round(full * Scale));

    /// <summary>Reads <c>--name value</c> pairs.</summary>
    /// <exception cref="ArgumentException">A word that is none of ours, or a value that is missing or no number.</exception>
    public static TrialSettings Parse(IReadOnlyList<string> words)
    {
        TrialSettings settings = new() { Work = "artifacts/reliability/work" };
        for (int i = 0; i < words.Count; i += 2)
        {
            string value = i + 1 < words.Count ? words[i + 1] : throw new ArgumentException($"{words[i]} needs a value");
            settings = words[i] switch
            {
                "--seed" => settings with { Seed = int.Parse(value, CultureInfo.InvariantCulture) },
                "--scale" => settings with { Scale = double.Parse(value, CultureInfo.InvariantCulture) },
                "--work" => settings with { Work = value },
                "--program" => settings with { Program = Existing(words[i], value) },
                "--restic" => settings with { Restic = Existing(words[i], value) },
                _ => throw new ArgumentException($"{words[i]} is not known here"),
            };
        }

        return settings with { Work = Path.GetFullPath(settings.Work) };
    }

    private static string Existing(string word, string path) =>
        File.Exists(path) ? Path.GetFullPath(path) : throw new ArgumentException($"{word}: there is no file {Path.GetFullPath(path)}");
}
