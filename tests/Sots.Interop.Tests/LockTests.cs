using System.Diagnostics;
using Sots.Restic;
using Sots.Restic.Locking;
using Sots.Testing;

namespace Sots.Interop.Tests;

/// <summary>Each program honours the locks of the other.</summary>
public sealed class LockTests : IDisposable
{
    private const int Locked = 11;

    private readonly TempFolder _folder = new();

    public LockTests() => Assert.SkipUnless(OperatingSystem.IsLinux() && ResticBinaries.All, ResticBinaries.Absent);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0.14.0", 1)]
    [InlineData("0.18.0", Locked)]
    [InlineData("0.19.1", Locked)]
    public async Task Restic_waits_for_our_locks_and_cannot_unlock_them(string version, int exitCode)
    {
        using Engine engine = await EngineWithSnapshotAsync();
        ResticProgram restic = new(ResticBinaries.Find(version)!, engine.Repository, _folder.Path);
        OpenRepository open = await engine.OpenAsync();
        await using (RepositoryLock shared = await open.LockAsync(exclusive: false, new LockOptions(), CancellationToken.None))
        {
            AssertLocked(restic.Run("forget", "latest"), exitCode, "by PID");
            AssertLocked(restic.Run("prune"), exitCode, "by PID");

            // This asks the process that holds the lock whether it lives, with a signal that ends the unprepared.
            restic.Succeed("unlock");
            Assert.Equal(shared.Id.ToString(), Assert.Single(LockNames(engine)));
            restic.Backup("file");
            await shared.EnsureHeldAsync(CancellationToken.None);
        }

        await using (RepositoryLock exclusive = await open.LockAsync(exclusive: true, new LockOptions(), CancellationToken.None))
        {
            AssertLocked(restic.Run("backup", "file"), exitCode, "exclusively by PID");
            restic.Succeed("unlock");
            Assert.Equal(exclusive.Id.ToString(), Assert.Single(LockNames(engine)));
        }

        Assert.Empty(LockNames(engine));
        restic.Succeed("forget", "latest");

        static void AssertLocked(ResticRun run, int exitCode, string words)
        {
            Assert.Equal(exitCode, run.ExitCode);
            Assert.Contains("repository is already locked " + words + $" {Environment.ProcessId} on {ProcessIdentity.Current.Hostname}", run.Errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("0.14.0")]
    [InlineData("0.18.0")]
    [InlineData("0.19.1")]
    public async Task We_wait_for_the_locks_of_restic(string version)
    {
        using Engine engine = await EngineWithSnapshotAsync();
        ResticProgram restic = new(ResticBinaries.Find(version)!, engine.Repository, _folder.Path);
        OpenRepository open = await engine.OpenAsync();
        using (Process backup = StartBackup(engine, restic))
        {
            RepositoryException refused = await Assert.ThrowsAsync<RepositoryException>(
                () => open.LockAsync(exclusive: true, new LockOptions(), CancellationToken.None));
            Assert.Equal(RepositoryErrorKind.Locked, refused.Kind);
            Assert.Contains($"PID {backup.Id} on {ProcessIdentity.Current.Hostname} by {ProcessIdentity.Current.Username}", refused.Message, StringComparison.Ordinal);
            await using (await open.LockAsync(exclusive: false, new LockOptions(), CancellationToken.None))
            {
                Assert.Equal(2, LockNames(engine).Length);
            }

            // The same process with an exclusive lock: nothing restic does keeps one for long.
            LockFile content = new(LockRules.Now(TimeProvider.System), true, ProcessIdentity.Current.Hostname, "somebody", backup.Id, 0, 0);
            RepositoryLockStore store = new(open);
            LockId id = await store.SaveAsync(content, CancellationToken.None);
            foreach (bool exclusive in new[] { false, true })
            {
                Assert.Equal(RepositoryErrorKind.Locked, (await Assert.ThrowsAsync<RepositoryException>(
                    () => open.LockAsync(exclusive, new LockOptions(), CancellationToken.None))).Kind);
            }

            await store.RemoveAsync(id, CancellationToken.None);
            backup.StandardInput.Write("streamed");
            backup.StandardInput.Close();
            Assert.Equal(0, ResticProgram.Finish(backup).ExitCode);
        }

        await using RepositoryLock own = await open.LockAsync(exclusive: true, new LockOptions(), CancellationToken.None);
        Assert.Equal(own.Id.ToString(), Assert.Single(LockNames(engine)));
    }

    [Theory]
    [InlineData("0.14.0")]
    [InlineData("0.19.1")]
    public async Task A_lock_of_a_restic_that_was_killed_is_cleared_with_a_line_once_it_is_too_old_for_one_that_lives(string version)
    {
        using Engine engine = await EngineWithSnapshotAsync();
        OpenRepository open = await engine.OpenAsync();
        using Process backup = StartBackup(engine, new ResticProgram(ResticBinaries.Find(version)!, engine.Repository, _folder.Path));
        backup.Kill();
        backup.WaitForExit();
        string left = Assert.Single(LockNames(engine));

        // restic does not say on which machine it runs, and a name is no proof.
        Assert.Equal(RepositoryErrorKind.Locked, (await Assert.ThrowsAsync<RepositoryException>(
            () => open.LockAsync(exclusive: true, new LockOptions(), CancellationToken.None))).Kind);
        List<string> lines = [];
        LockOptions later = new() { Report = lines.Add, Time = new ShiftedTime { By = TimeSpan.FromMinutes(11) } };
        await using RepositoryLock own = await open.LockAsync(exclusive: true, later, CancellationToken.None);
        Assert.Equal(own.Id.ToString(), Assert.Single(LockNames(engine)));
        Assert.Contains($"{backup.Id}", Assert.Single(lines), StringComparison.Ordinal);
        Assert.NotEqual(left, own.Id.ToString());
    }

    private async Task<Engine> EngineWithSnapshotAsync()
    {
        Engine engine = await Engine.CreateAsync(_folder["repository"]);
        await File.WriteAllTextAsync(_folder["file"], "content");
        await engine.BackupAsync(_folder.Path, "file");
        return engine;
    }

    /// <summary>A backup that waits for input; returns when its lock is there.</summary>
    private static Process StartBackup(Engine engine, ResticProgram restic)
    {
        using FileSystemWatcher watcher = new(Path.Combine(engine.Repository, "locks"));
        using ManualResetEventSlim arrived = new();
        watcher.Created += (_, e) => Arrived(e.Name);
        watcher.Renamed += (_, e) => Arrived(e.Name);
        watcher.EnableRaisingEvents = true;
        Process process = restic.Start("backup", "--stdin", "--host", ResticProgram.Host);
        if (!arrived.Wait(TimeSpan.FromMinutes(1)))
        {
            process.Kill();
            Assert.Fail("restic took no lock: " + ResticProgram.Finish(process).Errors);
        }

        return process;

        void Arrived(string? name)
        {
            if (name is { Length: 64 })
            {
                arrived.Set();
            }
        }
    }

    private static string[] LockNames(Engine engine) =>
        [.. Directory.GetFiles(Path.Combine(engine.Repository, "locks")).Select(path => Path.GetFileName(path))];
}
