using System.Text.Json.Nodes;

namespace Sots.Interop.Tests.DropIn;

/// <summary><c>forget</c>, <c>prune</c>, <c>tag</c> and <c>unlock</c> say what restic says.</summary>
[Collection(BothPrograms.Name)]
public sealed class RemovingTests(BothPrograms both)
{
    [Theory]
    [InlineData("forget --keep-last 1 --host one -v")]
    [InlineData("forget --keep-last 1 --host one -c --dry-run")]
    [InlineData("forget --keep-last 1 --host one -q")]
    [InlineData("forget --keep-last 1 --host one --json")]
    [InlineData("forget --keep-tag c --group-by ")]
    [InlineData("forget latest")]
    [InlineData("forget zzzz")]
    public async Task Snapshots_are_forgotten_alike(string command) => (await both.RunAsync(command)).AssertSame();

    [Fact]
    public async Task Groups_are_forgotten_alike_in_any_order()
    {
        Pair pair = (await both.RunAsync("forget --keep-last 1 --json")).AssertCodes(0);
        Assert.Equal(Groups(pair.Theirs), Groups(pair.Ours));

        static string[] Groups(Outcome outcome) => [.. JsonNode.Parse(outcome.Out)!.AsArray().Select(group => group!.ToJsonString()).Order(StringComparer.Ordinal)];
    }

    [Theory]
    [InlineData("forget")]
    [InlineData("forget --unsafe-allow-remove-all")]
    public async Task A_policy_that_keeps_nothing_is_refused_alike(string command) => (await both.RunAsync(command)).AssertRefused(1);

    [Theory]
    [InlineData("prune")]
    [InlineData("prune --dry-run")]
    [InlineData("forget --keep-last 1 --host one --prune")]
    public async Task Data_is_pruned_alike(string command)
    {
        Pair pair = (await both.RunAsync(command)).AssertCodes(0);
        Assert.Equal(Plan(pair.Theirs), Plan(pair.Ours));
        Assert.Equal(pair.Theirs.Error, pair.Ours.Error);

        // The cache is the tests' choice; how many index files the rest goes into is each program's own.
        static string[] Plan(Outcome outcome) =>
        [
            .. outcome.OutLines.Where(line => !line.Contains("without a cache", StringComparison.Ordinal) && !line.EndsWith("indexes processed", StringComparison.Ordinal)
                && !line.EndsWith("indexes deleted", StringComparison.Ordinal)).Select(Masking.Of),
        ];
    }

    [Theory]
    [InlineData("tag --add x")]
    [InlineData("tag --add x --json latest")]
    [InlineData("tag --set q --host two -v")]
    [InlineData("tag --add x zzzz")]
    [InlineData("tag --set x --add y")]
    public async Task Snapshots_are_tagged_alike(string command) =>
        (await both.RunAsync(command)).AssertSame(command.EndsWith('y') ? 1 : 0);

    [Theory]
    [InlineData("unlock")]
    [InlineData("unlock --remove-all")]
    public async Task Locks_of_dead_processes_are_removed_alike(string command) => (await both.RunAsync(command)).AssertSame();
}
