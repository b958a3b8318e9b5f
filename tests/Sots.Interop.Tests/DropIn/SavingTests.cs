using System.Text.Json.Nodes;

namespace Sots.Interop.Tests.DropIn;

/// <summary><c>backup</c> says and counts what restic says and counts.</summary>
[Collection(BothPrograms.Name)]
public sealed class SavingTests(BothPrograms both)
{
    [Theory]
    [InlineData("backup src --host one")]
    [InlineData("backup src --host one --force -v")]
    [InlineData("backup src --host one -q")]
    [InlineData("backup src --host one --dry-run")]
    [InlineData("backup src --host one --tag x --tag y,z --exclude *.log")]
    [InlineData("backup src --host one --skip-if-unchanged")]
    public async Task A_backup_is_summed_up_alike(string command) => (await both.RunAsync(command)).AssertSame();

    [Theory]
    [InlineData("backup src --host one -vv --exclude *.log")]
    [InlineData("backup src --host one -vv --force --dry-run")]
    public async Task Every_entry_is_told_alike(string command) => (await both.RunAsync(command)).AssertSameLines();

    [Theory]
    [InlineData("backup src --host one --json")]
    [InlineData("backup src --host one --json -vv --force")]
    public async Task Messages_but_the_status_are_alike(string command)
    {
        Pair pair = (await both.RunAsync(command)).AssertCodes(0);
        Assert.Equal(Results(pair.Theirs), Results(pair.Ours));
        Assert.Empty(pair.Ours.Error);
    }

    /// <summary>Restic tells the id that a snapshot would have had; nobody can look it up.</summary>
    [Fact]
    public async Task A_dry_run_is_told_alike_but_for_the_id_of_no_snapshot()
    {
        Pair pair = (await both.RunAsync("backup src --host one --json -q --dry-run")).AssertCodes(0);
        Assert.Equal(Masking.Of(pair.Theirs.Out).Replace(",\"snapshot_id\":\"<id>\"", "", StringComparison.Ordinal), Masking.Of(pair.Ours.Out));
    }

    /// <summary>Restic tells its status from the first tenth of a second on; so short a backup is over by then.</summary>
    [Fact]
    public async Task A_status_has_no_member_that_restics_has_not()
    {
        HashSet<string> known =
        [
            "message_type", "seconds_elapsed", "seconds_remaining", "percent_done", "total_files", "files_done", "total_bytes", "bytes_done",
            "error_count", "current_files",
        ];
        Pair pair = await both.RunAsync("backup src --host one --json --force");
        string[] statuses = [.. pair.Ours.OutLines.Where(IsStatus)];
        Assert.NotEmpty(statuses);
        foreach (string status in statuses)
        {
            Assert.Subset(known, JsonNode.Parse(status)!.AsObject().Select(member => member.Key).ToHashSet());
        }
    }

    [Fact]
    public async Task A_missing_source_is_passed_over_with_code_3() => (await both.RunAsync("backup src nosuch --host one")).AssertSame(3);

    [Fact]
    public async Task In_JSON_a_missing_source_has_restics_words()
    {
        Pair pair = (await both.RunAsync("backup src nosuch --host one --json")).AssertCodes(3);
        Assert.Equal("nosuch does not exist, skipping", pair.Theirs.ErrorLines[0]);
        Assert.Equal(pair.Theirs.ErrorLines[0], (string?)JsonNode.Parse(pair.Ours.ErrorLines[0])!["error"]!["message"]);
        Assert.Equal(pair.Theirs.ErrorLines[1], pair.Ours.ErrorLines[1]);
    }

    [Theory]
    [InlineData("backup nosuch")]
    [InlineData("backup")]
    public async Task Nothing_to_save_is_refused_alike(string command) => (await both.RunAsync(command)).AssertRefused(1);

    private static string[] Results(Outcome outcome) =>
        [.. outcome.OutLines.Where(line => !IsStatus(line)).Select(Masking.Of).Order(StringComparer.Ordinal)];

    private static bool IsStatus(string line) => line.StartsWith("{\"message_type\":\"status\"", StringComparison.Ordinal);
}
