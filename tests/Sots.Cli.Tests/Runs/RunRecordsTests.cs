using Sots.Cli.Output;
using Sots.Cli.Runs;
using Sots.Testing;

namespace Sots.Cli.Tests.Runs;

/// <summary>The record of all runs.</summary>
public sealed class RunRecordsTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private RunRecords Records => new(_folder.Path, TimeProvider.System);

    private string FilePath => _folder[RunRecords.FileName];

    private static RunRecord Run(int number, string kind = RunRecord.StartEvent) => new()
    {
        Event = kind, Id = $"run-{number:D5}", Verb = "push", Start = Start.AddMinutes(number), Host = "h", Pid = 1, Version = "1",
        Outcome = kind == RunRecord.EndEvent ? RunOutcome.Complete : null,
    };

    [Fact]
    public void A_run_is_its_start_until_its_end_is_known()
    {
        Assert.Empty(Records.Read());
        Records.Append(Run(2));
        Records.Append(Run(1));
        Records.Append(Run(2, RunRecord.EndEvent));
        Assert.Equal([Run(1), Run(2, RunRecord.EndEvent)], Records.Read());
        Assert.Equal(3, File.ReadAllLines(FilePath).Length);
    }

    [Fact]
    public void Everything_that_is_written_is_read_again()
    {
        RunRecord full = Run(1, RunRecord.EndEvent) with
        {
            End = Start.AddHours(1), ExitCode = 3, DryRun = true, Snapshot = "abc", Problems = 1_000_000, Warnings = 2, Message = "a\n\"b\" ☃", Log = "x.log",
            ProcessStart = Start.AddSeconds(-1), Counts = new RunCounts { Files = long.MaxValue, FilesGone = 0 },
        };
        Records.Append(full);
        RunRecord read = Assert.Single(Records.Read());
        Assert.Equal(CliJson.Line(full), CliJson.Line(read));
        Assert.Equal(full.Counts, read.Counts);
        Assert.Contains("☃", File.ReadAllText(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_that_has_no_length_like_a_pipe_or_a_file_of_a_dying_disk_is_an_error_of_the_disk()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs mkfifo");
        using (System.Diagnostics.Process process = System.Diagnostics.Process.Start("mkfifo", [FilePath]))
        {
            process.WaitForExit();
        }

        Assert.Contains("no regular file", Assert.Throws<IOException>(() => Records.Append(Run(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_torn_last_line_is_passed_over_and_the_next_one_is_whole()
    {
        Records.Append(Run(1));
        Records.Append(Run(2));
        string whole = File.ReadAllText(FilePath);
        for (int cut = 1; cut < CliJson.Line(Run(2)).Length; cut += 7)
        {
            File.WriteAllText(FilePath, whole[..^cut]);
            Assert.Equal("run-00001", Records.Read()[0].Id);
            Records.Append(Run(3));
            Assert.Equal("run-00003", Records.Read()[^1].Id);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("garbage \0 \u001b")]
    [InlineData("""{"event":"start","id":null,"verb":"x","start":"2026-01-01T00:00:00Z","host":"h","pid":1,"version":"1"}""")]
    [InlineData("""{"event":"dance","id":"i","verb":"x","start":"2026-01-01T00:00:00Z","host":"h","pid":1,"version":"1"}""")]
    [InlineData("""{"event":"start","id":"i","verb":"x","start":"yesterday","host":"h","pid":1,"version":"1"}""")]
    [InlineData("""{"event":"start","id":"i","verb":"x","start":"2026-01-01T00:00:00Z","host":"h","pid":99999999999999999999,"version":"1"}""")]
    public void A_line_that_makes_no_sense_hides_no_other(string line)
    {
        Records.Append(Run(1));
        File.AppendAllText(FilePath, line + "\n");
        Records.Append(Run(2));
        Assert.Equal(["run-00001", "run-00002"], Records.Read().Select(run => run.Id));
    }

    [Fact]
    public void Many_writers_lose_nothing()
    {
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => Records.Append(Run(i)));
        Assert.Equal(200, Records.Read().Count);
    }

    [Fact]
    public void A_long_record_keeps_the_newest_runs()
    {
        for (int i = 0; i < 60; i++)
        {
            Records.Append(Run(i));
            Records.Append(Run(i, RunRecord.EndEvent) with { Message = new string('x', 50_000) });
        }

        Assert.True(Records.TryThin(keep: 1000));
        Assert.Equal(60, Records.Read().Count);
        for (int i = 60; i < 100; i++)
        {
            Records.Append(Run(i, RunRecord.EndEvent) with { Message = new string('x', 50_000) });
        }

        Assert.True(Records.TryThin(keep: 10));
        Assert.Equal(Enumerable.Range(90, 10).Select(i => $"run-{i:D5}"), Records.Read().Select(run => run.Id));
        Assert.Equal([RunRecords.FileName, "runs.lock"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_million_problems_make_a_short_record()
    {
        RunTally tally = new();
        for (int i = 0; i < 1_000_000; i++)
        {
            tally.Add(new Sots.Backup.Progress.ProblemEvent("archival", "/f" + i, i == 0 ? new string('y', 100_000) : "denied"));
        }

        RunRecord end = tally.Complete(Run(1), Start.AddHours(1), exitCode: 3);
        Assert.Equal((1_000_000, RunTally.MaxErrors, RunOutcome.Warning), (end.Problems, end.Errors!.Count, end.Outcome));
        Assert.InRange(CliJson.Line(end).Length, 100, 5_000);
    }

    [Theory]
    [InlineData(0, "complete")]
    [InlineData(3, "warning")]
    [InlineData(130, "cancelled")]
    [InlineData(1, "failed")]
    [InlineData(11, "failed")]
    public void There_are_four_outcomes(int code, string outcome) => Assert.Equal(outcome, RunOutcome.Of(code));

    [Fact]
    public void A_run_that_has_not_ended_is_running_interrupted_or_unknown()
    {
        RunLiveness here = new(_folder.Path, "h");
        RunRecord mine = Run(1) with { Pid = Environment.ProcessId, ProcessStart = RunLiveness.OwnStart() };
        Assert.Equal(RunOutcome.Running, here.Judge(mine).Outcome);
        Assert.Equal(RunOutcome.Interrupted, here.Judge(mine with { ProcessStart = mine.ProcessStart!.Value.AddDays(-1) }).Outcome);
        Assert.Equal(RunOutcome.Interrupted, here.Judge(mine with { Pid = 0x3FFF_FFF0 }).Outcome);
        Assert.Equal(RunOutcome.Unknown, here.Judge(mine with { Host = "elsewhere" }).Outcome);
        Assert.Equal(RunOutcome.Complete, here.Judge(Run(1, RunRecord.EndEvent)).Outcome);
    }

    [Fact]
    public void A_log_that_is_held_belongs_to_a_run_that_is_going_on()
    {
        RunLiveness elsewhere = new(_folder.Path, "other");
        RunRecord run = Run(1) with { Log = "a.log" };
        using (new FileStream(_folder["a.log"], FileMode.CreateNew, FileAccess.Write, FileShare.Read))
        {
            Assert.Equal(RunOutcome.Running, elsewhere.Judge(run).Outcome);
        }

        Assert.Equal(RunOutcome.Unknown, elsewhere.Judge(run).Outcome);
        Assert.False(elsewhere.IsHeld("../a.log"));
        Assert.False(elsewhere.IsHeld(null));
    }
}
