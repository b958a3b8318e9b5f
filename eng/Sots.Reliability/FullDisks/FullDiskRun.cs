using System.Globalization;
using Sots.Reliability.Processes;

namespace Sots.Reliability.FullDisks;

/// <summary>The cases of a full disk. Each makes what it needs anew.</summary>
internal sealed class FullDiskRun(TrialSettings settings, TrialResult result)
{
    /// <summary>The figure of the trial.</summary>
    public const string Sizes = "sizes of full disks";

    /// <summary>Enough that packs are written in pieces.</summary>
    private const int LargestFile = 400_000;

    private const long Plenty = 64L << 20, Page = 4096;
    private static readonly string[] Push = ["push", "--pack-size", "4"], Prune = ["forget-prune", "--keep-last", "1", "--max-unused", "0", "--remove-protected"];
    private readonly Random _random = new(settings.Seed);
    private int _case;

    /// <summary>The very first run, from no room at all to enough.</summary>
    public void FirstFull(int sizes)
    {
        long needed = Measure();
        for (int i = 0; i < sizes; i++)
        {
            long size = Math.Max(Page, needed * i / sizes / Page * Page);
            using Case at = new(this, SmallDisk.InMemory(NewFolder(), size));
            at.Backup.Project.Create();
            at.Hurt("first full", ["full"], canBeOpened: false);
            at.Disk.Resize(Plenty);
            at.Complete(["full"]);
        }
    }

    /// <summary>The same with room for bytes but not for names.</summary>
    public void FirstFullByInodes(int sizes)
    {
        for (int i = 0; i < sizes; i++)
        {
            using Case at = new(this, SmallDisk.InMemory(NewFolder(), Plenty, inodes: 2 + (i * 330 / sizes)));
            at.Backup.Project.Create();
            at.Hurt("first full, names", ["full"], canBeOpened: false);
            at.Disk.Resize(Plenty);
            at.Complete(["full"]);
        }
    }

    /// <summary>A repository that is in use: saving more, and making room.</summary>
    public async Task PushAndPruneAsync(int sizes)
    {
        for (int i = 0; i < sizes; i++)
        {
            using Case at = new(this, SmallDisk.InMemory(NewFolder(), Plenty));
            await at.SaveSomeAsync();
            long used = at.Disk.UsedBytes;
            at.Disk.Resize(used + (i * i * 4 * Page));
            at.Hurt("push", Push, canBeOpened: true);

            // The disk is as full as it was. To have nothing left at all a prune has to work with what it can remove.
            at.Hurt("forget-prune", Prune, canBeOpened: true, mayRemove: true);
            at.Disk.Resize(Plenty);
            at.Complete(Prune);
            at.Complete(Push);
        }
    }

    /// <summary>Where a restore goes to.</summary>
    public async Task RestoreAsync(int sizes)
    {
        for (int i = 0; i < sizes; i++)
        {
            using Case at = new(this, SmallDisk.InMemory(NewFolder(), Plenty));
            await at.SaveSomeAsync();
            using SmallDisk target = SmallDisk.InMemory(NewFolder(), Math.Max(Page, at.Backup.Project.Contents().Paths.Count * 100_000L * i / sizes / Page * Page));
            string[] restore = ["restore-latest", "--target", Path.Combine(target.Folder, "out")];
            ListedSnapshot newest = at.Backup.List()[^1];
            Ended ended = at.Backup.Ours.Run(at.Backup.Words(restore)).Expect(0, 1);
            if (ended.Code == 1)
            {
                SaysThatItIsFull(ended);
                FolderContents got = FolderContents.Of(Path.Combine(target.Folder, "out")), expected = at.Backup.Expected(newest.Id);
                if (got.Paths.FirstOrDefault(path => !got.HasSame(path, expected)) is { } half)
                {
                    throw ended.Broken($"{half} was left half done");
                }

                result.Add("restores refused for want of room");
            }

            Count("restore");
            target.Resize(Plenty);
            at.Backup.Succeed(restore);
            at.Backup.MustBe(newest.Id, Path.Combine(target.Folder, "out"));
        }
    }

