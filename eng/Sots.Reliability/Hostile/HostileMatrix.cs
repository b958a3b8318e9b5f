using System.Diagnostics;
using System.Text;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Chunking;
using Sots.Restic.Crypto;
using Sots.Testing.Hostile;

namespace Sots.Reliability.Hostile;

/// <summary>
/// Runs commands on hostile repositories and looks after each whether a promise broke: nothing outside the target was touched, time and
/// memory are bounded, the code is a documented one, and what is said is a message that people can read. Linux.
/// </summary>
/// <param name="work">A folder for everything.</param>
/// <param name="program">The program.</param>
/// <param name="result">Where cases and runs are counted.</param>
internal sealed class HostileMatrix(string work, IProgramUnderTest program, TrialResult result)
{
    /// <summary>What every case may take beyond what the program takes for nothing.</summary>
    public const long MemoryBytes = 300L << 20;

    private const string Password = "a password that the attacker knows";
    private static readonly int[] Codes = [0, 1, 3, 10, 11, 12];

    private readonly List<string> _broken = [];
    private long _baseline;

    /// <summary>How much work of processors a command may be.</summary>
    private static readonly TimeSpan WorkLimit = TimeSpan.FromSeconds(10);

    /// <summary>How long a command may take. Longer than its work, for the machine may have other things to do.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most work that any command was, and which.</summary>
    public (TimeSpan Time, string Run) Longest { get; private set; }

    /// <summary>The most memory that any run took beyond the baseline, and which run.</summary>
    public (long Bytes, string Run) Peak { get; private set; }

    /// <summary>The same among cases that are at the limits of the format on purpose.</summary>
    public (long Bytes, string Run) LargePeak { get; private set; }

    /// <summary>Promises that broke.</summary>
    public IReadOnlyList<string> Broken => _broken;

    private string Project => Path.Combine(work, "project");

    private string Outside => Path.Combine(work, "outside");

    private string Canary => Path.Combine(Outside, "canary");

    private string Target => Path.Combine(work, "target");

    private string Logs => Path.Combine(work, "logs");

    private string Template => Path.Combine(work, "template");

    private string Repository => Path.Combine(work, "repository");

    private string PasswordFile => Path.Combine(work, "password");

