using System.Text.Json;
using Sots.Cli.Runs;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests.Runs;

/// <summary>What `status` and `doctor` read in the records of the runs, and what they make of the repository beside them.</summary>
public sealed class RunHistoryTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;

    public RunHistoryTests()
    {
        Directory.CreateDirectory(_folder["Game", "Content"]);
        TestPackage.WriteText(_folder["Game", "Game.uproject"], "{}");
        byte[] noise = new byte[300_000];
        new Random(1).NextBytes(noise);
        File.WriteAllBytes(_folder["Game", "Content", "noise.bin"], noise);
        _cli = new CliRunner(_folder) { WorkingDirectory = _folder["Game"] };
        _cli.Variables.Clear();
    }

    private string Repository => _folder["Game_Backup", "repo"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Damage_that_a_check_found_is_an_alarm_until_one_that_reads_as_much_finds_none_and_the_doctor_says_the_same()
    {
        await RunAsync(0, "full");
        string pack = Directory.GetFiles(Path.Combine(Repository, "data"), "*", SearchOption.AllDirectories).MaxBy(static path => new FileInfo(path).Length)!;
        byte[] whole = File.ReadAllBytes(pack), damaged = [.. whole];
        damaged[1000] ^= 1;
        Replace(pack, damaged);
        await RunAsync(0, "check");
        Assert.Empty(await AlarmsAsync(0));
        await RunAsync(1, "check", "--read-data");
        string told = Assert.Single(await AlarmsAsync(3), static alarm => alarm.Kind == "check_failed").Message;
        Assert.Matches($"problem +last check +{told}\n", (await RunAsync(1, "doctor", "--no-speed-test")).Out);

        // A quick check reads nothing of it.
        await RunAsync(0, "check");
        Assert.Contains($"alarm: {told}\n", (await RunAsync(3, "status")).Out, StringComparison.Ordinal);
        Replace(pack, whole);
        await RunAsync(0, "check", "--read-data");
        Assert.Empty(await AlarmsAsync(0));
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_read_is_an_alarm_and_the_doctor_says_the_same()
    {
        await RunAsync(0, "full");
        string snapshot = Assert.Single(Directory.GetFiles(Path.Combine(Repository, "snapshots")));
        File.WriteAllText(_folder["Game", "new.txt"], "new");
        await RunAsync(0, "push");
        byte[] bytes = File.ReadAllBytes(snapshot);
        bytes[30] ^= 1;
        Replace(snapshot, bytes);
        Assert.Equal([("snapshot_damaged", "1 snapshot cannot be read")], await AlarmsAsync(3));
        Assert.Matches("problem +snapshots +1 snapshot cannot be read\n", (await RunAsync(1, "doctor", "--no-speed-test")).Out);
    }

    [Fact]
    public void A_failed_check_stands_until_one_that_reads_as_much_is_complete()
    {
        Assert.Equal("the check of 2026-01-03 12:00 failed", Standing(Check(1, "all"), Check(3, null, failed: true), Check(4, null) with { ExitCode = 11, Outcome = RunOutcome.Failed }));
        Assert.Null(Standing(Check(1, null, failed: true), Check(2, null)));
        Assert.Null(Standing(Check(1, null, failed: true), Check(2, "1/3")));
        Assert.Equal("the check of 2026-01-01 12:00 failed", Standing(Check(1, "1/3", failed: true), Check(2, null), Check(3, "2/3"), Check(4, "10%")));
        Assert.Null(Standing(Check(1, "1/3", failed: true), Check(2, "1/3")));
        Assert.Equal("the check of 2026-01-01 12:00 failed", Standing(Check(1, "10%", failed: true), Check(2, "10%")));
        Assert.Null(Standing(Check(1, "10%", failed: true), Check(2, "all")));
        Assert.Equal("the check of 2026-01-01 12:00 failed", Standing(Check(1, "all", failed: true), Check(2, null, failed: true), Check(3, null)));
    }

    [Fact]
    public async Task A_check_of_some_snapshots_is_none_of_all()
    {
        RunRecord some = Check(2, "all") with { SomeSnapshots = true };
        Assert.Equal("the check of 2026-01-01 12:00 failed", Standing(Check(1, null, failed: true), some));
        Assert.Null(RunHistory.AllDataReadSince([some]));

        await RunAsync(0, "full");
        Assert.Contains("this check looked at some of the snapshots; ", (await RunAsync(0, "check", "--read-data", "--host", "testhost")).Out, StringComparison.Ordinal);
        string status = (await RunAsync(0, "status")).Out;
        Assert.Contains("; of some snapshots: every byte of theirs was read\n", status, StringComparison.Ordinal);
        Assert.Matches("note +last check +none is recorded\n", (await _cli.RunAsync("doctor", "--no-speed-test")).Out);
        await RunAsync(0, "check", "--read-data");
        Assert.Contains("; full: every byte was read; all data was read since ", (await RunAsync(0, "status")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_repository_where_another_was_has_been_checked_by_nobody()
    {
        await RunAsync(0, "full");
        await RunAsync(0, "check", "--read-data");
        await RunAsync(0, "drill");
        Assert.Contains("all whole", (await RunAsync(0, "status")).Out, StringComparison.Ordinal);
        foreach (string file in Directory.GetFiles(Repository, "*", SearchOption.AllDirectories))
        {
            File.SetAttributes(file, FileAttributes.Normal);
        }

        Directory.Delete(Repository, recursive: true);
        await RunAsync(0, "full");
        string status = (await RunAsync(0, "status")).Out;
        Assert.Contains("last check  none on record\nlast drill  none on record\n", status, StringComparison.Ordinal);
        Assert.Matches("note +last check +none is recorded\n", (await _cli.RunAsync("doctor", "--no-speed-test")).Out);
    }

    [Fact]
    public void A_run_that_opened_no_repository_may_have_been_meant_for_any()
    {
        RunRecord own = Check(1, null) with { Repository = "own" }, none = Check(2, null), other = Check(3, null) with { Repository = "other" };
        Assert.Equal([own, none], RunHistory.Of([own, none, other], "own"));
        Assert.Equal([own, none, other], RunHistory.Of([own, none, other], ""));
    }

    [Fact]
    public async Task A_dry_run_that_fails_is_no_failed_backup_and_its_first_line_says_what_it_is()
    {
        await RunAsync(0, "full");
        _cli.Variables["RESTIC_PASSWORD"] = "wrong";
        await RunAsync(12, "push", "--dry-run");
        _cli.Variables.Clear();
        Assert.Empty(await AlarmsAsync(0));
        string[] lines = [.. File.ReadLines(_folder["Game_Backup", "logs", "runs.jsonl"]).Where(static line => line.Contains("\"push\"", StringComparison.Ordinal))];
        Assert.Equal(["start", "end"], lines.Select(static line => RunRecords.Parse(line)!.Event));
        Assert.All(lines, static line => Assert.True(RunRecords.Parse(line)!.DryRun));
    }

    [Fact]
    public async Task Whose_snapshot_is_the_newest_is_said_where_it_is_of_another_computer_and_only_those_of_this_one_keep_it_young()
    {
        await RunAsync(0, "full");
        Assert.DoesNotContain(" on ", Newest((await RunAsync(0, "status")).Out), StringComparison.Ordinal);
        _cli.Clock = new ShiftedTime { By = TimeSpan.FromDays(8) };
        _cli.Host = "other";
        await RunAsync(0, "push");
        Assert.Empty(await AlarmsAsync(0));
        _cli.Host = "testhost";
        CliResult status = await RunAsync(3, "status");
        Assert.EndsWith(" (just now) on other", Newest(status.Out), StringComparison.Ordinal);
        Assert.Equal([("snapshot_old", "the newest snapshot of this computer is 8 days old")], await AlarmsAsync(3));
        using JsonDocument json = JsonDocument.Parse((await RunAsync(3, "status", "--json")).Out);
        Assert.Equal("other", json.RootElement.GetProperty("newest_host").GetString());
        Assert.Contains("the newest snapshot of this computer is 8 days old", (await _cli.RunAsync("doctor", "--no-speed-test")).Out, StringComparison.Ordinal);

        // Who has never saved it sees what there is.
        _cli.Host = "third";
        Assert.Empty(await AlarmsAsync(0));
    }

    private static string? Standing(params RunRecord[] runs) => RunHistory.CheckFailed(runs).SingleOrDefault()?.Message;

    private static RunRecord Check(int day, string? part, bool failed = false) => new()
    {
        Event = RunRecord.EndEvent, Id = $"{day}", Verb = "check", Start = new DateTimeOffset(2026, 1, day, 12, 0, 0, TimeSpan.Zero),
        Outcome = failed ? RunOutcome.Failed : RunOutcome.Complete, ExitCode = failed ? 1 : 0, ReadData = part, Host = "h", Pid = 1, Version = "1",
    };

    private static string Newest(string status) => status.Split('\n').Single(static line => line.StartsWith("newest ", StringComparison.Ordinal));

    private static void Replace(string path, byte[] bytes)
    {
        File.SetAttributes(path, FileAttributes.Normal);
        File.Delete(path);
        File.WriteAllBytes(path, bytes);
    }

    private async Task<CliResult> RunAsync(int code, params string[] arguments)
    {
        CliResult result = await _cli.RunAsync(arguments);
        Assert.True(result.Code == code, $"{string.Join(' ', arguments)}: {result.Code}\n{result.Out}\n{result.Error}");
        return result;
    }

    private async Task<(string Kind, string Message)[]> AlarmsAsync(int code)
    {
        using JsonDocument status = JsonDocument.Parse((await RunAsync(code, "status", "--json")).Out);
        return [.. status.RootElement.GetProperty("alarms").EnumerateArray().Select(static alarm => (alarm.GetProperty("kind").GetString()!, alarm.GetProperty("message").GetString()!))];
    }
}