    /// <summary>Logs and temporary files are no reason not to save.</summary>
    public async Task LogsAndTemporaryFilesAsync()
    {
        foreach (int inodes in (int[])[1, 100])
        {
            using Case at = new(this, SmallDisk.InMemory(NewFolder(), Plenty));
            await at.SaveSomeAsync();
            using SmallDisk full = SmallDisk.InMemory(NewFolder(), Page, inodes);
            if (inodes > 1)
            {
                File.WriteAllBytes(Path.Combine(full.Folder, "filler"), new byte[Page]);
            }

            at.Backup.Project.Change();
            Ended logged = at.Backup.Ours.Run(at.Backup.Words([.. Push, "--log-folder", Path.Combine(full.Folder, "logs")])).Expect(0);
            if (!logged.Error.Contains("warning:", StringComparison.Ordinal))
            {
                throw logged.Broken("nobody was told that there is no log");
            }

            Count("logs");
            at.Backup.Project.Change();
            (at.Backup.Ours.With("TMPDIR", full.Folder)).Run(at.Backup.Words(Push)).Expect(0);
            Count("temporary files");
            at.Backup.Remember([at.Backup.List()[^1]]);
            at.Backup.MustHold(at.Backup.List()[^1].Id);
        }
    }

    /// <summary>A real file system with blocks, a journal and delayed allocation.</summary>
    public async Task OnExt4Async(int sizes)
    {
        for (int i = 0; i < sizes; i++)
        {
            string folder = NewFolder();
            using Case at = new(this, SmallDisk.OnImage(folder, folder + ".image", "ext4", 32L << 20));
            await at.SaveSomeAsync();
            string filler = Path.Combine(at.Disk.Folder, "filler");
            Fill(filler, leaves: i * 90_000L, at.Disk);
            at.Hurt("push on ext4", Push, canBeOpened: true);
            at.Hurt("forget-prune on ext4", Prune, canBeOpened: true, mayRemove: true);
            File.Delete(filler);
            at.Complete(Prune);
            at.Complete(Push);
        }
    }

    /// <summary>ext4 on an image that lies on a full file system: every write succeeds, and the flush fails.</summary>
    public async Task FailingAtTheFlushAsync(int sizes)
    {
        for (int i = 0; i < sizes; i++)
        {
            using SmallDisk below = SmallDisk.InMemory(NewFolder(), Plenty);
            using Case at = new(this, SmallDisk.OnImage(NewFolder(), Path.Combine(below.Folder, "image"), "ext4", 48L << 20));
            await at.SaveSomeAsync();
            List<ListedSnapshot> before = at.Backup.List();
            at.Disk.ComeBack();
            below.Resize(below.UsedBytes + (i * 200_000L / Page * Page));
            at.Backup.Project.Change(share: 0.9);
            Ended ended = at.Backup.Ours.Run(at.Backup.Words(Push)).Expect(0, 1);
            FolderContents saved = at.Backup.Project.Contents();
            Count("push, failing at the flush");
            result.Add(ended.Code == 1 ? "refused for want of room" : "had room enough");

            // The journal may be broken: mounting anew is what a user has to do as well, after having made room.
            below.Resize(Plenty);
            at.Disk.ComeBack();
            List<ListedSnapshot> after = at.Backup.List();
            if (before.Find(snapshot => after.All(other => other.Id != snapshot.Id)) is { } gone)
            {
                throw ended.Broken($"snapshot {gone.Id} is gone");
            }

            if ((ended.Code == 0) != (after.Count > before.Count))
            {
                throw ended.Broken("what it said of its snapshot is not so");
            }

            foreach (ListedSnapshot made in after.Skip(before.Count))
            {
                at.Backup.Remember(made.Id, saved);
            }

            after.ForEach(snapshot => at.Backup.MustHold(snapshot.Id));
            at.Complete(Push);
        }
    }

