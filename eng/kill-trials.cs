#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
#:property CheckForOverflowUnderflow=true

// Kills the program at random moments and looks whether anything was lost. Seeded, so that a run can be repeated; the moments themselves
// depend on the machine. Unix only.
//
//   dotnet run eng/kill-trials.cs -- --ours out/sots_backup --work trials --kills 1000 --restic /path/to/restic

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Dictionary<string, string> given = [];
for (int i = 0; i + 1 < args.Length; i += 2)
{
    given[args[i]] = args[i + 1];
}

if (args.Length % 2 != 0 || given.GetValueOrDefault("--ours") is not { } ours || given.GetValueOrDefault("--work") is not { } work
    || given.Keys.Except(["--ours", "--work", "--kills", "--seed", "--restic"]).Any())
{
    Console.Error.WriteLine("usage: kill-trials.cs -- --ours PROGRAM --work NEWFOLDER [--kills 1000] [--seed 1] [--restic PROGRAM]");
    return 1;
}

if (Directory.Exists(work))
{
    Console.Error.WriteLine($"{work} exists already; it would be removed at the end, so name a new folder");
    return 1;
}

int kills = int.Parse(given.GetValueOrDefault("--kills", "1000"), CultureInfo.InvariantCulture);
int seed = int.Parse(given.GetValueOrDefault("--seed", "1"), CultureInfo.InvariantCulture);
Trials trials = new(Path.GetFullPath(ours), Path.GetFullPath(work), given.GetValueOrDefault("--restic"), seed);
try
{
    trials.Run(kills);
}
catch (LossException e)
{
    Console.Error.WriteLine($"FAILED after {trials.Kills} kills (seed {seed}): {e.Message}\nthe folder {work} was kept");
    return 1;
}

Console.WriteLine(trials.Report());
Directory.Delete(work, recursive: true);
return 0;

/// <summary>Something that may never happen.</summary>
internal sealed class LossException(string message) : Exception(message);

/// <summary>How a process ended.</summary>
internal sealed record Ended(int Code, string Out, string Error);

/// <summary>A small project that changes from day to day, and the contents that each snapshot of it must have.</summary>
internal sealed class ChangingProject(string folder, Random random)
{
    private const int Files = 150, LargestFile = 400_000;

    public string Folder => folder;

    public void Create()
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "Trial.uproject"), "{ \"FileVersion\": 3 }");
        for (int i = 0; i < Files; i++)
        {
            Write($"Content/{i % 7}/Asset{i}.uasset");
        }
    }

    /// <summary>Some files get new contents, some are new, some go.</summary>
    public void Change()
    {
        string[] all = Directory.GetFiles(Path.Combine(folder, "Content"), "*", SearchOption.AllDirectories);
        Array.Sort(all, StringComparer.Ordinal);
        random.Shuffle(all);
        foreach (string path in all.Take(8))
        {
            Write(Path.GetRelativePath(folder, path));
        }

        Array.ForEach(all[8..11], File.Delete);
        for (int i = 0; i < 3; i++)
        {
            Write($"Content/New{random.Next(5)}/Asset{random.Next(1_000_000)}.uasset");
        }
    }

    /// <summary>Hash of every file below a folder, by relative path.</summary>
    public static SortedDictionary<string, string> Contents(string root)
    {
        SortedDictionary<string, string> contents = new(StringComparer.Ordinal);
        foreach (string path in Directory.GetFiles(root, "*", SearchOption.AllDirectories))
        {
            contents[Path.GetRelativePath(root, path)] = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
        }

        return contents;
    }

    private void Write(string path)
    {
        byte[] bytes = new byte[random.Next(LargestFile)];
        random.NextBytes(bytes);
        string full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }
}

/// <summary>The trials: a verb is started, killed, looked after, and run again to its end.</summary>
internal sealed class Trials
{
    private const int AllDataEvery = 20;

    private static readonly string[] Push = ["push"], Full = ["full"], Restore = ["restore-latest", "--target", "out"],
        Prune = ["forget-prune", "--keep-last", "4", "--max-unused", "0", "--remove-protected"];

    private readonly string _program, _work;
    private readonly string? _restic;
    private readonly Random _random;
    private readonly ChangingProject _project;
    private readonly Dictionary<string, SortedDictionary<string, string>> _saved = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _killed = new(StringComparer.Ordinal), _tooLate = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _usualSeconds = new(StringComparer.Ordinal);
    private int _restored, _checkedByRestic;

    public Trials(string program, string work, string? restic, int seed)
    {
        (_program, _work, _restic, _random) = (program, work, restic, new Random(seed));
        _project = new ChangingProject(Path.Combine(work, "Trial"), _random);
    }

    public int Kills { get; private set; }

    public void Run(int kills)
    {
        _project.Create();
        Timed(Full);
        Timed(Push);
        Snapshots().ForEach(Remember);
        Timed(Restore);
        while (Kills < kills)
        {
            if (Kills % 3 == 0)
            {
                _project.Change();
            }

            string[] verb = _random.Next(10) switch { < 5 => Push, 5 => Full, < 8 => Prune, _ => Restore };
            Trial(verb);
            if (Kills % 50 == 0)
            {
                Console.Error.WriteLine($"{Kills} kills, {_restored} restores compared, {Snapshots().Count} snapshots");
            }
        }
    }

