using System.Diagnostics;

namespace Sots.Comparison;

/// <summary>A program with a repository and a cache of its own, and what the jobs need of it.</summary>
internal abstract class Contender(string name, string program, string work)
{
    protected const string Password = "comparison";

    public string Name => name;

    public string Repository { get; init; } = Path.Combine(work, "repository-" + name);

    public string Target { get; } = Path.Combine(work, "restored-" + name);

    /// <summary>An empty repository that each of its own begins as: what it costs to open is decided when it is made.</summary>
    public string Empty { get; init; } = Path.Combine(work, "empty-" + name);

    public bool HasRepository => Directory.Exists(Repository);

    /// <summary>Whether it restores into files that are there already.</summary>
    public virtual bool CanRestoreInPlace => true;

    /// <summary>What it remembers of repositories outside of them.</summary>
    protected string Cache { get; } = Path.Combine(work, "cache-" + name);

    /// <summary>Where a repository is kept that many runs begin from.</summary>
    protected string Kept { get; } = Path.Combine(work, "kept-" + name);

    /// <summary>What it is told by its environment, so that it finds its folders and never asks.</summary>
    protected abstract IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>The bytes of the password of all repositories here.</summary>
    public static ReadOnlyMemory<byte> PasswordBytes => System.Text.Encoding.UTF8.GetBytes(Password);

    /// <summary>A program that is driven as the name of its file says.</summary>
    public static Contender Of(string program, string work)
    {
        string name = Path.GetFileName(program);
        return name.StartsWith("borg", StringComparison.Ordinal)
            ? new BorgContender(name, program, work)
            : new ResticContender(name, program, work);
    }

    /// <summary>Makes the empty repository.</summary>
    public void MakeEmpty()
    {
        Directory.CreateDirectory(work);
        Folders.Remove(Empty);
        Initialize();
        Directory.Move(Repository, Empty);
    }

    public void NewRepository()
    {
        Clear();
        Folders.Copy(Empty, Repository, mayLink: false);
    }

    /// <summary>Saves a folder in a new snapshot.</summary>
    public abstract Cost Save(string folder);

    /// <summary>Restores the newest snapshot, so that a folder lies at its whole path below the target.</summary>
    public abstract Cost Restore();

    /// <summary>Checks the repository and reads all of it.</summary>
    public abstract Cost Check();

    /// <summary>Lists the snapshots.</summary>
    public abstract Cost List();

    /// <summary>Forgets all snapshots but the newest, and gives back the room that only they took.</summary>
    public abstract Cost Thin(int keep);

    /// <summary>Keeps the repository as it is now.</summary>
    public virtual void Keep() => Folders.Copy(Repository, Kept, mayLink: true);

    /// <summary>Puts back what was kept. Files of a repository are replaced or removed, never written into: links are as good as copies.</summary>
    public virtual void Reset() => Folders.Copy(Kept, Repository, mayLink: true);

    public void Clear()
    {
        foreach (string folder in (string[])[Repository, Cache, Target, Kept])
        {
            Folders.Remove(folder);
        }
    }

    public long RepositoryBytes() => Folders.BytesIn(Repository);

    /// <summary>Makes a repository.</summary>
    protected abstract void Initialize();

    /// <summary>Runs the program in a folder, where it matters in which, and measures the whole process.</summary>
    protected Cost Measure(string[] command, string? inFolder = null)
    {
        string costs = Path.Combine(work, "costs");
        long started = Stopwatch.GetTimestamp();
        Commands.Must("/usr/bin/time", ["-f", "%U %S %M", "-o", costs, program, .. command], Variables, inFolder);
        double wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double[] numbers = [.. File.ReadAllText(costs).Split().Where(static word => word.Length > 0).Select(double.Parse)];
        return new Cost(wall, numbers[0] + numbers[1], numbers[2] / 1024);
    }
}
