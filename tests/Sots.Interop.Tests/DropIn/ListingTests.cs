using System.Text.Json.Nodes;

namespace Sots.Interop.Tests.DropIn;

/// <summary><c>snapshots</c> and <c>ls</c> print what restic prints.</summary>
[Collection(BothPrograms.Name)]
public sealed class ListingTests(BothPrograms both)
{
    [Theory]
    [InlineData("snapshots")]
    [InlineData("snapshots --json")]
    [InlineData("snapshots --compact")]
    [InlineData("snapshots --latest 1 -v")]
    [InlineData("snapshots --tag a,b --json")]
    [InlineData("snapshots --host one")]
    [InlineData("snapshots zzzz")]
    public async Task Snapshots_are_listed_alike(string command) => (await both.RunAsync(command)).AssertSame();

    [Fact]
    public async Task Snapshots_of_a_path_are_listed_alike() =>
        (await both.RunAsync(["snapshots", "--path", Path.Combine(both.Root, "src", "sub")])).AssertSame();

    /// <summary>The order of groups is chance in restic.</summary>
    [Fact]
    public async Task Groups_are_listed_alike_in_any_order()
    {
        Pair text = await both.RunAsync("snapshots --group-by host,paths,tags");
        Assert.Equal(Blocks(text.Theirs), Blocks(text.Ours));
        Pair json = await both.RunAsync("snapshots --group-by host --json");
        Assert.Equal(Groups(json.Theirs), Groups(json.Ours));

        static string[] Blocks(Outcome outcome) => [.. outcome.Out.Split("snapshots for ").Order(StringComparer.Ordinal)];
        static string[] Groups(Outcome outcome) => [.. JsonNode.Parse(outcome.Out)!.AsArray().Select(group => group!.ToJsonString()).Order(StringComparer.Ordinal)];
    }

    [Theory]
    [InlineData("ls latest")]
    [InlineData("ls latest --json")]
    [InlineData("ls latest --long --human-readable -q")]
    [InlineData("ls latest /src/sub --recursive --json")]
    [InlineData("ls latest:/src/sub")]
    [InlineData("ls latest /nosuch")]
    public async Task Entries_are_listed_alike(string command) => (await both.RunAsync(command)).AssertSame();
}
