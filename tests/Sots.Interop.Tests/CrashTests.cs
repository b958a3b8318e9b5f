using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Locking;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Interop.Tests;

/// <summary>A process that is killed leaves a whole repository, and what it stored is used by the next.</summary>
public sealed class CrashTests : IDisposable
{
    private const string FolderVariable = "SOTS_TEST_CRASH_FOLDER";
    private const string SavesVariable = "SOTS_TEST_CRASH_SAVES";
    private const string SavedTypeVariable = "SOTS_TEST_CRASH_TYPE";
    private const int Files = 12, FileLength = 2 << 20, PackLength = 4 << 20;

    private readonly TempFolder _folder = new();

    public CrashTests() => Assert.SkipUnless(OperatingSystem.IsLinux() && ResticBinaries.All, ResticBinaries.Absent);

    public void Dispose() => _folder.Dispose();

    /// <summary>After which save of which kind of file the process dies, and whether anything of it can be found again.</summary>
    [Theory]
    [InlineData(FileType.Pack, 3, false)]
    [InlineData(FileType.Index, 1, true)]
    [InlineData(FileType.Index, 3, true)]
    public async Task Nothing_is_broken_and_what_is_indexed_is_not_stored_again(FileType type, int saves, bool isReused)
    {
        Directory.CreateDirectory(_folder["tree"]);
        for (int i = 0; i < Files; i++)
        {
            await File.WriteAllBytesAsync(_folder["tree", $"{i}"], SplitMix.Bytes((ulong)i, FileLength));
        }

        using Engine engine = await Engine.CreateAsync(_folder["repository"]);

        // Whoever is killed cleans nothing up; what it leaves in its folder for temporary files goes with ours.
        string temporary = Directory.CreateDirectory(_folder["temporary"]).FullName;
        ResticRun killed = ChildProcess.Run(
            $"{GetType().FullName}.{nameof(In_a_process_that_dies)}",
            (FolderVariable, _folder.Path), (SavesVariable, $"{saves}"), (SavedTypeVariable, $"{type}"), ("TMPDIR", temporary));
        Assert.Equal(128 + 9, killed.ExitCode);
        Assert.Empty(await engine.SnapshotsAsync());
        Assert.NotEmpty(Directory.GetFiles(_folder["repository", "data"], "*", SearchOption.AllDirectories));

        // Its lock is still there: restic wants to be asked, we see that nobody holds it.
        ResticProgram restic = new(ResticBinaries.Find("0.19.1")!, engine.Repository, _folder.Path);
        Assert.Single(Directory.GetFiles(_folder["repository", "locks"]));
        Assert.Contains("no errors were found", restic.Succeed("--no-lock", "check", "--read-data"), StringComparison.Ordinal);

        long before = Engine.SizeOf(engine.Repository);
        BackupResult next = await engine.BackupAsync(_folder.Path, "tree");
        Assert.Equal((ulong)Files, next.Summary.FilesNew);
        if (isReused)
        {
            // At least the packs that the first index names.
            Assert.InRange(Engine.SizeOf(engine.Repository) - before, 1, (Files * FileLength) - PackLength);
        }

        restic.Succeed("unlock");
        restic.CheckAllData();
        await engine.RestoreAsync(Assert.Single(await engine.SnapshotsAsync()), _folder["restored"]);
        Assert.Empty(TreeComparison.Differences(_folder["tree"], _folder["restored", "tree"]));

        // What nobody uses is restic's to remove.
        restic.Succeed("prune", "--max-unused", "0");
        restic.CheckAllData();

        // A file that was just being written has a name that is no repository file's; it stays for nobody to read.
        foreach (string unfinished in Directory.GetFiles(engine.Repository, "*-tmp-*", SearchOption.AllDirectories))
        {
            File.Delete(unfinished);
        }

        Assert.InRange(Engine.SizeOf(engine.Repository), Files * FileLength, (Files * FileLength) + (1 << 20));
    }

    [Fact(Explicit = true)]
    public async Task In_a_process_that_dies()
    {
        string folder = ChildProcess.Given(FolderVariable);
        FileType type = Enum.Parse<FileType>(ChildProcess.Given(SavedTypeVariable));
        int saves = int.Parse(ChildProcess.Given(SavesVariable), System.Globalization.CultureInfo.InvariantCulture);
        using OpenRepository open = await Engine.OpenAsync(new DyingBackend(new LocalBackend(Path.Combine(folder, "repository")), type, saves));
        await Engine.BackupAsync(
            open, Engine.Options(folder, "tree") with { Write = new WriteOptions { PackSizeBytes = PackLength, Time = new HurriedTime() } });
        Assert.Fail("The backup ended before it was killed.");
    }

    /// <summary>Kills its own process when a number of files of a kind are stored.</summary>
    private sealed class DyingBackend(IBackend inner, FileType type, int saves) : InterceptedBackend(inner)
    {
        private int _saved;

        protected override object? Before(BackendCall call) => null;

        protected override void After(BackendCall call, object? before)
        {
            if (call.Operation == BackendOperation.Save && call.File.Type == type && Interlocked.Increment(ref _saved) == saves)
            {
                using System.Diagnostics.Process self = System.Diagnostics.Process.GetCurrentProcess();
                self.Kill();
                Thread.Sleep(Timeout.Infinite);
            }
        }
    }

    /// <summary>A clock on which so much time passes between two looks that packs are indexed soon after they are stored.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        private long _minutes;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMinutes(Interlocked.Add(ref _minutes, 6));
    }
}
