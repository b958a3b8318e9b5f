#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
#:property CheckForOverflowUnderflow=true

// Compares sots_backup with restic: prepares data, publishes the native program, runs both in turn on folders in memory, verifies what
// they made, and prints and saves one table. Linux only (it needs cp, sh and GNU time). See --help.
//
//   dotnet run bench/compare.cs -- --work /dev/shm/sots-compare --restic /path/to/restic --small 20000

using System.Diagnostics;
using System.Globalization;
using System.Text;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["-h"] or ["--help"] or [])
{
    Console.WriteLine(Settings.Usage);
    return args.Length == 0 ? 1 : 0;
}

Settings? settings = Settings.Parse(args, out string complaint);
if (settings is null)
{
    Console.Error.WriteLine(complaint);
    return 1;
}

try
{
    Directory.CreateDirectory(settings.Work);
    SourceData source = SourceData.Prepare(settings);
    string ours = settings.Ours ?? NativeProgram.Publish();
    Comparison comparison = new(settings, source, new Contender("restic", settings.Restic, settings.Work), new Contender("ours", ours, settings.Work));
    comparison.Run();
    string report = comparison.ToMarkdown();
    Console.WriteLine(report);
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(settings.Output))!);
    File.WriteAllText(settings.Output, report);
    Console.Error.WriteLine($"saved as {settings.Output}");
    return 0;
}
catch (InvalidDataException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
finally
{
    Directory.Delete(settings.Work, recursive: true);
}

/// <summary>What the command line asks for.</summary>
internal sealed class Settings
{
    public const string Usage = """
        compare.cs: sots_backup against restic, alternately, on folders in memory.

          --work FOLDER          new folder for everything, removed at the end; on a tmpfs (required)
          --restic FILE          restic 0.19.1 (default: $SOTS_RESTIC_DIR/restic-0.19.1)
          --ours FILE            a sots_backup that is built already (default: publish one)
          --pairs N              measured runs of each program for each job (default 5)
          --jobs LIST            of baseline,unchanged,changed,restore,check,snapshots (default: all)
          --seed N               for generated data and the choice of changed files (default 1)
          --output FILE          the table (default artifacts/bench/compare.md)
        The data, one of:
          --data FOLDER          an existing folder; it is hard linked or copied and never written to
          --small N              N files in the manner of one-file-per-actor levels
          --make-project TOOL --manifest FILE [--fraction F]
                                 what a tool makes that is called as TOOL MANIFEST FOLDER FRACTION SEED
        """;

    private readonly Dictionary<string, string> _values = [];

    public string Work => _values["--work"];

    public string Restic => _values.GetValueOrDefault("--restic") ?? Path.Combine(Environment.GetEnvironmentVariable("SOTS_RESTIC_DIR") ?? "", "restic-0.19.1");

    public string? Ours => _values.GetValueOrDefault("--ours");

    public string? Data => _values.GetValueOrDefault("--data");

    public string? MakeProject => _values.GetValueOrDefault("--make-project");

    public string Manifest => _values.GetValueOrDefault("--manifest", "");

    public string Fraction => _values.GetValueOrDefault("--fraction", "1");

    public string Output => _values.GetValueOrDefault("--output", Path.Combine("artifacts", "bench", "compare.md"));

    public int Pairs => Number("--pairs", 5);

    public int Small => Number("--small", 0);

    public int Seed => Number("--seed", 1);

    public string[] Jobs => _values.GetValueOrDefault("--jobs", "baseline,unchanged,changed,restore,check,snapshots").Split(',');

    public static Settings? Parse(string[] args, out string complaint)
    {
        Settings settings = new();
        for (int i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || !Usage.Contains($"{args[i]} ", StringComparison.Ordinal))
            {
                complaint = $"{args[i]}: unknown, or without its value; see --help";
                return null;
            }

            settings._values[args[i]] = args[i + 1];
        }

        int sources = (settings.Data is null ? 0 : 1) + (settings.MakeProject is null ? 0 : 1) + (settings.Small == 0 ? 0 : 1);
        complaint = !settings._values.ContainsKey("--work") ? "--work is required"
            : Directory.Exists(settings.Work) ? $"{settings.Work} exists already; it would be removed at the end, so name a new folder"
            : sources != 1 ? "one of --data, --small and --make-project is required"
            : !File.Exists(settings.Restic) ? $"there is no restic at '{settings.Restic}': use --restic or SOTS_RESTIC_DIR"
            : "";
        return complaint.Length == 0 ? settings : null;
    }

    private int Number(string name, int otherwise) =>
        _values.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}

