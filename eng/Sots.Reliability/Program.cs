using System.Globalization;
using System.Text.Json;
using Sots.Reliability;

// The reliability programme. Seeded and repeatable; every trial can be run by itself.
//
//   dotnet run -c Release --project eng/Sots.Reliability -- all --program out/sots_backup --restic /path/to/restic
//   dotnet run -c Release --project eng/Sots.Reliability -- report
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const string Records = "artifacts/reliability";
if (args is ["report"])
{
    foreach (string path in Directory.GetFiles(Records, "*.json").Order(StringComparer.Ordinal))
    {
        TrialRecord record = JsonSerializer.Deserialize<TrialRecord>(File.ReadAllText(path))!;
        Console.WriteLine($"| {record.Name} | {string.Join(", ", record.Figures.Select(figure => $"{figure.Value:N0} {figure.Key}"))} | {record.Seed} | {record.Seconds:N0} s | {record.Day} |");
    }

    return 0;
}

IReadOnlyList<Trial> chosen = args.Length == 0 ? [] : args[0] == "all" ? Trials.All : [.. Trials.All.Where(trial => trial.Name == args[0])];
if (chosen.Count == 0)
{
    Console.Error.WriteLine("usage: TRIAL|all [--program sots_backup] [--restic restic] [--seed 1] [--scale 1] [--work NEWFOLDER], or: report");
    foreach (Trial trial in Trials.All)
    {
        Console.Error.WriteLine($"  {trial.Name,-12} {trial.About}");
    }

    return 1;
}

TrialSettings settings;
try
{
    settings = TrialSettings.Parse(args[1..]) with { Progress = static line => Console.Error.WriteLine("  " + line) };
}
catch (Exception e) when (e is ArgumentException or FormatException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

int broken = 0;
foreach (Trial trial in chosen)
{
    if (trial.WhyNot(settings) is string reason)
    {
        Console.WriteLine($"{trial.Name}: not here: {reason}");
        continue;
    }

    string work = Path.Combine(settings.Work, trial.Name);
    if (Directory.Exists(work))
    {
        Console.Error.WriteLine($"{work} exists already; it would be removed at the end, so name a new folder");
        return 1;
    }

    TrialResult result = new();
    long begun = TimeProvider.System.GetTimestamp();
    try
    {
        Directory.CreateDirectory(work);
        await trial.RunAsync(settings with { Work = work }, result, CancellationToken.None);
        TimeSpan took = TimeProvider.System.GetElapsedTime(begun);
        result.Save(Records, trial, settings, took);
        Console.WriteLine($"{trial.Name}: {result}; no promise broken (seed {settings.Seed}, {took.TotalSeconds:N0} s)");
        Directory.Delete(work, recursive: true);
    }
    catch (BrokenPromiseException e)
    {
        broken++;
        Console.Error.WriteLine($"{trial.Name}: BROKEN after {result} (seed {settings.Seed}): {e.Message}\nthe folder {work} was kept");
    }
}

return broken == 0 ? 0 : 1;
