using Sots.Cli.Runs;
using Sots.Testing;

namespace Sots.Cli.Tests.Runs;

/// <summary>The records of the runs remember what was saved: a snapshot that is gone without a word is named.</summary>
public sealed class SnapshotWitnessTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string A = new('a', 64), B = new('b', 64);

    private readonly TempFolder _folder = new();
    private readonly CliRunner _cli;

    public SnapshotWitnessTests()
    {
        Directory.CreateDirectory(_folder["Game"]);
        File.WriteAllText(_folder["Game", "Game.uproject"], "{}");
        _cli = new CliRunner(_folder) { WorkingDirectory = _folder["Game"] };
        _cli.Variables.Clear();
    }

    private string Snapshots => _folder["Game_Backup", "repo", "snapshots"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_snapshot_file_that_was_deleted_is_an_alarm_and_no_damage()
    {
        await _cli.RunAsync("full");
        await PushAsync("changed");
        Assert.Equal(0, (await _cli.RunAsync("status")).Code);
        string newest = await NewestAsync();
        File.Delete(Path.Combine(Snapshots, newest));

        CliResult status = await _cli.RunAsync("status");
        Assert.Equal(3, status.Code);
        Assert.Contains($"alarm: snapshot {newest[..8]} that was saved on ", status.Out, StringComparison.Ordinal);
        CliResult check = await _cli.RunAsync("check");
        Assert.Equal(0, check.Code);
        Assert.Contains($"{newest[..8]} that was saved on ", check.Error, StringComparison.Ordinal);
        Assert.Contains("was not forgotten here", check.Error, StringComparison.Ordinal);
        Assert.Contains($"{newest[..8]} that was saved on ", (await _cli.RunAsync("doctor")).Out, StringComparison.Ordinal);

        // Who knows that it is gone can say so.
        await _cli.RunAsync("forget", newest[..8]);
        Assert.Equal(0, (await _cli.RunAsync("status")).Code);
        Assert.Equal("", (await _cli.RunAsync("check")).Error);
    }

    [Fact]
    public async Task What_this_program_forgets_or_replaces_is_not_missed()
    {
        await _cli.RunAsync("full");
        await PushAsync("one");
        await PushAsync("two");
        Assert.Equal(0, (await _cli.RunAsync("tag", "--add", "release", "latest")).Code);
        Assert.Equal(0, (await _cli.RunAsync("forget", "--keep-last", "1")).Code);
        Assert.Single(Directory.GetFiles(Snapshots));
        CliResult status = await _cli.RunAsync("status");
        Assert.True(status.Code == 0, status.Out);
    }

    [Fact]
    public async Task A_check_in_a_project_says_what_it_could_not_see_and_status_remembers()
    {
        await _cli.RunAsync("full");
        Assert.Contains("this was a quick check", (await _cli.RunAsync("check")).Out, StringComparison.Ordinal);
        Assert.Contains("; quick: the content was not read", (await _cli.RunAsync("status")).Out, StringComparison.Ordinal);
        Assert.Contains("this was a full check", (await _cli.RunAsync("check", "--read-data")).Out, StringComparison.Ordinal);
        Assert.Contains("; full: every byte was read", (await _cli.RunAsync("status")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_is_not_changed_to_the_newest_snapshot_while_one_cannot_be_read()
    {
        await _cli.RunAsync("full");
        string oldest = await NewestAsync();
        await PushAsync("changed");
        string newest = await NewestAsync();
        string path = Path.Combine(Snapshots, newest);
        byte[] bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[30] ^= 1;
        File.Delete(path);
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        CliResult refused = await _cli.RunAsync("restore-latest", "--in-place", "--yes");
        Assert.Equal(1, refused.Code);
        Assert.Contains($"say --snapshot {oldest[..8]}", refused.Error, StringComparison.Ordinal);
        Assert.Equal("changed", await File.ReadAllTextAsync(_folder["Game", "a.txt"], TestContext.Current.CancellationToken));
        Assert.Equal(0, (await _cli.RunAsync("restore-latest", "--in-place", "--yes", "--delete", "--snapshot", oldest[..8])).Code);
        Assert.False(File.Exists(_folder["Game", "a.txt"]));
    }

    [Fact]
    public void Only_runs_of_this_repository_that_said_saved_are_witnesses()
    {
        RunRecord saved = Saved(A, 0);
        Assert.Equal([A], Missing(saved));
        Assert.Empty(Missing(saved with { Repository = "other" }));
        Assert.Empty(Missing(saved with { Repository = null }));
        Assert.Empty(Missing(saved with { DryRun = true }));
        Assert.Empty(Missing(saved with { ExitCode = 1 }));
        Assert.Empty(Missing(saved with { Verb = "restore" }));
        Assert.Empty(SnapshotWitness.Find([saved], "r", new HashSet<string> { A }));
        Assert.Empty(SnapshotWitness.Find([saved], "", new HashSet<string>()));
    }

    [Fact]
    public void A_later_run_that_may_have_removed_it_explains_an_old_one_but_not_the_newest()
    {
        RunRecord restic = Saved(null, 1) with { Verb = "restic" };
        IReadOnlyList<MissingSnapshot> missing = SnapshotWitness.Find([Saved(A, 0), restic, Saved(B, 2)], "r", new HashSet<string>());
        Assert.Equal([true, false], missing.Select(one => one.MayBeExplained));
        Assert.Contains(B[..8], SnapshotWitness.ToAlarm(missing, Start.AddHours(1.5), shared: false, TimeZoneInfo.Utc)!.Message, StringComparison.Ordinal);
        Assert.Null(SnapshotWitness.ToAlarm([missing[0]], Start.AddHours(3), shared: false, TimeZoneInfo.Utc));
        Assert.NotNull(SnapshotWitness.ToAlarm([missing[0]], Start.AddHours(-1), shared: false, TimeZoneInfo.Utc));
        Assert.Null(SnapshotWitness.ToAlarm([missing[1]], Start.AddHours(3), shared: true, TimeZoneInfo.Utc));
        Assert.NotNull(SnapshotWitness.ToAlarm([missing[1]], Start.AddHours(3), shared: false, TimeZoneInfo.Utc));
    }

    [Fact]
    public void A_removal_that_was_cut_off_explains_what_was_saved_before_it()
    {
        RunRecord killed = Saved(null, 1) with { Verb = "forget-prune", Event = RunRecord.StartEvent, Repository = null };
        Assert.True(Assert.Single(SnapshotWitness.Find([Saved(A, 0), killed], "r", new HashSet<string>())).MayBeExplained);
        RunRecord ended = Saved(null, 1) with { Verb = "forget-prune", Forgotten = [B] };
        Assert.False(Assert.Single(SnapshotWitness.Find([Saved(A, 0), ended], "r", new HashSet<string>())).MayBeExplained);
    }

    [Fact]
    public void Of_every_command_with_a_record_it_is_known_whether_it_removes_snapshots_and_says_which() =>
        Assert.Equal(["repair-snapshots", "restic"], RunVerbs.Work.Except([.. SnapshotWitness.KeepAll, .. SnapshotWitness.RecordAll]).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("restore-asset")]
    [InlineData("restore-level")]
    [InlineData("recover")]
    [InlineData("repair-index")]
    [InlineData("repair-packs")]
    [InlineData("key-passwd")]
    public void What_never_removes_a_snapshot_explains_nothing(string verb)
    {
        RunRecord later = Saved(null, 1) with { Verb = verb };
        Assert.False(Assert.Single(SnapshotWitness.Find([Saved(A, 0), later], "r", new HashSet<string>())).MayBeExplained);
        RunRecord pretended = Saved(null, 1) with { Verb = "repair-snapshots", DryRun = true };
        Assert.False(Assert.Single(SnapshotWitness.Find([Saved(A, 0), pretended], "r", new HashSet<string>())).MayBeExplained);
    }

    private static IEnumerable<string> Missing(RunRecord run) => SnapshotWitness.Find([run], "r", new HashSet<string>()).Select(one => one.Id);

    private static RunRecord Saved(string? snapshot, int hour) => new()
    {
        Event = RunRecord.EndEvent,
        Id = $"run{hour}",
        Verb = "push",
        Start = Start.AddHours(hour),
        End = Start.AddHours(hour).AddMinutes(1),
        ExitCode = 0,
        Snapshot = snapshot,
        Repository = "r",
        Host = "here",
        Pid = 1,
        Version = "1",
    };

    private async Task PushAsync(string text)
    {
        await File.WriteAllTextAsync(_folder["Game", "a.txt"], text, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await _cli.RunAsync("push")).Code);
    }

    private async Task<string> NewestAsync()
    {
        using System.Text.Json.JsonDocument listed = System.Text.Json.JsonDocument.Parse((await _cli.RunAsync("snapshots", "--json")).Out);
        return listed.RootElement.EnumerateArray().Last().GetProperty("id").GetString()!;
    }
}
