namespace Sots.Interop.Tests.DropIn;

/// <summary><c>restore</c> says and counts what restic says and counts.</summary>
[Collection(BothPrograms.Name)]
public sealed class RestoringTests(BothPrograms both)
{
    [Theory]
    [InlineData("restore latest --target out")]
    [InlineData("restore latest --target out --exclude *.log")]
    [InlineData("restore latest:/src/sub --target out")]
    public async Task A_restore_is_summed_up_alike(string command) => (await both.RunAsync(command)).AssertSame();

    [Theory]
    [InlineData("restore latest --target out -vv")]
    [InlineData("restore latest --target out -vv --dry-run")]
    public async Task Every_entry_is_told_alike(string command) => (await both.RunAsync(command)).AssertSameLines();

    [Theory]
    [InlineData("restore latest --target out --json -vv")]
    public async Task Messages_but_the_status_are_alike(string command)
    {
        Pair pair = (await both.RunAsync(command)).AssertCodes(0);
        Assert.Equal(Results(pair.Theirs), Results(pair.Ours));
        Assert.Empty(pair.Ours.Error);

        static string[] Results(Outcome outcome) =>
            [.. outcome.OutLines.Where(line => !line.StartsWith("{\"message_type\":\"status\"", StringComparison.Ordinal)).Select(Masking.Of).Order(StringComparer.Ordinal)];
    }

    [Theory]
    [InlineData("restore latest --target out")]
    [InlineData("restore latest --target out --delete")]
    public async Task What_is_there_already_is_counted_alike(string command)
    {
        Pair pair = await both.RunAsync(command.Split(' '), prepare: () =>
        {
            Directory.CreateDirectory(Path.Combine(both.Root, "out", "src", "sub"));
            foreach (string file in new[] { "zero", "sub/b.txt", "sub/c.bin" })
            {
                File.Copy(Path.Combine(both.Root, "src", file), Path.Combine(both.Root, "out", "src", file));
            }

            File.WriteAllText(Path.Combine(both.Root, "out", "src", "surplus"), "x");
        });
        pair.AssertSame();
    }

    [Theory]
    [InlineData("restore zzzz --target out")]
    [InlineData("restore latest --host nosuch --tag x,y --target out")]
    [InlineData("restore latest")]
    [InlineData("restore --target out")]
    [InlineData("restore latest --target out --include a --exclude b")]
    public async Task What_cannot_be_restored_is_refused_alike(string command) => (await both.RunAsync(command)).AssertRefused(1);
}
