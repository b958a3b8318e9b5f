using System.Diagnostics;

namespace Sots.Comparison;

/// <summary>What a run cost. Memory is the peak of the resident set.</summary>
internal readonly record struct Cost(double WallSeconds, double CpuSeconds, double MemoryMiB)
{
    /// <summary>The cost of one after the other.</summary>
    public static Cost operator +(Cost a, Cost b) => new(a.WallSeconds + b.WallSeconds, a.CpuSeconds + b.CpuSeconds, Math.Max(a.MemoryMiB, b.MemoryMiB));
}

/// <summary>A program with a repository of its own; both understand the same command lines.</summary>
internal sealed class Contender(string name, string program, string work)
{
    private const string Password = "comparison";

    private readonly string _cache = Path.Combine(work, "cache-" + name);

    public string Name => name;

    public string Repository { get; init; } = Path.Combine(work, "repository-" + name);

    public string Target { get; } = Path.Combine(work, "restored-" + name);

    /// <summary>Where a repository is kept that many runs begin from.</summary>
    public string Kept { get; } = Path.Combine(work, "kept-" + name);

    /// <summary>An empty repository that each of its own begins as, so that both have one key: what it costs to open is decided when it is made.</summary>
    public required string Empty { get; init; }

    public bool HasRepository => Directory.Exists(Repository);

    public void NewRepository()
    {
        Clear();
        Folders.Copy(Empty, Repository, mayLink: false);
    }

    /// <summary>Makes the empty repository.</summary>
    public void MakeEmpty()
    {
        Folders.Remove(Empty);
        Measure("init");
        Directory.Move(Repository, Empty);
    }

    public void Clear()
    {
        foreach (string folder in (string[])[Repository, _cache, Target, Kept])
        {
            Folders.Remove(folder);
        }
    }

    public long RepositoryBytes() => Folders.BytesIn(Repository);

    public Cost Measure(params string[] command)
    {
        string costs = Path.Combine(work, "costs");
        Dictionary<string, string> environment = new()
        {
            ["RESTIC_REPOSITORY"] = Repository,
            ["RESTIC_PASSWORD"] = Password,
            ["RESTIC_CACHE_DIR"] = _cache,
        };
        long started = Stopwatch.GetTimestamp();
        Commands.Must("/usr/bin/time", ["-f", "%U %S %M", "-o", costs, program, .. command], environment);
        double wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double[] numbers = [.. File.ReadAllText(costs).Split().Where(static word => word.Length > 0).Select(double.Parse)];
        return new Cost(wall, numbers[0] + numbers[1], numbers[2] / 1024);
    }

    /// <summary>The bytes of the password of all repositories here.</summary>
    public static ReadOnlyMemory<byte> PasswordBytes => System.Text.Encoding.UTF8.GetBytes(Password);
}
