using System.Text.Json;
using Sots.Cli.Doctor;
using Sots.Restic;
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

    [Theory]
    [InlineData(1, 0, 0.1, 0, "note,ok,ok")]
    [InlineData(2, 0, 0.1, 0, "ok,ok,ok")]
    [InlineData(2, 0, 8.0, 0, "ok,warning,ok")]
    [InlineData(2, 1, 0.1, 2, "ok,problem,note")]
    [InlineData(2, 0, -1.0, 0, "ok,warning,ok")]
    public void The_repository_is_judged_by_its_version_its_snapshots_and_its_locks(int version, int damaged, double days, int locks, string verdicts)
    {
        TimeSpan? age = days < 0 ? null : TimeSpan.FromDays(days);
        IEnumerable<DoctorFinding> findings = RepositoryProbe.Judge(new RepositoryFacts(version, 3, damaged, age, locks));
        Assert.Equal(verdicts, string.Join(',', findings.Select(finding => finding.Verdict.ToString().ToLowerInvariant())));
    }

    [Fact]
    public void A_clock_behind_the_newest_snapshot_is_a_problem_and_one_that_differs_from_the_disk_a_warning()
    {
        Assert.Equal(Verdict.Ok, ClockProbe.Judge(Now, Now.AddMinutes(1), Now.AddMinutes(-1)).Verdict);
        Assert.Equal(Verdict.Problem, ClockProbe.Judge(Now, Now.AddMinutes(3), Now).Verdict);
        Assert.Equal(Verdict.Warning, ClockProbe.Judge(Now, Now.AddDays(-1), Now.AddMinutes(-3)).Verdict);
        Assert.Equal(Verdict.Ok, ClockProbe.Judge(Now, null, null).Verdict);
    }

    [Theory]
    [InlineData(1, 100, "Problem")]
    [InlineData(9, 100, "Warning")]
    [InlineData(10, 100, "Ok")]
    [InlineData(0, 0, "Ok")]
    public void Little_room_is_told_before_there_is_none(long free, long total, string verdict) => Assert.Equal(verdict, SpaceProbe.Judge("backup", free, total).Verdict.ToString());

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
        Assert.Equal(Verdict.Warning, SpeedProbe.Judge(32 << 20, TimeSpan.FromSeconds(4)).Verdict);
        Assert.Equal(Verdict.Ok, SpeedProbe.Judge(32 << 20, TimeSpan.Zero).Verdict);
        Assert.Equal(Verdict.Ok, LongPathsProbe.Judge(null, 0).Verdict);
        Assert.Equal(Verdict.Ok, LongPathsProbe.Judge(false, 0).Verdict);
        Assert.Equal(Verdict.Note, LongPathsProbe.Judge(true, 2).Verdict);
        Assert.Equal(Verdict.Warning, LongPathsProbe.Judge(false, 2).Verdict);
        Assert.Equal(Verdict.Note, AntivirusProbe.Judge(true, "R").Verdict);
        Assert.Equal(Verdict.Ok, AntivirusProbe.Judge(false, "R").Verdict);
        Assert.Equal(Verdict.Note, EditorProbe.Judge(new EditorFinding("UnrealEditor", 0)).Verdict);
        Assert.Equal(Verdict.Ok, EditorProbe.Judge(new EditorFinding(null, 1)).Verdict);
        Assert.Equal(Verdict.Ok, ResticProbe.Judge("/usr/bin/restic").Verdict);
        Assert.Equal(Verdict.Note, ResticProbe.Judge(null).Verdict);
    }

    [Fact]
    public void Runs_are_judged_by_how_they_ended_and_when()
    {
        LastRun good = new(Now.AddDays(-1), "complete", true), bad = new(Now.AddDays(-1), "failed", false);
        Assert.Equal(Verdict.Ok, RunsProbe.Backup(good, Now).Verdict);
        Assert.Equal(Verdict.Warning, RunsProbe.Backup(bad, Now).Verdict);
        Assert.Equal(Verdict.Note, RunsProbe.Backup(null, Now).Verdict);
        Assert.Equal(Verdict.Ok, RunsProbe.Check(good, Now).Verdict);
        Assert.Equal(Verdict.Problem, RunsProbe.Check(bad, Now).Verdict);
        Assert.Equal(Verdict.Note, RunsProbe.Check(good with { Time = Now.AddDays(-31) }, Now).Verdict);
    }

    [Fact]
    public async Task A_probe_that_fails_does_not_stop_the_others()
    {
        DoctorScene scene = new(null!, null!, null, false);
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
        CliResult after = await cli.RunAsync("doctor", "--json");
        using JsonDocument report = JsonDocument.Parse(after.Out);
        Dictionary<string, string> verdicts = report.RootElement.GetProperty("findings").EnumerateArray()
            .ToDictionary(finding => finding.GetProperty("question").GetString()!, finding => finding.GetProperty("verdict").GetString()!);
        Assert.Equal(("ok", "ok", "ok", "ok", "ok"), (verdicts["project"], verdicts["password"], verdicts["repository"], verdicts["snapshots"], verdicts["locks"]));
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
