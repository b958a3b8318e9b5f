using System.Text.Json.Nodes;

namespace Sots.Interop.Tests.DropIn;

/// <summary><c>find</c> finds what restic finds, and prints it as restic does.</summary>
[Collection(BothPrograms.Name)]
public sealed class FindTests(BothPrograms both)
{
    [Theory]
    [InlineData("find *.txt")]
    [InlineData("find *.txt --json")]
    [InlineData("find sub --long")]
    [InlineData("find sub -l --human-readable -R")]
    [InlineData("find -q *.txt")]
    [InlineData("find -i A.TXT B.*")]
    [InlineData("find A.TXT")]
    [InlineData("find /src/sub --json --reverse")]
    [InlineData("find src/**/big.log")]
    [InlineData("find --host two *")]
    [InlineData("find --tag c *.txt --json")]
    [InlineData("find --tag a,b *.txt")]
    [InlineData("find -s latest zero")]
    [InlineData("find -s latest -H two *.bin")]
    [InlineData("find -s zzzz zero")]
    [InlineData("find nosuch")]
    [InlineData("find nosuch --json")]
    [InlineData("find --newest 2000-01-01 *")]
    [InlineData("find --oldest 01.01.2001 --newest 2100-01-01 *.txt -s latest")]
    [InlineData("find --blob 0000000000000000000000000000000000000000000000000000000000000000 --json")]
    public async Task The_same_is_found(string command) => (await both.RunAsync(command)).AssertSame();

    [Theory]
    [InlineData("find")]
    [InlineData("find --tree --blob 00")]
    [InlineData("find --pack 00000000")]
    [InlineData("find --oldest yesterday x")]
    public async Task The_same_is_refused(string command) => (await both.RunAsync(command)).AssertRefused(1);

    [Fact]
    public async Task Snapshots_that_are_named_are_searched_whatever_the_filter_and_newest_first()
    {
        string[] ids = await IdsAsync();
        (await both.RunAsync(["find", "-s", ids[0], "-s", ids[2], "-s", ids[0], "--host", "none", "a.txt"])).AssertSame();
        (await both.RunAsync(["find", "-s", ids[0], "-s", ids[2], "a.txt", "-R", "-v"])).AssertSame();
    }

    [Fact]
    public async Task The_uses_of_blobs_trees_and_packs_are_found_alike()
    {
        Outcome all = await AfterResetAsync(["find", "--json", "--pack", .. await PacksAsync()]);
        JsonArray objects = JsonNode.Parse(all.Out)!.AsArray();
        string blob = IdOf(objects, "blob"), tree = IdOf(objects, "tree");
        foreach (string[] flags in new string[][] { [], ["--json"], ["-R", "-q"], ["--tag", "c"] })
        {
            (await both.RunAsync(["find", "--blob", blob, .. flags])).AssertSame();
            (await both.RunAsync(["find", "--tree", tree, .. flags])).AssertSame();
            (await both.RunAsync(["find", "--blob", blob[..8], .. flags])).AssertSame();
        }

        (await both.RunAsync(["find", "--blob", "--show-pack-id", blob])).AssertSame();
        foreach (string pack in await PacksAsync())
        {
            (await both.RunAsync(["find", "--pack", pack])).AssertSame();
            (await both.RunAsync(["find", "--pack", pack[..8], "--json"])).AssertSame();
            (await both.RunAsync(["find", "--pack", pack, "--show-pack-id"])).AssertSameLines();
        }
    }

    private static string IdOf(JsonArray objects, string type) =>
        objects.Last(found => (string?)found!["object_type"] == type)!["id"]!.GetValue<string>();

    private async Task<string[]> IdsAsync() =>
        [.. JsonNode.Parse((await AfterResetAsync("snapshots", "--json")).Out)!.AsArray().Select(static saved => saved!["id"]!.GetValue<string>())];

    private async Task<string[]> PacksAsync() => (await AfterResetAsync("list", "packs")).OutLines;

    /// <summary>What restic says of the repository as both programs find it.</summary>
    private async Task<Outcome> AfterResetAsync(params string[] words)
    {
        await both.RunAsync("snapshots");
        return await both.ResticAsync(words);
    }
}
