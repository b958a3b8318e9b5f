using System.Text.Json.Nodes;

namespace Sots.Interop.Tests.DropIn;

/// <summary><c>key</c>: what one program makes the other opens.</summary>
[Collection(BothPrograms.Name)]
public sealed class KeyTests(BothPrograms programs)
{
    [Theory]
    [InlineData("key list")]
    [InlineData("key list --json")]
    [InlineData("key list --no-lock")]
    public async Task Lists_are_the_same(string command)
    {
        // The times of a key are those of its making, and a single one is in no order.
        (await programs.RunAsync(command)).AssertSame();
    }

    [Fact]
    public async Task The_key_in_use_is_refused_alike()
    {
        string id = JsonNode.Parse((await programs.RunAsync("key list --json")).Ours.Out)![0]!["id"]!.GetValue<string>();
        (await programs.RunAsync($"key remove {id}")).AssertRefused(1);
        (await programs.RunAsync("key list x")).AssertCodes(1);
    }

    [Theory]
    [InlineData("ours", "restic")]
    [InlineData("restic", "ours")]
    public async Task A_password_that_one_adds_and_changes_opens_for_the_other(string maker, string user)
    {
        BothPrograms.SkipWithoutRestic();
        await programs.RunAsync("key list");
        Func<string[], Task<Outcome>> make = maker == "ours" ? programs.OursAsync : programs.ResticAsync;
        Func<string[], Task<Outcome>> use = user == "ours" ? programs.OursAsync : programs.ResticAsync;
        string one = Path.Combine(programs.Root, "pw1"), two = Path.Combine(programs.Root, "pw2");
        await File.WriteAllTextAsync(one, "first p\u00e4ss");
        await File.WriteAllTextAsync(two, "second p\u00e4ss");
        await DoneAsync(make(["key", "add", "--new-password-file", one, "--user", "u", "--host", "h"]));
        await DoneAsync(use(["snapshots", "-p", one]));
        await DoneAsync(make(["key", "passwd", "-p", one, "--new-password-file", two]));
        Assert.Equal(12, (await use(["snapshots", "-p", one])).Code);
        await DoneAsync(use(["snapshots", "-p", two]));
        string[] ids = (await DoneAsync(use(["key", "list", "-p", two]))).Out.Split('\n')
            .Where(line => line.StartsWith(' ') && !line.StartsWith(" ID", StringComparison.Ordinal)).Select(line => line[1..9]).ToArray();
        await DoneAsync(use(["key", "remove", "-p", two, Assert.Single(ids)]));
        Assert.Equal(12, (await make(["snapshots"])).Code);
        await DoneAsync(make(["check", "--read-data", "-p", two]));
    }

    private static async Task<Outcome> DoneAsync(Task<Outcome> running)
    {
        Outcome outcome = await running;
        Assert.True(outcome.Code == 0, outcome.Error);
        return outcome;
    }
}
