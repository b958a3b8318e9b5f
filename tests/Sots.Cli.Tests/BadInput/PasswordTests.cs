namespace Sots.Cli.Tests.BadInput;

/// <summary>Passwords that are wrong, missing, empty, or seen by others.</summary>
public sealed class PasswordTests : IAsyncLifetime
{
    private Scene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await Scene.SavedAsync();

    public ValueTask DisposeAsync()
    {
        _scene.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_wrong_password_is_code_12_and_says_where_it_came_from()
    {
        _scene.Variables["RESTIC_PASSWORD"] = "not-" + Scene.Canary[..6];
        await _scene.RefusesAsync(12, ["Fatal: wrong password or no key found", "$RESTIC_PASSWORD"], "snapshots");
        await _scene.RefusesAsync(12, ["Fatal: wrong password or no key found"], "backup", "src");
        CliResult json = await _scene.RefusesAsync(12, [], "restore", "latest", "--target", "out", "--json");
        Assert.StartsWith("""{"message_type":"exit_error","code":12,"message":"Fatal: wrong password or no key found""", json.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_password_and_a_terminal_the_ways_to_give_one_are_named()
    {
        _scene.Variables.Remove("RESTIC_PASSWORD");
        await _scene.RefusesAsync(1, ["there is no password", "--password-file", "--password-command", "$RESTIC_PASSWORD_FILE", "$RESTIC_PASSWORD"], "snapshots");
    }

    [Fact]
    public async Task A_password_file_that_is_missing_empty_or_a_folder_is_named()
    {
        _scene.Write("empty", "");
        await _scene.RefusesAsync(1, ["missing does not exist", "--password-file"], "snapshots", "-p", "missing");
        await _scene.RefusesAsync(1, ["an empty password is not allowed", "--insecure-no-password"], "snapshots", "-p", "empty");
        await _scene.RefusesAsync(1, ["is a folder"], "snapshots", "-p", "src");
        await _scene.RefusesAsync(1, ["contradict", "Name one of them"], "snapshots", "-p", "empty", "--password-command", "x");
    }

    [Fact]
    public async Task A_password_file_that_others_can_read_works_with_a_warning()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes of Unix");
        _scene.Write("pw", Scene.Canary + "\r\n");
        await _scene.ScriptAsync("chmod 604 pw");
        CliResult result = await _scene.RunAsync("snapshots", "-p", "pw");
        Assert.Equal(0, result.Code);
        Assert.Contains("other users may read this password file", result.Error, StringComparison.Ordinal);
        Assert.Contains("chmod 600", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_secret_of_a_password_command_is_shown()
    {
        CliResult result = await _scene.RefusesAsync(1, ["no-such-program"], "snapshots", "--password-command", "no-such-program " + Scene.Canary);
        Assert.Contains("Try it in a terminal", result.Error, StringComparison.Ordinal);
    }
}
