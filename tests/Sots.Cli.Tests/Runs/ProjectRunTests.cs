using System.Text.Json;
using Sots.Backup.Alarms;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Cli.Output;
using Sots.Cli.Runs;
using Sots.Restic;
using Sots.Restic.Snapshots;
using Sots.Testing;
using Sots.Testing.Unreal;

namespace Sots.Cli.Tests.Runs;

/// <summary>What a user sees of a project's runs: summary, log, record, alarms, status.</summary>
public sealed class ProjectRunTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;

    public ProjectRunTests()
    {
        Write("Game/Game.uproject", "{}");
        for (int i = 0; i < 120; i++)
        {
            Write($"Game/Content/Maps/{i}.umap", "map " + i);
        }

        _cli = new CliRunner(_folder) { WorkingDirectory = _folder["Game"], Space = new DriveSpace(500L << 30, 1000L << 30) };
        _cli.Variables.Clear();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_summary_says_what_changed_in_words()
    {
        CliResult full = await _cli.RunAsync("full");
        Assert.Contains("\nall 121 files were read\nadded ", full.Out, StringComparison.Ordinal);
        for (int i = 0; i < 5; i++)
        {
            Write($"Game/Content/Maps/{i}.umap", "changed map " + i);
        }

        Write("Game/Content/New.uasset", "new");
        File.Delete(_folder["Game", "Content", "Maps", "99.umap"]);
        CliResult push = await _cli.RunAsync("push");
        Assert.Contains("\n1 file new, 5 changed (mostly Content/Maps), 1 gone\n", push.Out, StringComparison.Ordinal);
        Assert.Matches("snapshot [0-9a-f]{8} saved\nassets: 1 added, 5 changed, 1 removed", push.Out);
        Assert.Equal("", push.Error);
        Assert.Contains("\nno file changed\n", (await _cli.RunAsync("push")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_has_a_log_with_more_than_the_console_showed()
    {
        CliResult result = await _cli.RunAsync("full", "-q");
        Assert.Equal((0, "", ""), (result.Code, result.Out, result.Error));
        string log = Log();
        foreach (string part in (string[])["INFO  command: sots_backup full -q", "INFO  folder: " + _folder["Game"], "DEBUG repository  " + _folder["Game_Backup", "repo"] + " (default)", "DEBUG new       " + _folder["Game", "Content", "Maps", "7.umap"], "DEBUG wrote snapshots/", "DEBUG wrote locks/", "DEBUG removed locks/", "INFO  all 121 files were read", "INFO  ended: complete (exit code 0), after 0:0"])
        {
            Assert.Contains(part, log, StringComparison.Ordinal);
        }

        string password = File.ReadAllText(_folder["Game_Backup", ".restic_pass.txt"]).Trim();
        Assert.DoesNotContain(password, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_are_listed_and_one_is_shown()
    {
        await _cli.RunAsync("full");
        await _cli.RunAsync("push", "--dry-run");
        await _cli.RunAsync("check");
        await _cli.RunAsync("snapshots");
        using JsonDocument listed = JsonDocument.Parse((await _cli.RunAsync("runs", "--json")).Out);
        Assert.Equal(["full", "push", "check"], listed.RootElement.EnumerateArray().Select(run => run.GetProperty("verb").GetString()));
        Assert.All(listed.RootElement.EnumerateArray(), run => Assert.Equal("complete", run.GetProperty("outcome").GetString()));
        Assert.True(listed.RootElement[1].GetProperty("dry_run").GetBoolean());
        JsonElement full = listed.RootElement[0];
        Assert.Equal(121, full.GetProperty("counts").GetProperty("files_new").GetInt64());
        string id = full.GetProperty("id").GetString()!;
        CliResult shown = await _cli.RunAsync("runs", "show", id);
        Assert.Contains("\ncommand     full\noutcome     complete, exit code 0\n", shown.Out, StringComparison.Ordinal);
        Assert.Contains(_folder["Game_Backup", "logs", id + ".log"], shown.Out, StringComparison.Ordinal);
        Assert.Contains("ended: complete", (await _cli.RunAsync("runs", "show", id, "--log")).Out, StringComparison.Ordinal);
        string[] table = (await _cli.RunAsync("runs", "--last", "2")).OutLines;
        Assert.Equal(2, table.Count(line => line.Contains("complete", StringComparison.Ordinal)));
        CliResult none = await _cli.RunAsync("runs", "show", "1999");
        Assert.Equal((1, "Fatal: there is no run 1999 on record\n`sots_backup runs --last all` lists all of them.\n"), (none.Code, none.Error));
    }

    [Fact]
    public async Task A_failed_run_is_recorded_with_its_reason()
    {
        await _cli.RunAsync("full");
        _cli.Variables["RESTIC_PASSWORD"] = "wrong-canary";
        Assert.Equal(12, (await _cli.RunAsync("push", "--force")).Code);
        _cli.Variables.Clear();
        using JsonDocument run = JsonDocument.Parse((await _cli.RunAsync("runs", "show", "latest", "--json")).Out);
        Assert.Equal(("failed", 12), (run.RootElement.GetProperty("outcome").GetString(), run.RootElement.GetProperty("exit_code").GetInt32()));
        Assert.Contains("wrong password", run.RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
        CliResult status = await _cli.RunAsync("status");
        Assert.Equal(3, status.Code);
        Assert.Contains("alarm: the last push failed\n", status.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_that_is_nearly_gone_is_not_saved_unless_told_to()
    {
        await _cli.RunAsync("full");
        Directory.Delete(_folder["Game", "Content"], recursive: true);
        CliResult refused = await _cli.RunAsync("push");
        Assert.Equal(1, refused.Code);
        Assert.StartsWith("Fatal: the project has 1 file and had 121 last time", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder["Game_Backup", "repo", "snapshots"]));
        Assert.Empty(Directory.GetFiles(_folder["Game_Backup", "repo", "locks"]));
        Assert.Equal(1, (await _cli.RunAsync("full")).Code);
        CliResult forced = await _cli.RunAsync("push", "--force");
        Assert.Equal(0, forced.Code);
        Assert.Contains("warning: the project is far smaller than last time: 1 file", forced.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _cli.RunAsync("push")).Code);
    }

    [Fact]
    public async Task An_alarm_is_in_text_json_log_and_record_and_changes_no_exit_code()
    {
        await _cli.RunAsync("full");
        _cli.Space = new DriveSpace(1 << 30, 1000L << 30);
        CliResult text = await _cli.RunAsync("push");
        Assert.Equal((0, "warning: the backup drive is almost full: 1.0 GiB of 1000.0 GiB are free\n  Free space on it, or let `sots_backup forget-prune` remove old snapshots.\n"), (text.Code, text.Error));
        Assert.Contains("WARN  warning: the backup drive is almost full", Log(), StringComparison.Ordinal);
        CliResult json = await _cli.RunAsync("push", "--json");
        Assert.Equal(0, json.Code);
        using JsonDocument alarm = JsonDocument.Parse(json.Error);
        Assert.Equal(("alarm", "drive_almost_full"), (alarm.RootElement.GetProperty("message_type").GetString(), alarm.RootElement.GetProperty("kind").GetString()));
        using JsonDocument run = JsonDocument.Parse((await _cli.RunAsync("runs", "show", "latest", "--json")).Out);
        Assert.Equal("complete", run.RootElement.GetProperty("outcome").GetString());
        Assert.Equal("drive_almost_full", run.RootElement.GetProperty("alarms")[0].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Status_is_0_where_all_is_well_3_with_an_alarm_and_10_without_a_repository()
    {
        CliResult none = await _cli.RunAsync("status");
        Assert.Equal(10, none.Code);
        Assert.StartsWith("Fatal: repository does not exist: this project has no backup at ", none.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["Game_Backup"]));
        Assert.Equal(0, (await _cli.RunAsync("init", "--yes")).Code);
        Assert.Contains("alarm: the project has not been saved yet\n", (await _cli.RunAsync("status")).Out, StringComparison.Ordinal);
        await _cli.RunAsync("full");
        CliResult well = await _cli.RunAsync("status");
        Assert.Equal((0, ""), (well.Code, well.Error));
        Assert.EndsWith("drive       500.000 GiB of 1000.000 GiB free\n\nall is well\n", well.Out, StringComparison.Ordinal);
        Assert.Contains("last run    full, complete, ", well.Out, StringComparison.Ordinal);
        _cli.Clock = new ShiftedTime { By = TimeSpan.FromDays(8) };
        CliResult old = await _cli.RunAsync("status", "--json");
        Assert.Equal(3, old.Code);
        using JsonDocument status = JsonDocument.Parse(old.Out);
        Assert.Equal("the newest snapshot is 8 days old", status.RootElement.GetProperty("alarms")[0].GetProperty("message").GetString());
        _cli.Clock = new ShiftedTime { By = TimeSpan.FromHours(-25) };
        Assert.Contains("clock is behind the newest snapshot by 24 hours", (await _cli.RunAsync("status")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_repository_has_no_log_unless_a_folder_is_named()
    {
        _cli.Variables["RESTIC_PASSWORD"] = "correct horse";
        await _cli.RunAsync("init", "-r", _folder["other"]);
        await _cli.RunAsync("backup", "-r", _folder["other"], "Content");
        Assert.False(Directory.Exists(_folder["Game_Backup"]));
        CliResult result = await _cli.RunAsync("backup", "-r", _folder["other"], "--log-folder", _folder["a", "b"], "Content");
        Assert.Equal((0, ""), (result.Code, result.Error));
        string log = File.ReadAllText(Assert.Single(Directory.GetFiles(_folder["a", "b"], "*.log")));
        Assert.Contains($"setting: repository  {_folder["other"]} (--repo)\n", log, StringComparison.Ordinal);
        Assert.Contains("setting: password    from $RESTIC_PASSWORD\n", log, StringComparison.Ordinal);
        _cli.Variables[RunLogFolder.Variable] = _folder["a", "b"];
        await _cli.RunAsync("check", "-r", _folder["other"]);
        using JsonDocument runs = JsonDocument.Parse((await _cli.RunAsync("runs", "--json")).Out);
        Assert.Equal(["backup", "check"], runs.RootElement.EnumerateArray().Select(run => run.GetProperty("verb").GetString()));
    }

    [Fact]
    public async Task What_cannot_be_logged_is_saved_all_the_same_with_one_warning()
    {
        await _cli.RunAsync("full");
        Directory.Delete(_folder["Game_Backup", "logs"], recursive: true);
        File.WriteAllText(_folder["Game_Backup", "logs"], "a file in the way");
        CliResult result = await _cli.RunAsync("push");
        Assert.Equal(0, result.Code);
        Assert.StartsWith("warning: the log of this run cannot be written: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_cannot_be_written_does_not_take_the_log_with_it()
    {
        await _cli.RunAsync("full");
        File.Delete(_folder["Game_Backup", "logs", RunRecords.FileName]);
        Directory.CreateDirectory(_folder["Game_Backup", "logs", RunRecords.FileName]);
        CliResult result = await _cli.RunAsync("push");
        Assert.Equal(0, result.Code);
        Assert.StartsWith("warning: this run cannot be recorded in ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("ended: complete", Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_of_a_first_backup_makes_no_folder()
    {
        await _cli.RunAsync("full", "--dry-run");
        Assert.False(Directory.Exists(_folder["Game_Backup"]));
    }

    [Theory]
    [InlineData(false, "snapshots", "--tag", "x")]
    [InlineData(true, "cat", "masterkey")]
    [InlineData(true, "--repo", "elsewhere", "--no-lock", "dump", "latest", "Config/x.ini")]
    public async Task A_restic_that_prints_keys_or_files_prints_them_on_the_console_and_not_into_the_log(bool secret, params string[] words)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a shell");
        await _cli.RunAsync("full");
        Write("restic", "#!/bin/sh\necho canary-7c1d\necho canary-7c1d\necho went wrong >&2\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder["restic"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        CliResult result = await _cli.RunAsync(["restic", "--restic-program", _folder["restic"], "--", .. words]);
        Assert.Equal((0, "canary-7c1d\ncanary-7c1d\n", "went wrong\n"), (result.Code, result.Out, result.Error));
        string log = File.ReadAllText(Directory.GetFiles(_folder["Game_Backup", "logs"], "*restic*.log").Single());
        Assert.Equal((!secret, secret), (log.Contains("canary-7c1d", StringComparison.Ordinal), log.Contains("(the output of cat and dump is not logged)", StringComparison.Ordinal)));
        Assert.Contains("went wrong", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_a_folder_outside_the_project_is_named_by_init_and_every_push()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links are not for everybody there");
        Write("outside/a.txt", "a");
        Directory.CreateSymbolicLink(_folder["Game", "Content", "Inner"], "Maps");
        Directory.CreateSymbolicLink(_folder["Game", "Content", "Gone"], _folder["nowhere"]);
        await _cli.RunAsync("push");
        Assert.DoesNotContain("links out of the project", (await _cli.RunAsync("push")).Out, StringComparison.Ordinal);
        Directory.CreateSymbolicLink(_folder["Game", "Content", "Shared"], "../../outside");
        string outside = Sots.Backup.Restoring.RealPath.Of(Sots.Backup.DiskPath.FromText(_folder["outside"])).ToString();
        string line = $"links out of the project: Content/Shared to {outside}; they are saved as links, and what they lead to is not saved\n";
        for (int i = 0; i < 2; i++)
        {
            CliResult push = await _cli.RunAsync("push");
            Assert.Equal((0, ""), (push.Code, push.Error));
            Assert.Contains(line, push.Out, StringComparison.Ordinal);
        }

        Assert.Contains(line, (await _cli.RunAsync("init", "--yes")).Out, StringComparison.Ordinal);
        foreach (string name in (string[])["A", "B", "C"])
        {
            Directory.CreateSymbolicLink(_folder["Game", "Content", name], _folder["outside"]);
        }

        Assert.Contains($"links out of the project: Content/A to {outside}, Content/B to {outside}, Content/C to {outside} and 1 more; ", (await _cli.RunAsync("push")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_most_important_problems_come_first_each_with_what_to_do()
    {
        ProblemDigest digest = new();
        digest.Add(new ProblemEvent("archival", "/a", "open: no such file or directory"));
        digest.Add(new ProblemEvent("archival", "/b", "odd"));
        digest.Add(new ProblemEvent("archival", "/c", "open: Permission denied"));
        digest.Add(new ProblemEvent("archival", "/d", "The process cannot access the file because it is being used by another process"));
        digest.Add(new ProblemEvent("archival", "/e", "read: Input/output error"));
        Assert.Equal(5, digest.Count);
        Assert.Equal(["/e", "/c", "/d"], digest.Top.Select(problem => problem.Item));
        Assert.StartsWith("The disk may be failing", digest.Top[0].Advice, StringComparison.Ordinal);
        Assert.Equal("Close the program that holds it, then push again.", digest.Top[2].Advice);
    }

    [Fact]
    public void Of_a_junction_it_is_said_which_line_of_the_config_leaves_it_out()
    {
        ProblemDigest digest = new();
        digest.Add(new ProblemEvent("archival", @"D:\Town\Content\Shared", @"it is a junction, a folder that leads to E:\Shared; what is there is not saved"));
        Assert.Contains("\"exclude\": [\"D:/Town/Content/Shared\"]", Assert.Single(digest.Top).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void The_summary_shows_three_problems_and_names_the_log_for_the_rest()
    {
        NotableProblem[] top = [new(ProblemRank.Disk, "/e\u001b", "read failed", "Check the disk."), new(ProblemRank.Access, "/c", "open /c: denied", "Allow it.")];
        SnapshotSummary counts = new() { FilesNew = 1, FilesChanged = 2, DataAdded = 2048, DataAddedPacked = 1024, TotalFilesProcessed = 1234, TotalBytesProcessed = 4096 };
        SnapshotFacts facts = SnapshotFacts.Of(DateTimeOffset.UnixEpoch, counts, hasParent: true, parent: null);
        ProjectSummary summary = new(
            new BackupResult(new SnapshotId(ContentId.Parse("40dc1520789abcdef0123456789abcdef0123456789abcdef0123456789abcde")), counts, null, 7),
            facts, "Content", DryRun: false, TimeSpan.FromSeconds(75), top, 7, "/logs/x.log");
        Assert.Equal(
            """

            1 file new, 2 changed (mostly Content)
            added 2.000 KiB to the repository, 1.000 KiB on the disk
            processed 1,234 files, 4.000 KiB in 1:15
            snapshot 40dc1520 saved

            7 files with problems:
              /e\x1b: read failed
                Check the disk.
              open /c: denied
                Allow it.
              and 5 more, all in /logs/x.log
            """, summary.ToText());
        Assert.Contains("\nnothing changed, no snapshot was made\n", (summary with { Result = summary.Result with { Snapshot = null } }).ToText(), StringComparison.Ordinal);
        Assert.Contains("would add ", (summary with { DryRun = true }).ToText(), StringComparison.Ordinal);
        Assert.DoesNotContain("snapshot", (summary with { DryRun = true }).ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Changes_all_over_the_project_are_mostly_nowhere()
    {
        ChangedFolders folders = new("/p");
        foreach (string path in (string[])["/p/A/x", "/p/B/x", "/p/C/x"])
        {
            folders.Add(path);
        }

        Assert.Null(folders.Most());
        for (int i = 0; i < 10; i++)
        {
            folders.Add("/p/A/B/C/D/" + i);
        }

        Assert.Equal("A/B/C", folders.Most());
    }

    private string Log() => File.ReadAllText(Directory.GetFiles(_folder["Game_Backup", "logs"], "*.log").Order(StringComparer.Ordinal).MaxBy(File.GetLastWriteTimeUtc)!);

    private void Write(string path, string text)
    {
        string full = Path.Combine(_folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        TestPackage.WriteText(full, text);
    }
}