/// <summary>The folder that is saved. It belongs to the comparison: changing it changes nobody's files.</summary>
internal sealed class SourceData
{
    private readonly string[] _files;

    private SourceData(string folder)
    {
        Folder = Path.GetFullPath(folder);
        _files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Array.Sort(_files, StringComparer.Ordinal);
        Bytes = _files.Sum(file => new FileInfo(file).Length);
    }

    public string Folder { get; }

    public int Count => _files.Length;

    public long Bytes { get; }

    public static SourceData Prepare(Settings settings)
    {
        string folder = Path.Combine(settings.Work, "source");
        if (settings.Data is { } data)
        {
            // Hard links where that is possible: a changed file is replaced, never written into.
            if (Commands.Run("cp", ["-al", data, folder]) != 0)
            {
                Directory.Delete(folder, recursive: true);
                Commands.Must("cp", ["-a", data, folder]);
            }
        }
        else if (settings.MakeProject is { } tool)
        {
            Commands.Must(tool, [settings.Manifest, folder, settings.Fraction, settings.Seed.ToString(CultureInfo.InvariantCulture)]);
        }
        else
        {
            ActorFiles.Write(folder, settings.Small, settings.Seed);
        }

        return new SourceData(folder);
    }

    /// <summary>Changes one file in a hundred: some bytes are put in somewhere, as saving an asset again does.</summary>
    public void ChangeOnePercent(int seed)
    {
        Random random = new(seed);
        byte[] inserted = new byte[100];
        for (int i = 0; i < Math.Max(1, Count / 100); i++)
        {
            string file = _files[random.Next(Count)];
            byte[] content = File.ReadAllBytes(file);
            int at = random.Next(content.Length + 1);
            random.NextBytes(inserted);
            File.WriteAllBytes(file + "~", [.. content[..at], .. inserted, .. content[at..]]);
            File.Move(file + "~", file, overwrite: true);
        }
    }

    /// <summary>Compares every byte with a restored copy.</summary>
    public void MustEqual(string restored)
    {
        if (Commands.Run("diff", ["-r", "--no-dereference", Folder, restored]) != 0)
        {
            throw new InvalidDataException($"The folder restored to {restored} differs from {Folder}.");
        }
    }
}

/// <summary>Many small files as the editor writes them for levels with one file per actor. The bytes compress about as such files do.</summary>
internal static class ActorFiles
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const double MedianLength = 4500, Spread = 1.0;
    private const int MinLength = 2 << 10, MaxLength = 450 << 10;

    public static void Write(string folder, int count, int seed)
    {
        Random random = new(seed);
        byte[] shared = SharedBytes(random);
        char[] name = new char[25];
        for (int i = 0; i < count; i++)
        {
            random.GetItems(Digits.AsSpan(), name);
            string parent = Path.Combine(folder, "Content", "__ExternalActors__", "Maps", "Town", new string(name, 0, 1), new string(name, 1, 2));
            Directory.CreateDirectory(parent);
            File.WriteAllBytes(Path.Combine(parent, new string(name, 3, 22) + ".uasset"), Content(random, shared));
        }
    }

    /// <summary>What the files have in common: names and zeros.</summary>
    private static byte[] SharedBytes(Random random)
    {
        byte[] shared = new byte[64 << 10];
        for (int at = 0; at < shared.Length - 32; at += random.Next(16, 32))
        {
            Encoding.ASCII.GetBytes($"/Script/Engine.{random.Next(5000)}", shared.AsSpan(at));
        }

        return shared;
    }

    private static byte[] Content(Random random, byte[] shared)
    {
        // The sum of twelve uniform numbers is close enough to a normal distribution.
        double normal = Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6;
        byte[] content = new byte[(int)Math.Clamp(MedianLength * Math.Exp(Spread * normal), MinLength, MaxLength)];
        for (int at = 0; at < content.Length;)
        {
            Span<byte> part = content.AsSpan(at, Math.Min(random.Next(64, 512), content.Length - at));
            shared.AsSpan(random.Next(shared.Length - part.Length), part.Length).CopyTo(part);
            random.NextBytes(part[..(part.Length / 4)]);
            at += part.Length;
        }

        return content;
    }
}

