using System.Text.Json.Nodes;
using Sots.Restic.Locking;

namespace Sots.Interop.Tests.DropIn;

/// <summary>Whatever is refused ends with restic's exit code, and what programs look for in the message is there.</summary>
[Collection(BothPrograms.Name)]
public sealed class RefusalTests(BothPrograms both)
{
    [Fact]
    public async Task A_wrong_password_is_12() =>
        (await both.RunAsync(["snapshots"], [("RESTIC_PASSWORD", "wrong")])).AssertRefused(12);

    [Fact]
    public async Task No_repository_is_10()
    {
        Pair pair = (await both.RunAsync("snapshots -r nosuch")).AssertCodes(10);
        Assert.StartsWith("Fatal: repository does not exist: unable to open config file: ", pair.Theirs.Error, StringComparison.Ordinal);
        Assert.StartsWith("Fatal: repository does not exist: unable to open config file: ", pair.Ours.Error, StringComparison.Ordinal);
        Assert.Equal(["Is there a repository at the following location?", "nosuch"], pair.Theirs.ErrorLines[1..]);
        Assert.Equal(["Is there a repository at the following location?", Path.Combine(both.Root, "nosuch")], pair.Ours.ErrorLines[1..]);
    }

    /// <summary>The lock is a real one: this process holds it.</summary>
    [Theory]
    [InlineData("prune", false)]
    [InlineData("backup src", true)]
    public async Task A_locked_repository_is_11(string command, bool exclusive)
    {
        BothPrograms.SkipWithoutRestic();
        List<Outcome> outcomes = [];
        foreach (bool ours in new[] { false, true })
        {
            await both.RunAsync("version");
            using Engine engine = new(both.Repository);
            Sots.Restic.OpenRepository open = await engine.OpenAsync();
            await using RepositoryLock held = await open.LockAsync(exclusive, new LockOptions(), CancellationToken.None);
            outcomes.Add(ours ? await both.OursAsync(command.Split(' ')) : await both.ResticAsync(command.Split(' ')));
        }

        Pair pair = new Pair(outcomes[0], outcomes[1]).AssertCodes(11);
        Assert.Equal(Masking.Of(pair.Theirs.Error), Masking.Of(pair.Ours.Error));
        Assert.Empty(pair.Ours.OutLines.Except(pair.Theirs.OutLines));
    }

    [Theory]
    [InlineData("nosuchcommand")]
    [InlineData("snapshots --nosuchflag")]
    [InlineData("ls zzzz")]
    [InlineData("ls latest --host nosuch")]
    [InlineData("backup src --parent zzzz")]
    public async Task Behind_Fatal_stand_restics_words(string command)
    {
        Pair pair = (await both.RunAsync(command)).AssertCodes(1);
        Assert.StartsWith("Fatal: ", pair.Ours.Error, StringComparison.Ordinal);
        Assert.StartsWith(pair.Ours.ErrorLines[0]["Fatal: ".Length..], pair.Theirs.ErrorLines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("snapshots --json -r nosuch", 10)]
    [InlineData("restore zzzz --target out --json", 1)]
    [InlineData("snapshots --json --nosuchflag", 1)]
    [InlineData("backup --json", 1)]
    [InlineData("init --json", 1)]
    public async Task With_JSON_the_reason_is_the_last_line_and_an_exit_error(string command, int code)
    {
        Pair pair = (await both.RunAsync(command)).AssertCodes(code);
        Assert.Empty(pair.Ours.Out);
        JsonObject theirs = JsonNode.Parse(pair.Theirs.ErrorLines[^1])!.AsObject();
        JsonObject ours = JsonNode.Parse(pair.Ours.ErrorLines[^1])!.AsObject();
        Assert.Equal(theirs.Select(member => member.Key), ours.Select(member => member.Key));
        Assert.Equal("exit_error", (string?)ours["message_type"]);
        Assert.Equal(code, (int?)ours["code"]);
    }

    /// <summary>Each program says in its own words what is wrong with a value; nobody takes it.</summary>
    [Theory]
    [InlineData("forget --keep-last x")]
    [InlineData("restore latest --target out --overwrite nosuch")]
    [InlineData("check --read-data-subset x")]
    [InlineData("backup src --time x")]
    [InlineData("snapshots -r repo --repository-file x")]
    public async Task A_value_that_makes_no_sense_is_1(string command) => (await both.RunAsync(command)).AssertCodes(1);

    /// <summary>Differences that are meant: see docs/drop-in.md.</summary>
    [Theory]
    [InlineData("snapshots --limit-upload 5", "is not supported")]
    [InlineData("prune surplus", "one argument too many")]
    [InlineData("backup --stdin", "is not supported")]
    public async Task What_restic_takes_and_we_do_not_is_said(string command, string reason)
    {
        Pair pair = await both.RunAsync(command);
        Assert.NotEqual(1, pair.Theirs.Code);
        Assert.Equal(1, pair.Ours.Code);
        Assert.Contains(reason, pair.Ours.Error, StringComparison.Ordinal);
    }
}
