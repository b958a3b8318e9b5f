using Sots.Testing;

namespace Sots.Interop.Tests.DropIn;

/// <summary><c>check</c> goes through the same steps to the same verdict. What it finds, it tells in words of its own.</summary>
[Collection(BothPrograms.Name)]
public sealed class CheckingTests(BothPrograms both)
{
    [Theory]
    [InlineData("check --json")]
    [InlineData("check --json --read-data")]
    public async Task A_clean_repository_is_reported_alike(string command) => (await both.RunAsync(command)).AssertSame();

    [Theory]
    [InlineData("check -v")]
    [InlineData("check --read-data")]
    public async Task The_steps_are_alike_but_for_progress(string command)
    {
        Pair pair = (await both.RunAsync(command)).AssertCodes(0);
        Assert.Equal(pair.Theirs.OutLines.Where(line => !line.StartsWith('[')), pair.Ours.OutLines);
        Assert.Equal(pair.Theirs.Error, pair.Ours.Error);
    }

    /// <summary>Summary and last line; what lies between is told differently.</summary>
    [Theory]
    [InlineData("ok", 0)]
    [InlineData("orphan_pack", 0)]
    [InlineData("data_pack_missing", 1)]
    [InlineData("data_pack_truncated", 1)]
    [InlineData("index_bitflip", 1)]
    [InlineData("node_content_missing_blob", 1)]
    [InlineData("snapshot_bitflip", 1)]
    [InlineData("tree_blob_bitflip", 1)]
    public async Task A_damaged_repository_gets_restics_verdict(string name, int code)
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        string password = (await File.ReadAllTextAsync(SharedMaterial.PathOf("vectors", "password.txt"), TestContext.Current.CancellationToken)).Trim();
        Pair pair = (await both.RunAsync(
            ["check", "--json"], [("RESTIC_PASSWORD", password)], repository: SharedMaterial.PathOf("vectors", "damaged", name))).AssertCodes(code);
        Assert.Equal(pair.Theirs.OutLines, pair.Ours.OutLines);
        Assert.Equal(pair.Theirs.ErrorLines.LastOrDefault(), pair.Ours.ErrorLines.LastOrDefault());
        Assert.All(pair.Ours.ErrorLines, line => Assert.Matches("^\\{\"message_type\":\"(error|damage|exit_error)\",", line));
    }
}
