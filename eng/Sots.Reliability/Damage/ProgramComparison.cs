using System.Diagnostics;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Reliability.Damage;

/// <summary>
/// Runs the published program on a damaged repository on the disk, and real restic beside it: both check and restore. Ours must end with a
/// code that is documented, within a minute, without a stack trace; find what restic finds; and give every file that restic gives rightly.
/// </summary>
internal sealed class ProgramComparison(string program, string? restic, string work, DamageScene scene, TrialResult result)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Restic tries some things again for minutes; what it would say after that does not matter here.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly int[] Codes = [0, 1, 3, 10, 11, 12];

    /// <summary>Compares with one injury.</summary>
    public async Task RunAsync(Injury injury)
    {
        using AlteredBackend backend = new(scene.Files, injury.Altered);
        await CompareAsync([.. backend.Files], static _ => { }, $"{injury.File}: {injury.How}", isHidden: injury.Trace == Trace.None || injury.File.Type == FileType.Lock);
    }

    /// <summary>Compares with something else in the place of a file: a folder, a pipe, a link that leads nowhere.</summary>
    public async Task RunMisplacedAsync(FileHandle file)
    {
        (string How, Action<string> Put)[] ways =
        [
            ("a folder", static path => Directory.CreateDirectory(path)),
            ("a link that leads nowhere", static path => File.CreateSymbolicLink(path, "nowhere")),
            ("a pipe", static path =>
            {
                using Process process = Process.Start("mkfifo", [path]);
                process.WaitForExit();
            }),
        ];
        foreach ((string how, Action<string> put) in ways)
        {
            // Real restic waits for ever for somebody to write into a pipe, and for a quarter of an hour for a folder to become a file.
            KeyValuePair<FileHandle, byte[]>[] files = [.. scene.Files.Where(other => other.Key != file)];
            await CompareAsync(files, folder => put(PlaceOf(folder, file)), $"{file}: {how} in its place", isHidden: false, withRestic: how == "a link that leads nowhere");
        }
    }

    /// <summary>Where a file would be; its folder is made, for it may have been the only one in there.</summary>
    private static string PlaceOf(string folder, FileHandle file)
    {
        string path = Path.Combine(folder, file.ToString());
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    private async Task CompareAsync(
        IReadOnlyCollection<KeyValuePair<FileHandle, byte[]>> files, Action<string> finish, string what, bool isHidden, bool withRestic = true)
    {
        string folder = Path.Combine(work, "repository");
        string ourTarget = Path.Combine(work, "ours");
        string theirTarget = Path.Combine(work, "theirs");
        foreach (string old in (string[])[folder, ourTarget, theirTarget])
        {
            if (Directory.Exists(old))
            {
                Directory.Delete(old, recursive: true);
            }
        }

        foreach ((FileHandle file, byte[] content) in files)
        {
            string path = Path.Combine(folder, file.ToString());
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, content);
        }

        foreach (FileType type in Enum.GetValues<FileType>().Where(type => type != FileType.Config))
        {
            Directory.CreateDirectory(Path.Combine(folder, RepositoryLayout.FolderOf(type)));
        }

        finish(folder);
        ResticRun ourCheck = Run(program, folder, what, "check", "--read-data", "--no-lock");
        ResticRun ourRestore = Run(program, folder, what, "restore", "latest", "--no-lock", "--target", ourTarget);
        Run(program, folder, what, "snapshots", "--no-lock");
        Dictionary<string, byte[]> all = scene.Contents.Values.Last();
        HashSet<string> ours = RightFiles(ourTarget);
        DamageLaws.Require(ours.Count == all.Count || ourRestore.ExitCode != 0 || isHidden, $"{what}: {all.Count - ours.Count} files are not restored, with exit code 0");
        DamageLaws.Require(WrongFiles(ourTarget).Length == 0, $"{what}: restored with wrong content: {string.Join(' ', WrongFiles(ourTarget))}");
        result.Add("runs of the program on damaged repositories", 3);
        if (restic is null || !withRestic)
        {
            return;
        }

        ResticRun theirCheck = Run(restic, folder, what, "--no-cache", "check", "--read-data", "--no-lock");
        Run(restic, folder, what, "--no-cache", "restore", "latest", "--no-lock", "--target", theirTarget);
        HashSet<string> theirs = RightFiles(theirTarget);
        DamageLaws.Require(theirCheck.ExitCode == 0 || ourCheck.ExitCode != 0, $"{what}: restic finds it, we do not: {theirCheck.Errors}");
        DamageLaws.Require(theirs.IsSubsetOf(ours), $"{what}: restic restores {string.Join(' ', theirs.Except(ours))}, we do not: {ourRestore.Errors}");
        result.Add("comparisons with restic");
        result.Add("of them with more files restored than by restic", ours.Count > theirs.Count ? 1 : 0);
        result.Add("of them found by us alone", ourCheck.ExitCode != 0 && theirCheck.ExitCode == 0 ? 1 : 0);
    }

    private ResticRun Run(string executable, string folder, string what, params string[] arguments)
    {
        ProcessStartInfo start = new(executable, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = work };
        start.Environment["RESTIC_REPOSITORY"] = folder;
        start.Environment["RESTIC_PASSWORD"] = SmallRepository.Password;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        ResticRun run;
        try
        {
            run = ResticProgram.Finish(process, executable == program ? Limit : Patience);
        }
        catch (TimeoutException e) when (executable == program)
        {
            throw new BrokenPromiseException($"{what}: {e.Message}");
        }
        catch (TimeoutException)
        {
            result.Add("runs of restic that did not end in ten seconds");
            return new ResticRun(-1, "", "it did not end");
        }

        if (executable == program)
        {
            string said = run.Output + run.Errors;
            DamageLaws.Require(Codes.Contains(run.ExitCode), $"{what}: {arguments[0]} ends with {run.ExitCode}: {said}");
            DamageLaws.Require(
                !said.Contains("   at ", StringComparison.Ordinal) && !said.Contains("this is a bug", StringComparison.Ordinal), $"{what}: {arguments[0]} says {said}");
        }

        return run;
    }

    /// <summary>Files that are as in one of the snapshots: which is the newest may have changed.</summary>
    private HashSet<string> RightFiles(string target) =>
        [.. Names(target).Where(name => IsRight(target, name))];

    private string[] WrongFiles(string target) => [.. Names(target).Where(name => !IsRight(target, name))];

    private bool IsRight(string target, string name) => scene.Contents.Values.Any(
        contents => contents.TryGetValue(name, out byte[]? content) && File.ReadAllBytes(target + name).AsSpan().SequenceEqual(content));

    private static IEnumerable<string> Names(string target) => Directory.Exists(target)
        ? Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories).Select(path => "/" + Path.GetRelativePath(target, path))
        : [];
}
