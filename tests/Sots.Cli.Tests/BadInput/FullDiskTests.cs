using Sots.Testing;

namespace Sots.Cli.Tests.BadInput;

/// <summary>
/// Disks without room. Each test mounts a small file system of its own, in a namespace that ends with the test; making it larger is
/// what freeing space is.
/// </summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private const string NeedsRoot = "needs root on Linux, to mount a small file system";
    private Scene _scene = null!;

    private static bool CanMount => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/unshare");

    public async ValueTask InitializeAsync()
    {
        _scene = await Scene.SavedAsync();
        byte[] noise = new byte[6 << 20];
        new Random(11).NextBytes(noise);
        Directory.CreateDirectory(_scene["big"]);
        File.WriteAllBytes(_scene["big", "noise.bin"], noise);
        File.WriteAllText(_scene["big", "small.txt"], "small");
        Directory.CreateDirectory(_scene["small-disk"]);
    }

    public ValueTask DisposeAsync()
    {
        _scene.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_full_disk_at_the_repository_ends_with_1_and_the_same_command_completes_later()
    {
        Assert.SkipUnless(CanMount, NeedsRoot);
        CliResult result = await OnSmallDiskAsync(
            "2m",
            """
            cp -a repo small-disk/repo
            "$@" backup -r small-disk/repo big; echo "first $?"
            find small-disk/repo -type f | grep -c tmp; find small-disk/repo/locks -type f | wc -l
            "$@" snapshots -r small-disk/repo --json | grep -o '"short_id"' | wc -l
            mount -o remount,size=32m small-disk
            "$@" backup -r small-disk/repo big -q > /dev/null; echo "second $?"
            "$@" check -r small-disk/repo --read-data -q > /dev/null; echo "check $?"
            "$@" restore latest -r small-disk/repo --target out -q > /dev/null; cmp out/big/noise.bin big/noise.bin && echo same
            """);
        Scene.Refused(0, ["No space left on device", "Free space where the repository is"], result);
        Assert.Equal(["first 1", "0", "0", "1", "second 0", "check 0", "same"], result.OutLines[^7..]);
    }

    [Fact]
    public async Task A_full_disk_at_the_target_of_a_restore_ends_with_1_and_the_same_command_completes_later()
    {
        Assert.SkipUnless(CanMount, NeedsRoot);
        await _scene.InProcess("backup", "big");
        CliResult result = await OnSmallDiskAsync(
            "2m",
            """
            "$@" restore latest:/big --target small-disk/out; echo "first $?"
            find small-disk -name '*tmp*' | wc -l
            mount -o remount,size=32m small-disk
            "$@" restore latest:/big --target small-disk/out -q; echo "second $?"
            cmp small-disk/out/noise.bin big/noise.bin && echo same
            find repo/locks -type f | wc -l
            """);
        Scene.Refused(0, ["noise.bin", "space"], result);
        Assert.Equal(["first 1", "0", "second 0", "same", "0"], result.OutLines[^5..]);
    }

    [Fact]
    public async Task A_full_disk_when_a_repository_is_made_leaves_none_and_no_half_password_file()
    {
        Assert.SkipUnless(CanMount, NeedsRoot);
        _scene.Write("Game/Game.uproject", "{}");
        _scene.Variables.Remove("RESTIC_REPOSITORY");
        _scene.Variables.Remove("RESTIC_PASSWORD");
        CliResult result = await OnSmallDiskAsync(
            "16k,nr_inodes=4k",
            """
            head -c 16384 /dev/zero > small-disk/filler 2>/dev/null
            "$@" full --project Game --backup-root small-disk/B; echo "first $?"
            find small-disk/B -type f -not -path '*/logs/*' 2>/dev/null | wc -l
            mount -o remount,size=32m small-disk
            "$@" full --project Game --backup-root small-disk/B -q; echo "second $?"
            """);
        Scene.Refused(0, ["pass", "space"], result);
        Assert.Equal(["first 1", "0", "second 0"], result.OutLines[^3..]);
    }

    [Fact]
    public async Task No_room_for_output_is_said_and_a_backup_is_made_all_the_same()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "writes to /dev/full");
        CliResult result = await _scene.ScriptAsync(
            """
            "$@" ls latest -q > /dev/full; echo "ls $?"
            "$@" backup src > /dev/full; echo "backup $?"
            "$@" snapshots -q > /dev/full 2> /dev/full; echo "both $?"
            """);
        Scene.Refused(0, ["the output cannot be written: No space left on device"], result);
        Assert.Equal(["ls 1", "backup 1", "both 1"], result.OutLines);
        Assert.Equal(2, _scene.Stored("snapshots").Length);
        _scene.Listing();
    }

    [Fact]
    public async Task A_full_temporary_folder_does_not_matter()
    {
        Assert.SkipUnless(CanMount, NeedsRoot);
        _scene.Variables["TMPDIR"] = _scene["small-disk"];
        CliResult result = await OnSmallDiskAsync("16k", """head -c 16384 /dev/zero > small-disk/filler 2>/dev/null; "$@" backup big; echo "code $?" """);
        Assert.Equal("code 0", result.OutLines[^1]);
    }

    private Task<CliResult> OnSmallDiskAsync(string size, string script) => _scene.ScriptAsync(
        $"mount -t tmpfs -o size={size} tmpfs small-disk || exit 99\n" + script, "unshare", "-m");
}
