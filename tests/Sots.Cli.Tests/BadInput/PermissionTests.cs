namespace Sots.Cli.Tests.BadInput;

/// <summary>Files and folders that the user may not touch: as another user where the tests run as root.</summary>
public sealed class PermissionTests : IAsyncLifetime
{
    private const string NeedsNobody = "needs root on Linux, to be somebody else";
    private const string AsNobody = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
    private Scene _scene = null!;

    private static bool CanBeNobody => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv");

    public async ValueTask InitializeAsync() => _scene = await Scene.SavedAsync();

    public ValueTask DisposeAsync()
    {
        _scene.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_unreadable_folder_is_code_3_and_the_others_are_saved()
    {
        Assert.SkipUnless(CanBeNobody, NeedsNobody);
        CliResult result = await _scene.ScriptAsync(
            $"""
            mkdir src/closed; echo x > src/closed/x; chmod 700 src/closed; chmod 755 . ; chown -R 65534 repo
            {AsNobody} "$@" backup src; echo "backup $?"
            {AsNobody} "$@" ls latest -q
            """);
        Assert.True(result.Out.Contains("backup 3\n", StringComparison.Ordinal), result.Error);
        Assert.Contains("src/closed: permission denied", result.Error, StringComparison.Ordinal);
        Assert.Contains("at least one source file could not be read", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("/src/sub/b.txt\n/src/sub/c.bin\n", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_listed_and_has_no_name_of_its_own_makes_no_snapshot()
    {
        Assert.SkipUnless(CanBeNobody, NeedsNobody);
        CliResult result = await _scene.ScriptAsync(
            $"""
            repo=$PWD/repo; mkdir closed; chmod 311 closed; chmod 755 . ; chown -R 65534 repo closed; cd closed
            {AsNobody} "$@" -r "$repo" backup .
            """);
        Scene.Refused(1, ["Fatal: ", "closed: permission denied", "may read it"], result);
    }

    [Fact]
    public async Task A_repository_that_cannot_be_written_is_read_with_no_lock_and_refused_to_a_backup()
    {
        Assert.SkipUnless(CanBeNobody, NeedsNobody);
        string[] before = _scene.Stored("").Select(file => file.FullName).ToArray();
        CliResult result = await _scene.ScriptAsync(
            $"""
            chmod -R a+rX . ; chmod 755 . ; chmod 777 src
            {AsNobody} "$@" backup src; echo "backup $?"
            {AsNobody} "$@" snapshots --no-lock -q > /dev/null; echo "snapshots $?"
            {AsNobody} "$@" ls latest --no-lock -q > /dev/null; echo "ls $?"
            {AsNobody} "$@" check --no-lock -q > /dev/null; echo "check $?"
            {AsNobody} "$@" restore latest --no-lock -q --target src/out; echo "restore $?"
            {AsNobody} "$@" restore latest -q --target src/out2; echo "locked restore $?"
            """);
        Scene.Refused(0, [_scene["repo"], "denied", "Check that this user may read and write"], result);
        Assert.Equal(["backup 1", "snapshots 0", "ls 0", "check 0", "restore 0", "locked restore 1"], result.OutLines);
        Assert.Contains("--no-lock", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, _scene.Stored("").Select(file => file.FullName));
    }

    [Fact]
    public async Task Files_that_only_their_owner_may_see_whatever_the_umask_says()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes of Unix");
        _scene.Variables.Remove("RESTIC_REPOSITORY");
        _scene.Variables.Remove("RESTIC_PASSWORD");
        _scene.Write("Game/Game.uproject", "{}");
        CliResult result = await _scene.ScriptAsync(
            """
            umask 000
            "$@" full --project Game -q || exit 9
            stat -c %a Game_Backup/.restic_pass.txt
            find Game_Backup/repo -type f ! -perm 400 | wc -l
            find Game_Backup/repo -type d ! -perm 700 | wc -l
            """);
        Assert.Equal(["600", "0", "0"], result.OutLines);
    }
}
