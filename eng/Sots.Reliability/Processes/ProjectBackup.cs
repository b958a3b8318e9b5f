using System.Text;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;

namespace Sots.Reliability.Processes;

/// <summary>A snapshot as the program lists it.</summary>
internal sealed record ListedSnapshot(string Id, IReadOnlyList<string> Tags);

/// <summary>
/// A project with its backup, and what each of its snapshots has to hold: the oracle of all trials with processes.
/// </summary>
/// <param name="ours">The program; runs in the project's folder.</param>
/// <param name="restic">The real restic, or null.</param>
/// <param name="project">The project.</param>
/// <param name="root">Folder of the backup.</param>
/// <param name="scratch">A folder for restores.</param>
/// <param name="result">Counts.</param>
internal sealed class ProjectBackup(Executable ours, Executable? restic, ChangingProject project, string root, string scratch, TrialResult result)
{
    private const string PasswordName = ".restic_pass.txt";
    private const int ByProgramEvery = 8;
    private static readonly string[] ProjectVerbs = ["init", "full", "push", "forget-prune", "restore-latest", "restore-undo", "status"];

    private readonly Dictionary<string, FolderContents> _saved = new(StringComparer.Ordinal);
    private int _restored;
    private readonly Executable _ours = ours with { Folder = project.Folder };

    /// <summary>The project.</summary>
    public ChangingProject Project => project;

    /// <summary>What the project held before the command that is looked after.</summary>
    public FolderContents Work { get; set; } = FolderContents.Of("");

    /// <summary>Folder of the backup.</summary>
    public string Root => root;

    /// <summary>Folder of the repository.</summary>
    public string Repository => Path.Combine(root, "repo");

    /// <summary>The program, in the project's folder.</summary>
    public Executable Ours => _ours;

    /// <summary>Makes password and repository, with a key that opens at once: the trials open it thousands of times.</summary>
    public async Task CreateAsync()
    {
        const string Word = "only-for-trials";
        Directory.CreateDirectory(root);
        string password = Path.Combine(root, PasswordName);
        File.WriteAllText(password, Word + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(password, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        using LocalBackend backend = new(Repository);
        CreateOptions options = new() { Scrypt = new ScryptParameters(16, 1, 1), Hostname = "trial" };
        using OpenRepository made = await Sots.Restic.Repository.CreateAsync(backend, Encoding.UTF8.GetBytes(Word), options, CancellationToken.None);
    }

    /// <summary>A command of the program, with the place of this backup: a project's in its own words, restic's in restic's.</summary>
    public string[] Words(params string[] words) => ProjectVerbs.Contains(words[0])
        ? [.. words, "--backup-root", root]
        : [.. words, "-r", Repository, "-p", Path.Combine(root, PasswordName)];

    /// <summary>Runs the program; it has to succeed.</summary>
    public Ended Succeed(params string[] words) => _ours.Run(Words(words)).Expect(0);

    /// <summary>What is saved, oldest first.</summary>
    public List<ListedSnapshot> List()
    {
        using RepositoryReading reading = Open();
        return reading.List();
    }

    /// <summary>What the snapshot has to hold is what the project holds now, unless it is known already.</summary>
    public void Remember(IEnumerable<ListedSnapshot> snapshots)
    {
        FolderContents? now = null;
        foreach (ListedSnapshot snapshot in snapshots.Where(snapshot => !_saved.ContainsKey(snapshot.Id)))
        {
            _saved[snapshot.Id] = now ??= project.Contents();
        }
    }

    /// <summary>Sets what a snapshot has to hold.</summary>
    public void Remember(string id, FolderContents contents) => _saved[id] = contents;

    /// <summary>What a snapshot has to hold.</summary>
    public FolderContents Expected(string id) => _saved[id];

    /// <summary>Whether it is known what a snapshot has to hold.</summary>
    public bool Knows(string id) => _saved.ContainsKey(id);

    /// <summary>Restores a snapshot and compares every file.</summary>
    /// <exception cref="BrokenPromiseException">It is not what was saved.</exception>
    public void MustHold(string id)
    {
        string target = Restored(id);
        MustBe(id, target);
        Discard(target);
    }

    /// <summary>Restores a snapshot of which it was said that something is missing: what it has is exact, and what it has not was named.</summary>
    /// <exception cref="BrokenPromiseException">Something else is missing, or wrong.</exception>
    public void MustHoldExactOrNamed(string id, FolderContents expected, Ended told)
    {
        string target = Restored(id);
        FolderContents got = FolderContents.Of(target);
        foreach (string path in expected.Paths.Union(got.Paths).Where(path => !got.HasSame(path, expected)))
        {
            string? named = path;
            while (!string.IsNullOrEmpty(named) && !told.Error.Contains(named, StringComparison.Ordinal))
            {
                named = Path.GetDirectoryName(named);
            }

            if (string.IsNullOrEmpty(named) || got.Paths.Contains(path))
            {
                throw told.Broken($"snapshot {id}: {path} is not what was saved, and nobody said so");
            }
        }

        Discard(target);
    }

    /// <summary>Each file of the project is what it was, or what it was to be; only one that was to come or to go may be away.</summary>
    public void EveryFileIsOldOrNew(FolderContents old, FolderContents @new, Ended hurt)
    {
        FolderContents now = project.Contents();
        foreach (string path in old.Paths.Union(@new.Paths))
        {
            bool isWhole = now.HasSame(path, old) || now.HasSame(path, @new);
            bool mayBeAway = !now.Paths.Contains(path) && (!old.Paths.Contains(path) || !@new.Paths.Contains(path));
            if (!isWhole && !mayBeAway)
            {
                throw hurt.Broken($"{path} is neither what it was nor what it was to be");
            }
        }
    }

    /// <summary>A folder has to be what the snapshot holds, and nothing else.</summary>
    public void MustBe(string id, string folder)
    {
        if (_saved[id].DifferenceTo(FolderContents.Of(folder)) is { } difference)
        {
            throw new BrokenPromiseException($"snapshot {id} restored to {folder} is not what was saved: {difference}");
        }
    }

    /// <summary>Our own check has to find no error.</summary>
    public void MustBeClean(bool readData = false)
    {
        using RepositoryReading reading = Open();
        reading.Check(readData);
        result.Add("checks without an error");
    }

    /// <summary>The second opinion, where there is one: reads every byte.</summary>
    public void ResticMustAgree()
    {
        if (restic is null)
        {
            return;
        }

        restic.Run("-r", Repository, "-p", Path.Combine(root, PasswordName), "--no-cache", "--no-lock", "check", "--read-data").Expect(0);
        result.Add("checks by restic, every byte read");
    }

    /// <summary>A restore of the project's folder beside everything; now and then by the program itself.</summary>
    private string Restored(string id)
    {
        string target = Path.Combine(scratch, "compared");
        Discard(target);
        if (_restored++ % ByProgramEvery == 0)
        {
            Succeed("restore", $"{id}:{project.Folder}", "--target", target, "--no-lock");
        }
        else
        {
            using RepositoryReading reading = Open();
            reading.Restore(id, project.Folder, target);
        }

        result.Add("restores compared byte by byte");
        return target;
    }

    private RepositoryReading Open() => RepositoryReading.Open(Repository, Path.Combine(root, PasswordName));

    /// <summary>Removes a folder with everything in it.</summary>
    public static void Discard(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
