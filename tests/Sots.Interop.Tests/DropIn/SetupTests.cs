using System.Text.Json.Nodes;

namespace Sots.Interop.Tests.DropIn;

/// <summary><c>init</c> and <c>version</c>.</summary>
[Collection(BothPrograms.Name)]
public sealed class SetupTests(BothPrograms both)
{
    /// <summary>With the full path, which both print alike.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("--json")]
    public async Task A_repository_is_made_alike(string flag)
    {
        BothPrograms.SkipWithoutRestic();
        string[] words = ["init", "-r", Path.Combine(both.Root, "out"), .. flag.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        (await both.RunAsync(words)).AssertSame();
    }

    [Fact]
    public async Task A_repository_that_is_there_is_refused_alike()
    {
        Pair pair = (await both.RunAsync("init")).AssertCodes(1);
        Assert.Equal(pair.Theirs.ErrorLines[0], "Fatal: " + pair.Ours.ErrorLines[0]);
    }

    [Fact]
    public async Task The_version_has_restics_members()
    {
        Pair pair = (await both.RunAsync("version --json")).AssertCodes(0);
        JsonObject theirs = JsonNode.Parse(pair.Theirs.Out)!.AsObject(), ours = JsonNode.Parse(pair.Ours.Out)!.AsObject();
        Assert.Equal(theirs.Select(member => member.Key), ours.Select(member => member.Key));
        foreach (string same in new[] { "message_type", "go_os", "go_arch" })
        {
            Assert.Equal((string?)theirs[same], (string?)ours[same]);
        }
    }
}