    /// <summary>Makes what all cases share.</summary>
    public async Task PrepareAsync()
    {
        Directory.CreateDirectory(Outside);
        Directory.CreateDirectory(Logs);
        await File.WriteAllTextAsync(Canary, "sings");
        File.SetLastWriteTimeUtc(Canary, DateTime.UnixEpoch);
        await File.WriteAllTextAsync(PasswordFile, Password);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(PasswordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        ResetProject();
        _baseline = (await program.RunAsync(Project, ["version"], Limit)).PeakBytes;
    }

    /// <summary>Runs commands on a case.</summary>
    public async Task RunAsync(HostileCase hostile, IEnumerable<HostileVerb> verbs)
    {
        await MakeAsync(hostile);
        result.Add("hostile repositories");
        bool isFresh = false;
        foreach (HostileVerb verb in verbs)
        {
            if (!isFresh || verb.Changes)
            {
                Remove(Repository);
                await CopyAsync(Template, Repository);
            }

            isFresh = !verb.Changes;
            Remove(Target);
            if (verb.Planted)
            {
                Plant();
            }

            if (verb.Words.Contains("in-place", StringComparison.Ordinal))
            {
                ResetProject();
            }

            string[] words =
            [
                .. verb.Words.Split(' ').SelectMany(word => word switch { "TARGET" => [Target], "PACKS" => Packs(), _ => new[] { word } }),
                "--repo", Repository, "--password-file", PasswordFile, "--log-folder", Logs,
            ];
            ProgramAnswer answer = await program.RunAsync(Project, words, Limit);
            result.Add("commands run on them");
            Judge(hostile, verb, answer);
        }

        JudgeLogs(hostile);
        Remove(Target);
        Remove(Repository);
        Remove(Template);
    }

    /// <summary>Removes everything, also what lies too deep for the runtime.</summary>
    public void Clean() => Remove(work);

    private async Task MakeAsync(HostileCase hostile)
    {
        Remove(Template);
        using LocalBackend backend = new(Template);
        Directory.CreateDirectory(Template);
        CreateOptions options = new() { Scrypt = new ScryptParameters(16, 1, 1), Polynomial = new ChunkerPolynomial(0x276199fa28ac11), Hostname = "host", Username = "user" };
        using OpenRepository repository = await Restic.Repository.CreateAsync(backend, Encoding.UTF8.GetBytes(Password), options, CancellationToken.None);
        HostileForge forge = new(repository, Template, Project, System.Net.Dns.GetHostName()) { Canary = Canary };
        await forge.SnapshotAsync(forge.File("good", "good", "\"links\":1,"));
        await hostile.Make(forge);
    }

    private void Judge(HostileCase hostile, HostileVerb verb, ProgramAnswer answer)
    {
        string run = $"{hostile.Name}: {verb.Words}";
        string said = $"\n    code {answer.Code}, {Begin(answer.Error)}{Begin(answer.Out)}";
        if (answer.Code is null)
        {
            Break($"{run}: did not end in {Limit.TotalSeconds:N0} s{said}");
        }
        else if (!Codes.Contains(answer.Code.Value))
        {
            Break($"{run}: ended with {answer.Code}{said}");
        }
        else
        {
            JudgeCode(hostile, verb, answer.Code.Value, run, said, answer);
        }

        string all = answer.Out + answer.Error;
        if (answer.Code is not (null or 0) && all.Length == 0)
        {
            Break($"{run}: failed without a word{said}");
        }

        if (all.Contains("this is a bug", StringComparison.Ordinal) || all.Contains("Unhandled", StringComparison.Ordinal) || all.Contains("\n   at ", StringComparison.Ordinal))
        {
            Break($"{run}: an exception reached the user{said}");
        }

        if (all.Any(c => IsHarmful(c, verb.Words.Contains("--json", StringComparison.Ordinal))))
        {
            Break($"{run}: prints control characters{said}");
        }

        Longest = answer.Worked > Longest.Time ? (answer.Worked, run) : Longest;
        if (answer.Worked > WorkLimit)
        {
            Break($"{run}: worked for {answer.Worked.TotalSeconds:N1} s");
        }

        JudgeMemory(hostile, answer.PeakBytes, run);
        JudgeOutside(run);
    }

    private void JudgeCode(HostileCase hostile, HostileVerb verb, int code, string run, string said, ProgramAnswer answer)
    {
        bool? succeeds = (hostile.Opens, verb.Law) switch
        {
            (false, HostileLaw.Checks or HostileLaw.ChecksData) => false,
            (false, _) => verb.Words.StartsWith("push", StringComparison.Ordinal) ? false : null,
            (_, HostileLaw.Checks or HostileLaw.ChecksData) when hostile.Check == CheckVerdict.Any => null,
            (_, HostileLaw.Checks) => hostile.Check != CheckVerdict.Fails,
            (_, HostileLaw.ChecksData) => hostile.Check == CheckVerdict.Clean,
            (_, HostileLaw.Restores) => hostile.Restores,
            _ => null,
        };
        if (succeeds is { } wanted && wanted != (code == 0))
        {
            Break($"{run}: ended with {code}{said}");
        }

        if (verb.Law is HostileLaw.Checks or HostileLaw.ChecksData && hostile.Named is { } name && !answer.Error.Contains(name, StringComparison.Ordinal))
        {
            Break($"{run}: does not name {name}{said}");
        }
    }

    private void JudgeMemory(HostileCase hostile, long peak, string run)
    {
        long taken = peak - _baseline;
        if (hostile.ExtraMiB == 0)
        {
            Peak = taken > Peak.Bytes ? (taken, run) : Peak;
        }
        else
        {
            LargePeak = taken > LargePeak.Bytes ? (taken, run) : LargePeak;
        }

        if (taken > MemoryBytes + ((long)hostile.ExtraMiB << 20))
        {
            Break($"{run}: took {taken >> 20} MiB");
        }
    }

    private void JudgeOutside(string run)
    {
        string[] there = [.. Directory.GetFileSystemEntries(Outside, "*", SearchOption.AllDirectories)];
        if (there is not [var only] || only != Canary || File.ReadAllText(Canary) != "sings" || File.GetLastWriteTimeUtc(Canary) != DateTime.UnixEpoch)
        {
            Break($"{run}: the outside was touched: {string.Join(' ', there)}");
            Remove(Outside);
            Directory.CreateDirectory(Outside);
            File.WriteAllText(Canary, "sings");
            File.SetLastWriteTimeUtc(Canary, DateTime.UnixEpoch);
        }

        string[] known = [Project, Outside, Target, Logs, Template, Repository, PasswordFile];
        foreach (string stray in Directory.GetFileSystemEntries(work).Except(known))
        {
            Break($"{run}: made {stray}");
            Remove(stray);
        }

        result.Add("looks at the outside");
    }

    private void JudgeLogs(HostileCase hostile)
    {
        foreach (string log in Directory.GetFiles(Logs))
        {
            if (File.ReadAllText(log).Any(c => IsHarmful(c, isJson: log.EndsWith(".jsonl", StringComparison.Ordinal))))
            {
                Break($"{hostile.Name}: control characters in {Path.GetFileName(log)}");
            }

            File.Delete(log);
        }
    }

    private static bool IsHarmful(char c, bool isJson) =>
        (char.IsControl(c) && c != '\n') || (!isJson && c is '\u061c' or (>= '\u200e' and <= '\u200f') or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));

