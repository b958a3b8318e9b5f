using System.Text.Json.Nodes;
using Sots.Testing;

namespace Sots.Interop.Tests.DropIn;

/// <summary>The RESTIC_* variables mean what they mean to restic.</summary>
[Collection(BothPrograms.Name)]
public sealed class VariableTests(BothPrograms both)
{
    [Fact]
    public async Task Repository_and_password_may_stand_in_files()
    {
        Pair pair = await both.RunAsync(
            ["snapshots"],
            [("RESTIC_PASSWORD", null), ("RESTIC_PASSWORD_FILE", "password"), ("RESTIC_REPOSITORY", null), ("RESTIC_REPOSITORY_FILE", "place")],
            WriteFiles);
        pair.AssertSame();
    }

    [Fact]
    public async Task The_password_file_beats_the_password() =>
        (await both.RunAsync(["snapshots"], [("RESTIC_PASSWORD", "wrong"), ("RESTIC_PASSWORD_FILE", "password")], WriteFiles)).AssertSame();

    [Fact]
    public async Task A_flag_beats_its_variable() =>
        (await both.RunAsync(["snapshots", "-r", "repo"], [("RESTIC_REPOSITORY", "nosuch")])).AssertSame();

    [Fact]
    public async Task A_command_may_say_the_password() => (await both.RunAsync(
        ["snapshots"], [("RESTIC_PASSWORD", null), ("RESTIC_PASSWORD_COMMAND", "echo " + ResticProgram.Password)])).AssertSame();

    [Theory]
    [InlineData("max", "4", "5", "nonsense", "abcdef12")]
    [InlineData("off", "128", "1", "0", "nonsense")]
    public async Task These_change_no_words(string compression, string packSize, string readers, string framesPerSecond, string keyHint) => (await both.RunAsync(
        ["backup", "src", "--host", "one", "--force"],
        [
            ("RESTIC_COMPRESSION", compression), ("RESTIC_PACK_SIZE", packSize), ("RESTIC_READ_CONCURRENCY", readers),
            ("RESTIC_PROGRESS_FPS", framesPerSecond), ("RESTIC_KEY_HINT", keyHint),
        ])).AssertSame();

    [Theory]
    [InlineData("RESTIC_COMPRESSION", "nonsense")]
    [InlineData("RESTIC_PACK_SIZE", "1")]
    [InlineData("RESTIC_PACK_SIZE", "999")]
    [InlineData("RESTIC_READ_CONCURRENCY", "nonsense")]
    [InlineData("RESTIC_PASSWORD_COMMAND", "false")]
    [InlineData("RESTIC_PASSWORD_FILE", "nosuch")]
    [InlineData("RESTIC_PASSWORD", "")]
    [InlineData("RESTIC_REPOSITORY", null)]
    public async Task A_value_that_makes_no_sense_is_1(string name, string? value) =>
        (await both.RunAsync(["backup", "src"], [(name, value)])).AssertCodes(1);

    [Fact]
    public async Task The_compression_decides_what_is_stored()
    {
        Outcome off = await SaveAsync("off"), max = await SaveAsync("max");
        Assert.True(Stored(off) > 2 * Stored(max), $"{Stored(off)} and {Stored(max)}");

        async Task<Outcome> SaveAsync(string mode) =>
            (await both.RunAsync(["backup", "both.txt", "--json", "-q"], [("RESTIC_COMPRESSION", mode)], () => WriteText("both.txt"))).AssertCodes(0).Ours;

        static long Stored(Outcome outcome) => (long)JsonNode.Parse(outcome.Out)!["data_added_packed"]!;
    }

    [Fact]
    public async Task The_host_of_a_snapshot_is_taken_from_its_variable()
    {
        (await both.RunAsync(["backup", "src"], [("RESTIC_HOST", "elsewhere")])).AssertCodes(0);
        Outcome listed = await both.ResticAsync("snapshots", "latest", "--json");
        Assert.Equal("elsewhere", (string?)JsonNode.Parse(listed.Out)![0]!["hostname"]);
    }

    private void WriteText(string name) =>
        File.WriteAllText(Path.Combine(both.Root, name), string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i} of a text\n")));

    private void WriteFiles()
    {
        string password = Path.Combine(both.Root, "password");
        File.WriteAllText(password, ResticProgram.Password + "\r\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(password, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.WriteAllText(Path.Combine(both.Root, "place"), "repo\n");
    }
}