/// <summary>Our program, compiled ahead of time for this machine.</summary>
internal static class NativeProgram
{
    public static string Publish()
    {
        bool hasClang = Commands.Run("sh", ["-c", "command -v clang"]) == 0;
        Commands.Must("dotnet", [
            "publish", Path.Combine("src", "Sots.Cli"), "-c", "Release", "-r", "linux-x64", "-v", "q", "-p:IlcInstructionSet=x86-64-v3",
            .. hasClang ? Array.Empty<string>() : ["-p:CppCompilerAndLinker=gcc"]]);
        return Path.GetFullPath(Path.Combine("artifacts", "publish", "Sots.Cli", "release_linux-x64", "sots_backup"));
    }
}

/// <summary>What a run cost. Memory is the peak of the resident set.</summary>
internal readonly record struct Cost(double WallSeconds, double CpuSeconds, double MemoryMiB);

/// <summary>A program with a repository of its own; both understand the same command lines.</summary>
internal sealed class Contender(string name, string program, string work)
{
    private readonly string _cache = Path.Combine(work, "cache-" + name);

    public string Name => name;

    public string Repository { get; init; } = Path.Combine(work, "repository-" + name);

    public string Target { get; } = Path.Combine(work, "restored-" + name);

    public void NewRepository()
    {
        Remove(Repository);
        Remove(_cache);
        Measure("init");
    }