    /// <summary>The names of packs, as many as fit into a command.</summary>
    private string[] Packs()
    {
        DirectoryInfo data = new(Path.Combine(Repository, "data"));
        EnumerationOptions twoLevels = new() { RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return data.Exists ? [.. data.EnumerateFiles("*", twoLevels).Select(static file => file.Name).Where(static name => name.Length == 64).Take(1000)] : [];
    }

    /// <summary>Links to the outside under every name that a case uses, and in place of the first folder of the path.</summary>
    private void Plant()
    {
        Directory.CreateDirectory(Target);
        string place = Target;
        foreach (string name in Project.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            place = Path.Combine(place, name);
        }

        Directory.CreateDirectory(place);
        foreach (string name in new[] { "a", "b", "c", "d", "e", "f", "up", "CON", "A" })
        {
            File.CreateSymbolicLink(Path.Combine(place, name), name is "c" or "f" ? Canary : Outside);
        }

        File.CreateSymbolicLink(Path.Combine(place, "good"), Canary);
        File.CreateSymbolicLink(Path.Combine(place, "new"), Path.Combine(Outside, "new"));
        File.CreateSymbolicLink(Path.Combine(Target, "surplus"), Outside);
    }

    private void ResetProject()
    {
        Remove(Project);
        Directory.CreateDirectory(Path.Combine(Project, "Content"));
        File.WriteAllText(Path.Combine(Project, "Game.uproject"), "{}");
        Sots.Testing.Unreal.TestPackage.WriteText(Path.Combine(Project, "Content", "a.uasset"), "asset");
        File.CreateSymbolicLink(Path.Combine(Project, "a"), Outside);
        File.CreateSymbolicLink(Path.Combine(Project, "good"), Canary);
    }

    private static async Task CopyAsync(string from, string to)
    {
        using Process copy = Process.Start(new ProcessStartInfo("cp", ["-a", from, to]))!;
        await copy.WaitForExitAsync();
    }

    /// <summary>The runtime's own removal stumbles over names that are no text and over very deep folders.</summary>
    private static void Remove(string path)
    {
        if (Path.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            using Process remove = Process.Start(new ProcessStartInfo("rm", ["-rf", path]))!;
            remove.WaitForExit();
        }
    }

    private static string Begin(string text) => text.Length == 0 ? "" : "| " + text[..Math.Min(600, text.Length)].ReplaceLineEndings("\n    | ");

    private void Break(string what) => _broken.Add(what);
}