    /// <summary>How much a first run takes.</summary>
    private long Measure()
    {
        using Case at = new(this, SmallDisk.InMemory(NewFolder(), Plenty));
        at.Backup.Project.Create();
        at.Backup.Succeed("full");
        return at.Disk.UsedBytes;
    }

    private static void Fill(string path, long leaves, SmallDisk disk)
    {
        using FileStream file = File.Create(path);
        byte[] piece = new byte[Page];
        try
        {
            while (disk.FreeBytes > leaves)
            {
                file.Write(piece);
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            // Full is what it should be.
        }
    }

    private static void SaysThatItIsFull(Ended ended)
    {
        if (!ended.Error.Contains("No space left", StringComparison.OrdinalIgnoreCase))
        {
            throw ended.Broken("it was not said that the disk is full");
        }
    }

    private void Count(string figure)
    {
        result.Add(Sizes);
        result.Add($"{Sizes}, {figure}");
    }

    private string NewFolder() => Path.Combine(settings.Work, string.Create(CultureInfo.InvariantCulture, $"disk{_case++}"));

    /// <summary>A project whose backup lies on a small disk.</summary>
    private sealed class Case : IDisposable
    {
        private readonly FullDiskRun _run;
        private readonly string _place;

        public Case(FullDiskRun run, SmallDisk disk)
        {
            (_run, Disk) = (run, disk);
            _place = disk.Folder + "-place";
            Directory.CreateDirectory(_place);
            Backup = new ProjectBackup(
                new Executable(run.Settings.Program!), run.Settings.Restic is { } restic ? new Executable(restic) : null,
                new ChangingProject(Path.Combine(_place, "Trial"), run._random, files: 12, largest: LargestFile), Path.Combine(disk.Folder, "Backup"), _place, run.Result);
        }

        public SmallDisk Disk { get; }

        public ProjectBackup Backup { get; }

        /// <summary>Three states, each saved.</summary>
        public async Task SaveSomeAsync()
        {
            Backup.Project.Create();
            await Backup.CreateAsync();
            for (int i = 0; i < 3; i++)
            {
                Backup.Succeed(Push);
                Backup.Remember(Backup.List());
                Backup.Project.Change(share: 0.5);
            }
        }

        /// <summary>A command on the full disk: it succeeds, or says that the disk is full, and nothing of it is to be seen.</summary>
        public void Hurt(string figure, string[] verb, bool canBeOpened, bool mayRemove = false)
        {
            List<ListedSnapshot> before = canBeOpened ? Backup.List() : [];
            Ended ended = Backup.Ours.Run(Backup.Words(verb)).Expect(0, 1);
            _run.Count(figure);
            if (ended.Code == 0)
            {
                _run.Result.Add("had room enough");
            }
            else
            {
                _run.Result.Add("refused for want of room");
                SaysThatItIsFull(ended);
            }

            if (ended.Code == 0 || canBeOpened)
            {
                List<ListedSnapshot> after = Backup.List();
                if (ended.Code != 0 && !mayRemove && after.Count != before.Count)
                {
                    throw ended.Broken($"{after.Count} snapshots where {before.Count} are right");
                }

                Backup.Remember(after);
                Backup.MustBeClean(readData: true);
                Backup.MustHold(after[^1].Id);
            }
        }

        /// <summary>There is room again: the same command.</summary>
        public void Complete(string[] verb)
        {
            Backup.Succeed(verb);
            Backup.Remember(Backup.List());
            Backup.MustBeClean(readData: true);
            Backup.ResticMustAgree();
            Backup.List().ForEach(snapshot => Backup.MustHold(snapshot.Id));
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            ProjectBackup.Discard(_place);
            Disk.Dispose();
        }
    }

    private TrialSettings Settings => settings;

    private TrialResult Result => result;
}