    public string Report() =>
        $"{Kills} kills: {string.Join(", ", _killed.Select(pair => $"{pair.Value} in {pair.Key}"))}; "
        + $"{_tooLate.Values.Sum()} more came too late and are not counted\n"
        + $"after each: check found no error, the newest and one other snapshot were whole ({_restored} restores compared byte by byte), the same command completed\n"
        + $"restic check --read-data was clean {_checkedByRestic} times";

    private void Trial(string[] verb)
    {
        HashSet<string> before = [.. Snapshots()];
        if (verb == Restore)
        {
            Remove("out");
        }

        if (KilledInTime(verb))
        {
            Kills++;
            Count(_killed, verb[0]);
        }
        else
        {
            Count(_tooLate, verb[0]);
        }

        List<string> after = Snapshots();
        foreach (string made in after.Where(id => !before.Contains(id)))
        {
            Remember(made);
        }

        if (verb != Prune && before.Except(after).Any())
        {
            throw new LossException($"{verb[0]} removed a snapshot");
        }

        // What forget-prune keeps is kept by a killed one too.
        if (verb == Prune && !after.TakeLast(4).SequenceEqual(before.Intersect(after).TakeLast(4)))
        {
            throw new LossException("forget-prune removed one of the newest");
        }

        MustSucceed("check");
        Compare(NewestOf(after));
        Compare(after[_random.Next(after.Count)]);
        Timed(verb);
        if (verb == Restore)
        {
            Same(NewestOf(Snapshots()), Path.Combine(_work, "out"));
        }

        foreach (string made in Snapshots().Where(id => !_saved.ContainsKey(id)))
        {
            Remember(made);
        }

        if (_restic is not null && Kills % AllDataEvery == 0)
        {
            Ended check = Start(_restic, ["-r", Path.Combine(_work, "Trial_Backup", "repo"), "-p", Path.Combine(_work, "Trial_Backup", ".restic_pass.txt"), "--no-cache", "check", "--read-data"], _work);
            _checkedByRestic++;
            if (check.Code != 0)
            {
                throw new LossException("restic check: " + check.Out + check.Error);
            }
        }
    }

    /// <summary>Whether the program was still at work when the signal came.</summary>
    private bool KilledInTime(string[] verb)
    {
        using Process process = Begin(_program, Words(verb), _project.Folder);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        TimeSpan delay = TimeSpan.FromSeconds(_random.NextDouble() * _usualSeconds.GetValueOrDefault(verb[0], 0.3) * 1.05);
        Stopwatch clock = Stopwatch.StartNew();
        while (clock.Elapsed < delay && !process.HasExited)
        {
            Thread.SpinWait(1000);
        }

        bool inTime = !process.HasExited;
        process.Kill();
        process.WaitForExit();
        Task.WaitAll(output, error);
        return inTime && process.ExitCode == 128 + 9;
    }

    private void Timed(string[] verb)
    {
        Stopwatch clock = Stopwatch.StartNew();
        Ended ended = Start(_program, Words(verb), _project.Folder);
        if (ended.Code != 0)
        {
            throw new LossException($"{verb[0]} ended with {ended.Code}: {ended.Error}");
        }

        double usual = _usualSeconds.GetValueOrDefault(verb[0], clock.Elapsed.TotalSeconds);
        _usualSeconds[verb[0]] = (0.7 * usual) + (0.3 * clock.Elapsed.TotalSeconds);
    }

    private string[] Words(string[] verb) => [.. verb.Select(word => word == "out" ? Path.Combine(_work, "out") : word)];

    private List<string> Snapshots()
    {
        using JsonDocument document = JsonDocument.Parse(MustSucceed("snapshots", "--json"));
        return [.. document.RootElement.EnumerateArray().OrderBy(snapshot => snapshot.GetProperty("time").GetDateTimeOffset()).Select(snapshot => snapshot.GetProperty("id").GetString()!)];
    }

    private static string NewestOf(List<string> snapshots) => snapshots[^1];

    /// <summary>The project does not change while a verb runs: this is what the snapshot must hold.</summary>
    private void Remember(string snapshot) => _saved.TryAdd(snapshot, ChangingProject.Contents(_project.Folder));

    private void Compare(string snapshot)
    {
        Remove("compared");
        string target = Path.Combine(_work, "compared");
        MustSucceed("restore", $"{snapshot}:{_project.Folder}", "--target", target);
        Same(snapshot, target);
        _restored++;
    }

    private void Same(string snapshot, string folder)
    {
        if (!ChangingProject.Contents(folder).SequenceEqual(_saved[snapshot]))
        {
            throw new LossException($"snapshot {snapshot} restored to {folder} is not what was saved");
        }
    }

    private string MustSucceed(params string[] words)
    {
        Ended ended = Start(_program, words, _project.Folder);
        return ended.Code == 0 ? ended.Out : throw new LossException($"{string.Join(' ', words)} ended with {ended.Code}: {ended.Error}");
    }

    private void Remove(string name)
    {
        string path = Path.Combine(_work, name);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static void Count(SortedDictionary<string, int> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;

    private static Ended Start(string program, string[] words, string folder)
    {
        using Process process = Begin(program, words, folder);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return new Ended(process.ExitCode, output.Result, error);
    }

    private static Process Begin(string program, string[] words, string folder)
    {
        ProcessStartInfo start = new(program, words) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("RESTIC_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        return Process.Start(start)!;
    }
}
