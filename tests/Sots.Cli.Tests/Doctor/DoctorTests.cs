using System.Text.Json;
using Sots.Backup.Alarms;
using Sots.Cli.Configuration;
using Sots.Cli.Doctor;
using Sots.Cli.Runs;
using Sots.Restic;
using Sots.Restic.Locking;
using Sots.Testing;
using Sots.Unreal;

namespace Sots.Cli.Tests.Doctor;

/// <summary>The doctor's verdicts for given facts, and the command as a whole.</summary>
public sealed class DoctorTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_engine_is_named_or_its_absence_is()
    {
        Assert.Equal(Verdict.Ok, ProjectProbe.Engine("5.4").Verdict);
        Assert.Contains("5.4", ProjectProbe.Engine("5.4").Text, StringComparison.Ordinal);
        Assert.Equal(Verdict.Ok, ProjectProbe.Engine("").Verdict);
        Assert.Equal(Verdict.Note, ProjectProbe.Engine("{0A1B}").Verdict);
        Assert.Equal(Verdict.Warning, ProjectProbe.Engine(null).Verdict);
    }

    [Fact]
    public void A_missing_password_is_a_problem_and_an_open_one_a_warning()
    {
        PasswordSource file = new(PasswordKind.File, "/x/pw", "default");
        Assert.Equal(Verdict.Problem, PasswordProbe.Judge(file, exists: false, null).Verdict);
        Assert.Equal(Verdict.Warning, PasswordProbe.Judge(file, exists: true, "others may read it").Verdict);
        Assert.Equal(Verdict.Ok, PasswordProbe.Judge(file, exists: true, null).Verdict);
        Assert.Equal(Verdict.Warning, PasswordProbe.Judge(file with { Kind = PasswordKind.Empty }, true, null).Verdict);
        Assert.Equal(Verdict.Note, PasswordProbe.Judge(file with { Kind = PasswordKind.Prompt }, true, null).Verdict);
    }

    [Fact]
    public void The_repository_is_judged_by_its_version_and_its_snapshots()
    {
        AlarmThresholds defaults = AlarmThresholds.Default;
        Assert.Equal((Verdict.Note, Verdict.Ok), (RepositoryProbe.Version(1).Verdict, RepositoryProbe.Version(2).Verdict));
        Assert.Equal(Verdict.Ok, RepositoryProbe.Snapshots(3, 0, Made(2), "here", Now, defaults).Verdict);
        Assert.Equal("3; the newest is 2 hours old", RepositoryProbe.Snapshots(3, 0, Made(2), "here", Now, defaults).Text);
        Assert.Equal(Verdict.Warning, RepositoryProbe.Snapshots(3, 0, Made(8 * 24), "here", Now, defaults).Verdict);
        Assert.Equal(Verdict.Ok, RepositoryProbe.Snapshots(3, 0, Made(8 * 24), "here", Now, defaults with { OldAfterDays = 0 }).Verdict);
        Assert.Equal(Verdict.Warning, RepositoryProbe.Snapshots(0, 0, [], "here", Now, defaults).Verdict);
        Assert.Equal(Verdict.Problem, RepositoryProbe.Snapshots(3, 1, Made(0), "here", Now, defaults).Verdict);

        static IReadOnlyList<SnapshotFacts> Made(double hoursAgo) => [new SnapshotFacts(Now.AddHours(-hoursAgo), 1, 1, null, null, null, 0)];
    }

    [Theory]
    [InlineData(0, 0, 0, "Ok")]
    [InlineData(2, 0, 0, "Ok")]
    [InlineData(1, 1, 0, "Note")]
    [InlineData(0, 1, 1, "Warning")]
    public void Dead_locks_are_told_from_living_ones(int living, int stale, int unreadable, string verdict) =>
        Assert.Equal(verdict, RepositoryProbe.Locks(new LockCounts(living, stale, unreadable)).Verdict.ToString());

    [Fact]
    public void A_clock_behind_the_newest_snapshot_is_a_problem_and_one_that_differs_from_the_disk_a_warning()
    {
        Assert.Equal(Verdict.Ok, ClockProbe.Judge(Now, Now.AddMinutes(9), Now.AddMinutes(-9)).Verdict);
        Assert.Equal(Verdict.Problem, ClockProbe.Judge(Now, Now.AddMinutes(11), Now).Verdict);
        Assert.Equal(Verdict.Warning, ClockProbe.Judge(Now, Now.AddDays(-1), Now.AddMinutes(-11)).Verdict);
        Assert.Equal(Verdict.Ok, ClockProbe.Judge(Now, null, null).Verdict);
    }

    [Theory]
    [InlineData(1, 100, "Problem")]
    [InlineData(9, 100, "Warning")]
    [InlineData(10, 100, "Ok")]
    [InlineData(0, 0, "Ok")]
    public void Little_room_is_told_before_there_is_none(long free, long total, string verdict) =>
        Assert.Equal(verdict, SpaceProbe.Judge("backup", new DriveSpace(free, total), null).Verdict.ToString());

    [Fact]
    public void What_the_alarms_say_of_the_drive_the_doctor_says_too()
    {
        DriveSpace space = new(50, 100);
        Alarm alarm = AlarmRules.DriveAlmostFull(space, null, AlarmThresholds.Default with { FreeBelow = 0.6 })!;
        Assert.Equal(new DoctorFinding("backup disk", Verdict.Warning, alarm.Message, alarm.Advice), SpaceProbe.Judge("backup", space, alarm));
        Assert.Equal(Verdict.Note, SpaceProbe.Judge("backup", null, null).Verdict);
    }

    [Fact]
    public void What_the_alarms_say_of_the_newest_snapshot_the_doctor_says_too()
    {
        SnapshotFacts before = new(Now.AddDays(-1), 1000, 1 << 20, null, null, null, 0), after = before with { Time = Now, Files = 200 };
        Assert.Equal(Verdict.Ok, ChangesProbe.Judge([], AlarmThresholds.Default).Single().Verdict);
        Assert.Equal(Verdict.Ok, ChangesProbe.Judge([before, before], AlarmThresholds.Default).Single().Verdict);
        DoctorFinding shrunk = ChangesProbe.Judge([before, after], AlarmThresholds.Default).Single();
        Assert.Equal((Verdict.Warning, AlarmRules.SourceShrunk(after, before, AlarmThresholds.Default)!.Message), (shrunk.Verdict, shrunk.Text));
    }

    [Fact]
    public void What_is_saved_and_left_out_is_told_with_its_largest_parts()
    {
        ProjectSurvey survey = new()
        {
            Saved = [new SurveyLine("Content", "", 10, 3 << 20), new SurveyLine("Source", "", 2, 1 << 10)],
            LeftOut = [new SurveyLine("Binaries", "a", 1, 1), new SurveyLine("DerivedDataCache", "", 5, 100), new SurveyLine("Binaries", "b", 1, 200), new SurveyLine("x", "", 1, 0), new SurveyLine("y", "", 1, 0)],
            Unreadable = 0,
        };
        Assert.Equal(
            [(Verdict.Ok, "3.001 MiB in 12 files: Content 3.000 MiB, Source 1.000 KiB"), (Verdict.Ok, "301 B in 9 files: Binaries 201 B, DerivedDataCache 100 B, x 0 B")],
            SizeProbe.Judge(survey).Select(finding => (finding.Verdict, finding.Text)));
        Assert.Equal(Verdict.Warning, SizeProbe.Judge(survey with { Unreadable = 2 }).First().Verdict);
        Assert.Equal([Verdict.Problem, Verdict.Ok], SizeProbe.Judge(survey with { Saved = [], LeftOut = [] }).Select(finding => finding.Verdict));
    }

    [Fact]
    public void The_config_is_named_and_so_is_what_goes_over_its_head()
    {
        Assert.Equal(Verdict.Ok, ConfigProbe.Judge("/g/sots_backup_config.json", []).Verdict);
        Assert.Equal(Verdict.Ok, ConfigProbe.Judge(null, []).Verdict);
        DoctorFinding others = ConfigProbe.Judge(null, [("repository", "$RESTIC_REPOSITORY")]);
        Assert.Equal((Verdict.Note, "none: the defaults hold; besides, $RESTIC_REPOSITORY sets repository"), (others.Verdict, others.Text));
    }

    [Theory]
    [InlineData("restic 0.19.1 compiled with go1.25", 2, "Ok")]
    [InlineData("restic 0.18.1-dev (compiled manually)", 2, "Ok")]
    [InlineData("restic 0.12.1 compiled with go1.17", 2, "Warning")]
    [InlineData("restic 0.12.1 compiled with go1.17", 1, "Ok")]
    [InlineData("something else", 2, "Note")]
    [InlineData(null, 2, "Note")]
    public void An_installed_restic_is_judged_by_its_version(string? answer, int format, string verdict) =>
        Assert.Equal(verdict, ResticProbe.Judge("/usr/bin/restic", answer, format).Verdict.ToString());

    [Theory]
    [InlineData("echo restic 0.18.0 compiled", 60_000, "Ok", "0.18.0")]
    [InlineData("exec sleep 600", 100, "Note", "does not say which version")]
    [InlineData("exit 1", 60_000, "Note", "does not say which version")]
    public async Task A_restic_that_does_not_answer_does_not_hold_the_doctor_up(string script, int limit, string verdict, string text)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a shell");
        File.WriteAllText(_folder["restic"], "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder["restic"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        CliRunner cli = new(_folder) { Variables = { ["PATH"] = _folder.Path } };
        CommandRun run = new(cli.Environment(TextWriter.Null, TextWriter.Null), new GlobalSettings(), null!);
        ProjectSettings settings = ProjectSettings.Of(run, new ProjectFlags(), ConfigFile.None, Setting.Default(_folder.Path));
        IReadOnlyList<DoctorFinding> findings = await new ResticProbe(TimeSpan.FromMilliseconds(limit))
            .LookAsync(new DoctorScene(run, settings, null, false) { LogFolder = "" }, TestContext.Current.CancellationToken);
        Assert.Equal(verdict, findings.Single().Verdict.ToString());
        Assert.Contains(text, findings.Single().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void One_disk_for_both_is_a_warning()
    {
        Assert.Equal(Verdict.Warning, SameDiskProbe.Judge("sda", "sda").Verdict);
        Assert.Equal(Verdict.Ok, SameDiskProbe.Judge("sda", "sdb").Verdict);
        Assert.Equal(Verdict.Note, SameDiskProbe.Judge(null, "sdb").Verdict);
    }

    [Fact]
    public void Speed_long_paths_scanner_editor_and_restic_are_judged()
    {
        Assert.Equal(Verdict.Warning, SpeedProbe.JudgeWrite(32 << 20, TimeSpan.FromSeconds(4)).Verdict);
        Assert.Equal(Verdict.Ok, SpeedProbe.JudgeWrite(32 << 20, TimeSpan.Zero).Verdict);
        Assert.Equal(Verdict.Warning, SpeedProbe.JudgeRead(32 << 20, TimeSpan.FromSeconds(4)).Verdict);
        Assert.Equal(Verdict.Ok, SpeedProbe.JudgeRead(32 << 20, TimeSpan.FromSeconds(1)).Verdict);
        Assert.Equal(Verdict.Note, SpeedProbe.JudgeRead(1 << 20, TimeSpan.FromSeconds(4)).Verdict);
        Assert.Equal(Verdict.Ok, LongPathsProbe.Judge(null, 0).Verdict);
        Assert.Equal(Verdict.Ok, LongPathsProbe.Judge(false, 0).Verdict);
        Assert.Equal(Verdict.Note, LongPathsProbe.Judge(true, 2).Verdict);
        Assert.Equal(Verdict.Warning, LongPathsProbe.Judge(false, 2).Verdict);
        Assert.Equal(Verdict.Note, AntivirusProbe.Judge(true, "R").Verdict);
        Assert.Equal(Verdict.Ok, AntivirusProbe.Judge(false, "R").Verdict);
        Assert.Equal(Verdict.Note, EditorProbe.Judge(new EditorFinding("UnrealEditor", 0)).Verdict);
        Assert.Equal(Verdict.Ok, EditorProbe.Judge(new EditorFinding(null, 1)).Verdict);
        Assert.Equal(Verdict.Note, ResticProbe.Judge(null, null, 2).Verdict);
    }

    [Fact]
    public void Runs_are_judged_by_how_they_ended_and_when()
    {
        RunRecord good = new()
        {
            Event = RunRecord.EndEvent, Id = "r", Verb = "push", Start = Now.AddDays(-1), End = Now.AddDays(-1), Outcome = RunOutcome.Complete, ExitCode = 0, Host = "h", Pid = 1, Version = "1",
        };
        RunRecord bad = good with { Outcome = RunOutcome.Failed, ExitCode = 1 }, check = good with { Verb = "check" };
        Assert.Equal((Verdict.Ok, "push, complete, 24 hours ago"), (RunsProbe.Backup([bad, good, check], Now).Verdict, RunsProbe.Backup([good], Now).Text));
        Assert.Equal((Verdict.Warning, "the last push failed"), (RunsProbe.Backup([good, bad], Now).Verdict, RunsProbe.Backup([good, bad], Now).Text));
        Assert.Equal(Verdict.Ok, RunsProbe.Backup([good, bad with { DryRun = true }, good with { Outcome = RunOutcome.Running }], Now).Verdict);
        Assert.Equal(Verdict.Note, RunsProbe.Backup([], Now).Verdict);
        Assert.Equal(Verdict.Ok, RunsProbe.Check([check], Now).Verdict);
        Assert.Equal(Verdict.Problem, RunsProbe.Check([check with { Outcome = RunOutcome.Failed, ExitCode = 1 }], Now).Verdict);
        Assert.Equal(Verdict.Note, RunsProbe.Check([check with { Outcome = RunOutcome.Failed, ExitCode = 11 }], Now).Verdict);
        Assert.Equal(Verdict.Note, RunsProbe.Check([check with { End = Now.AddDays(-31) }], Now).Verdict);
        Assert.Equal(Verdict.Note, RunsProbe.Check([check with { Outcome = RunOutcome.Cancelled, ExitCode = 130 }], Now).Verdict);
        Assert.Equal(Verdict.Note, RunsProbe.Check([], Now).Verdict);
    }

    [Fact]
    public async Task A_probe_that_fails_does_not_stop_the_others()
    {
        DoctorScene scene = new(null!, null!, null, false) { LogFolder = "" };
        IReadOnlyList<DoctorFinding> findings = await Examination.RunAsync([new Broken(), new Fine()], scene, CancellationToken.None);
        Assert.Equal([("broken", Verdict.Note), ("fine", Verdict.Ok)], findings.Select(finding => (finding.Question, finding.Verdict)));
        Assert.Equal(Verdict.Problem, Examination.Failed("x", new RepositoryException(RepositoryErrorKind.Damaged, "broken")).Verdict);
    }

    [Theory]
    [InlineData("Ok", 0)]
    [InlineData("Note", 0)]
    [InlineData("Warning", 3)]
    [InlineData("Problem", 1)]
    public void The_worst_finding_is_the_exit_code(string worst, int code) =>
        Assert.Equal(code, Examination.CodeOf([new DoctorFinding("a", Verdict.Ok, ""), new DoctorFinding("b", Enum.Parse<Verdict>(worst), "")]));

    [Fact]
    public async Task Before_and_after_the_first_backup_everything_is_looked_at()
    {
        Directory.CreateDirectory(_folder["Game"]);
        File.WriteAllText(_folder["Game", "Game.uproject"], """{"EngineAssociation": "5.4"}""");
        CliRunner cli = new(_folder) { WorkingDirectory = _folder["Game"] };
        cli.Variables.Clear();
        CliResult before = await cli.RunAsync("doctor", "--no-speed-test");
        Assert.Equal(1, before.Code);
        Assert.Contains("problem  password", before.Out, StringComparison.Ordinal);
        Assert.Contains("Unreal Engine 5.4", before.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["Game_Backup"]));

        Assert.Equal(0, (await cli.RunAsync("push")).Code);
        Assert.Equal(0, (await cli.RunAsync("check")).Code);
        CliResult after = await cli.RunAsync("doctor", "--json");
        using JsonDocument report = JsonDocument.Parse(after.Out);
        Dictionary<string, string> verdicts = report.RootElement.GetProperty("findings").EnumerateArray()
            .ToDictionary(finding => finding.GetProperty("question").GetString()!, finding => finding.GetProperty("verdict").GetString()!);
        Assert.Equal(("ok", "ok", "ok", "ok", "ok"), (verdicts["project"], verdicts["password"], verdicts["repository"], verdicts["snapshots"], verdicts["locks"]));
        Assert.Equal(("ok", "ok", "ok", "ok"), (verdicts["last run"], verdicts["last check"], verdicts["saved"], verdicts["changes"]));
        Assert.True(verdicts.ContainsKey("write speed") && verdicts.ContainsKey("read speed") && verdicts.ContainsKey("left out") && verdicts.ContainsKey("config"));
        Assert.Empty(Directory.GetFiles(_folder["Game_Backup"], ".sots-doctor*"));
    }

    private sealed class Broken : IDoctorProbe
    {
        public string Question => "broken";

        public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken) => throw new IOException("no such disk");
    }

    private sealed class Fine : IDoctorProbe
    {
        public string Question => "fine";

        public Task<IReadOnlyList<DoctorFinding>> LookAsync(DoctorScene scene, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<DoctorFinding>>([new DoctorFinding("fine", Verdict.Ok, "")]);
    }
}