    public long RepositoryBytes() => Directory.EnumerateFiles(Repository, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

    public Cost Measure(params string[] command)
    {
        string costs = Path.Combine(work, "costs");
        Dictionary<string, string> environment = new()
        {
            ["RESTIC_REPOSITORY"] = Repository,
            ["RESTIC_PASSWORD"] = "comparison",
            ["RESTIC_CACHE_DIR"] = _cache,
        };
        long started = Stopwatch.GetTimestamp();
        Commands.Must("/usr/bin/time", ["-f", "%U %S %M", "-o", costs, program, .. command], environment);
        double wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double[] numbers = [.. File.ReadAllText(costs).Split().Where(word => word.Length > 0).Select(double.Parse)];
        return new Cost(wall, numbers[0] + numbers[1], numbers[2] / 1024);
    }

    public static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

/// <summary>All jobs of both programs, and the table.</summary>
internal sealed class Comparison(Settings settings, SourceData source, Contender theirs, Contender ours)
{
    private readonly List<string> _rows = [];
    private readonly List<string> _sizes = [];

    public void Run()
    {
        foreach (string job in settings.Jobs)
        {
            switch (job)
            {
                case "baseline":
                    Pairs("full backup", who => who.NewRepository(), who => who.Measure("backup", source.Folder));
                    break;
                case "unchanged":
                    Pairs("backup, nothing changed", EnsureBackup, who => who.Measure("backup", source.Folder));
                    break;
                case "changed":
                    Pairs("backup, 1 % of files changed", EnsureBackup, who => who.Measure("backup", source.Folder), round => source.ChangeOnePercent(settings.Seed + round));
                    break;
                case "restore":
                    Pairs("restore", EnsureBackup, who => who.Measure("restore", "latest", "--target", who.Target), after: VerifyRestored);
                    break;
                case "check":
                    Pairs("check --read-data", EnsureBackup, who => who.Measure("check", "--read-data"));
                    break;
                case "snapshots":
                    Pairs("snapshots (cost of opening)", EnsureBackup, who => who.Measure("snapshots"));
                    break;
                default:
                    throw new InvalidDataException($"There is no job '{job}'; see --help.");
            }

            _sizes.Add(Sizes(job));
        }

        new Contender("judge", settings.Restic, settings.Work) { Repository = ours.Repository }.Measure("check", "--read-data");
    }

    public string ToMarkdown()
    {
        StringBuilder text = new();
        text.AppendLine($"{source.Count} files, {source.Bytes / 1e6:0} MB; {Environment.ProcessorCount} processors; {settings.Pairs} pairs after a warm-up, medians, ratio ours/restic (min..max of the pairs).");
        text.AppendLine();
        text.AppendLine("| job | wall s restic | ours | ratio | CPU s restic | ours | ratio | peak MiB restic | ours |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        _rows.ForEach(row => text.AppendLine(row));
        text.AppendLine();
        text.AppendLine("| repository after | MB restic | ours | ratio |");
        text.AppendLine("|---|---:|---:|---:|");
        _sizes.ForEach(row => text.AppendLine(row));
        text.AppendLine();
        text.AppendLine("`restic check --read-data` finds no error in our repository; what we restored equals the source byte for byte.");
        return text.ToString();
    }

    private void Pairs(string job, Action<Contender> prepare, Func<Contender, Cost> measure, Action<int>? beforeRound = null, Action<Contender>? after = null)
    {
        List<(Cost Theirs, Cost Ours)> costs = [];
        for (int round = 0; round <= settings.Pairs; round++)
        {
            beforeRound?.Invoke(round);
            Cost a = default, b = default;

            // Who begins changes from pair to pair, so that a drift of the machine favours nobody.
            foreach (Contender who in round % 2 == 0 ? [theirs, ours] : (Contender[])[ours, theirs])
            {
                prepare(who);
                Cost cost = measure(who);
                after?.Invoke(who);
                (a, b) = who == ours ? (a, cost) : (cost, b);
            }

            Console.Error.WriteLine($"{job}, {(round == 0 ? "warm-up" : $"pair {round}")}: restic {a.WallSeconds:0.00} s, ours {b.WallSeconds:0.00} s; CPU {a.CpuSeconds:0.00} and {b.CpuSeconds:0.00} s; peak {a.MemoryMiB:0} and {b.MemoryMiB:0} MiB");
            if (round > 0)
            {
                costs.Add((a, b));
            }
        }

        _rows.Add($"| {job} | {Columns(costs, cost => cost.WallSeconds)} | {Columns(costs, cost => cost.CpuSeconds)} "
            + $"| {Median(costs.Select(pair => pair.Theirs.MemoryMiB)):0} | {Median(costs.Select(pair => pair.Ours.MemoryMiB)):0} |");
    }

    private void EnsureBackup(Contender who)
    {
        if (!Directory.Exists(who.Repository))
        {
            who.NewRepository();
            who.Measure("backup", source.Folder);
        }

        Contender.Remove(who.Target);
    }

    private void VerifyRestored(Contender who)
    {
        source.MustEqual(who.Target + source.Folder);
        Contender.Remove(who.Target);
    }

    private string Sizes(string job)
    {
        double a = theirs.RepositoryBytes() / 1e6, b = ours.RepositoryBytes() / 1e6;
        return $"| {job} | {a:0.0} | {b:0.0} | {b / a:0.000} |";
    }

    private static string Columns(List<(Cost Theirs, Cost Ours)> costs, Func<Cost, double> select)
    {
        double[] ratios = [.. costs.Select(pair => select(pair.Ours) / select(pair.Theirs))];
        return $"{Median(costs.Select(pair => select(pair.Theirs))):0.00} | {Median(costs.Select(pair => select(pair.Ours))):0.00} "
            + $"| **{Median(ratios):0.00}** ({ratios.Min():0.00}..{ratios.Max():0.00})";
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>Other programs.</summary>
internal static class Commands
{
    /// <summary>Runs a program and returns its exit code; what it says is kept for <see cref="Must"/>.</summary>
    public static int Run(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        Run(program, arguments, environment, out _);

    /// <summary>Runs a program that has to succeed.</summary>
    public static void Must(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        int code = Run(program, arguments, environment, out string said);
        if (code != 0)
        {
            throw new InvalidDataException($"{program} {string.Join(' ', arguments)} ended with {code}:\n{said}");
        }
    }

    private static int Run(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment, out string said)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        StringBuilder all = new();
        DataReceivedEventHandler keep = (_, line) =>
        {
            lock (all)
            {
                all.AppendLine(line.Data);
            }
        };
        process.OutputDataReceived += keep;
        process.ErrorDataReceived += keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        said = all.ToString();
        return process.ExitCode;
    }
}
