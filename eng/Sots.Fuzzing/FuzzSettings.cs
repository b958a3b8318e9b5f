using System.Globalization;

namespace Sots.Fuzzing;

/// <summary>How a run goes.</summary>
internal sealed record FuzzSettings
{
    /// <summary>The targets, in order.</summary>
    public required IReadOnlyList<FuzzTarget> Targets { get; init; }

    /// <summary>Where inputs lie.</summary>
    public CorpusFolders Folders { get; init; } = new("tests/Sots.Fuzzing.Tests/Corpus", "artifacts/fuzzing");

    /// <summary>Processor time for each target.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Inputs for each target at most.</summary>
    public long Runs { get; init; } = long.MaxValue;

    /// <summary>Start of all chance.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Targets at a time.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Look at no coverage: what the run is worth without.</summary>
    public bool Blind { get; init; }

    /// <summary>Make the committed corpora anew out of everything known, as small as they can be with the same branches.</summary>
    public bool Distil { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">A word that is none of ours, an unknown target, or a value that is missing.</exception>
    /// <exception cref="FormatException">A number that is none.</exception>
    public static FuzzSettings Parse(IReadOnlyList<string> words)
    {
        FuzzSettings settings = new() { Targets = [] };
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            settings = word switch
            {
                "--target" => settings with { Targets = [.. settings.Targets, .. FuzzTargets.Find(Value())] },
                "--minutes" => settings with { Time = TimeSpan.FromMinutes(double.Parse(Value(), CultureInfo.InvariantCulture)) },
                "--runs" => settings with { Runs = long.Parse(Value(), CultureInfo.InvariantCulture), Time = TimeSpan.FromDays(1) },
                "--seed" => settings with { Seed = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--jobs" => settings with { Jobs = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--corpus" => settings with { Folders = settings.Folders with { Committed = Path.GetFullPath(Value()) } },
                "--work" => settings with { Folders = settings.Folders with { Work = Path.GetFullPath(Value()) } },
                "--blind" => settings with { Blind = true },
                "--distil" => settings with { Distil = true },
                "--worker" => settings,
                _ => throw new ArgumentException($"{word} is not known here"),
            };

            string Value() => ++i < words.Count ? words[i] : throw new ArgumentException($"{word} needs a value");
        }

        return settings.Targets.Count > 0 ? settings : throw new ArgumentException("--target is missing");
    }

    /// <summary>The command line of a process that runs one target.</summary>
    public IEnumerable<string> WorkerWords(FuzzTarget target, TimeSpan time, long runs, int seed) =>
    [
        "--worker", "--target", target.Name, "--runs", runs.ToString(CultureInfo.InvariantCulture), "--minutes", time.TotalMinutes.ToString("R", CultureInfo.InvariantCulture),
        "--seed", seed.ToString(CultureInfo.InvariantCulture), "--corpus", Path.GetFullPath(Folders.Committed), "--work", Path.GetFullPath(Folders.Work),
        .. Blind ? (string[])["--blind"] : [], .. Distil ? (string[])["--distil"] : [],
    ];
}
