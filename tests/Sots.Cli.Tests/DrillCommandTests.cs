using System.Text.Json;
using Sots.Backup.Alarms;
using Sots.Cli.Runs;
using Sots.Cli.Tests.Configuration;
using Sots.Testing;

namespace Sots.Cli.Tests;

/// <summary>`drill`, what `push` reads back, and what `status` says of both.</summary>
public sealed class DrillCommandTests : IDisposable
{
    private readonly ProjectScene _scene = new();

    public DrillCommandTests() => Directory.CreateDirectory(Place);

    private string Place => _scene["place"];

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task A_drill_says_what_came_back_and_status_when_that_was()
    {
        await _scene.DoneAsync("full");
        Assert.Contains("\nlast drill  none on record\n", (await _scene.DoneAsync("status")).Out, StringComparison.Ordinal);
        CliResult drill = await _scene.DoneAsync("drill", "--target", Place);
        Assert.Contains("restored 3 files of 1 snapshot, ", drill.Out, StringComparison.Ordinal);
        Assert.Contains(": all whole\n3 of them compared with the project as it is now: the same\n", drill.Out, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Place));
        Assert.Matches("\nlast drill  .*, 3 files of 1 snapshot, all whole\n", (await _scene.DoneAsync("status")).Out);

        using JsonDocument status = JsonDocument.Parse((await _scene.DoneAsync("status", "--json")).Out);
        JsonElement counts = status.RootElement.GetProperty("last_drill").GetProperty("counts");
        Assert.Equal((3, 3, 1), (counts.GetProperty("files").GetInt64(), counts.GetProperty("files_verified").GetInt64(), counts.GetProperty("snapshots").GetInt64()));
    }

    [Fact]
    public async Task With_a_seed_and_bounds_it_is_told_what_to_do_in_json()
    {
        await _scene.DoneAsync("full");
        CliResult drill = await _scene.DoneAsync("drill", "--json", "--files", "1", "--max-size", "100", "--snapshots", "1", "--seed", "5", "--target", Place);
        using JsonDocument summary = JsonDocument.Parse(drill.OutLines[^1]);
        JsonElement root = summary.RootElement;
        Assert.Equal(("drill", 1, 1, 1, 5), (
            root.GetProperty("message_type").GetString(), root.GetProperty("files").GetInt64(), root.GetProperty("whole_files").GetInt64(),
            root.GetProperty("too_large_files").GetInt64(), root.GetProperty("seed").GetInt32()));
    }

    [Theory]
    [InlineData("--files", "0")]
    [InlineData("--files", "many")]
    [InlineData("--snapshots", "-1")]
    [InlineData("--seed", "x")]
    [InlineData("--max-size", "1.5G")]
    [InlineData("--target", "nowhere")]
    public async Task What_makes_no_sense_is_refused(string option, string value)
    {
        await _scene.DoneAsync("full");
        CliResult result = await _scene.RunAsync("drill", option, value);
        Assert.Equal(1, result.Code);
        Assert.StartsWith("Fatal: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_come_back_is_an_error_and_an_alarm()
    {
        await _scene.DoneAsync("full");
        string pack = Directory.EnumerateFiles(_scene["Game_Backup", "repo", "data"], "*", SearchOption.AllDirectories).MaxBy(path => new FileInfo(path).Length)!;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(pack, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        byte[] content = File.ReadAllBytes(pack);
        content.AsSpan(0, content.Length / 2).Clear();
        File.WriteAllBytes(pack, content);
        CliResult drill = await _scene.RunAsync("drill", "--target", Place);
        Assert.Equal(1, drill.Code);
        Assert.Contains("Fatal: ", drill.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Place));
        CliResult status = await _scene.RunAsync("status");
        Assert.Equal(3, status.Code);
        Assert.Contains("alarm: the last drill could not restore everything it tried", status.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_that_nobody_tried_for_long_is_an_alarm_unless_the_config_says_never()
    {
        ShiftedTime time = new();
        _scene.Cli.Clock = time;
        _scene.Cli.Space = new DriveSpace(500L << 30, 1000L << 30);
        await _scene.DoneAsync("full");
        time.By += TimeSpan.FromDays(91);
        await _scene.DoneAsync("push");
        CliResult status = await _scene.RunAsync("status", "--json");
        Assert.Equal(3, status.Code);
        Assert.Contains("\"kind\":\"drill_old\",\"message\":\"it was never tried whether the backup can be restored\"", status.Out, StringComparison.Ordinal);
        await _scene.DoneAsync("drill", "--target", Place);
        await _scene.DoneAsync("status");
        _scene.Write("Game/sots_backup_config.json", """{ "alarms": { "drill_days": 0, "newest_snapshot_days": 1000 } }""");
        time.By += TimeSpan.FromDays(300);
        await _scene.DoneAsync("status");
        _scene.Write("Game/sots_backup_config.json", """{ "alarms": { "drill_days": 299, "newest_snapshot_days": 1000 } }""");
        Assert.Contains("it was last tried 300 days ago", (await _scene.RunAsync("status")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_push_says_what_it_read_back_and_the_config_and_a_flag_say_how_much()
    {
        CliResult full = await _scene.DoneAsync("full");
        Assert.Matches("\nverified [0-9]+ files?, [0-9.]+ KiB of what was written\n", full.Out);
        using JsonDocument run = JsonDocument.Parse((await _scene.DoneAsync("runs", "show", "latest", "--json")).Out);
        Assert.True(run.RootElement.GetProperty("counts").GetProperty("bytes_verified").GetInt64() > 5000);

        _scene.Write("Game/Content/Maps/B.umap", "new");
        Assert.DoesNotContain("verified", (await _scene.DoneAsync("push", "--verify-written", "0")).Out, StringComparison.Ordinal);
        _scene.Write("Game/sots_backup_config.json", """{ "verify_written": "0" }""");
        _scene.Write("Game/Content/Maps/C.umap", "newer");
        Assert.DoesNotContain("verified", (await _scene.DoneAsync("push")).Out, StringComparison.Ordinal);
        _scene.Write("Game/Content/Maps/D.umap", "newest");
        CliResult json = await _scene.DoneAsync("push", "--json", "--verify-written", "1M");
        using JsonDocument summary = JsonDocument.Parse(json.OutLines.Last(static line => line.Contains("\"message_type\":\"summary\"", StringComparison.Ordinal)));
        Assert.Equal(1, summary.RootElement.GetProperty("verified_files").GetInt64());
    }

    [Fact]
    public async Task Status_says_since_when_all_data_was_read()
    {
        await _scene.DoneAsync("full");
        await _scene.DoneAsync("check");
        Assert.DoesNotContain("all data was read", (await _scene.DoneAsync("status")).Out, StringComparison.Ordinal);
        await _scene.DoneAsync("check", "--read-data");
        Assert.Contains("; all data was read since ", (await _scene.DoneAsync("status")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_that_were_read_one_by_one_add_up_to_all()
    {
        RunRecord Check(int day, string? part, string outcome = RunOutcome.Complete) => new()
        {
            Event = RunRecord.EndEvent, Id = $"{day}", Verb = "check", Start = ManualTime.Start.AddDays(day), Outcome = outcome, ReadData = part, Host = "h", Pid = 1, Version = "1",
        };
        Assert.Null(RunHistory.AllDataReadSince([Check(1, "1/3"), Check(2, "2/3"), Check(3, "1/3"), Check(4, "10%"), Check(5, null)]));
        Assert.Equal(ManualTime.Start.AddDays(2), RunHistory.AllDataReadSince([Check(1, "1/3"), Check(2, "2/3"), Check(3, "1/3"), Check(4, "3/3")]));
        Assert.Equal(ManualTime.Start.AddDays(5), RunHistory.AllDataReadSince([Check(4, "1/2"), Check(5, "all"), Check(6, "all", RunOutcome.Failed), Check(7, "2/2")]));
    }

    [Fact]
    public async Task It_works_on_any_repository()
    {
        string repository = _scene["other"];
        _scene.Cli.Variables["RESTIC_PASSWORD"] = "x";
        await _scene.DoneAsync("init", "--repo", repository);
        await _scene.DoneAsync("backup", "--repo", repository, _scene["Game"]);
        Assert.Contains("all whole", (await _scene.DoneAsync("drill", "--repo", repository, "--target", Place)).Out, StringComparison.Ordinal);
    }
}
