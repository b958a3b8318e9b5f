using System.Text.Json.Nodes;
using Sots.Testing;

namespace Sots.Interop.Tests.DropIn;

/// <summary><c>diff</c> prints what restic prints, byte for byte.</summary>
[Collection(BothPrograms.Name)]
public sealed class DiffTests(BothPrograms both)
{
    [Theory]
    [InlineData("diff A C")]
    [InlineData("diff C A")]
    [InlineData("diff A C --metadata")]
    [InlineData("diff A C --json")]
    [InlineData("diff A B --json --metadata")]
    [InlineData("diff A:src C:/src -q")]
    [InlineData("diff A:src/sub B --json -q")]
    [InlineData("diff A")]
    [InlineData("diff A zzzz")]
    public async Task Differences_are_told_alike(string command)
    {
        string[] ids = [.. JsonNode.Parse((await both.RunAsync("snapshots --json")).Theirs.Out)!.AsArray().Select(static snapshot => (string)snapshot!["short_id"]!)];
        string[] words = [.. command.Split(' ').Select(word => word is ['A' or 'B' or 'C', ..] ? ids[word[0] - 'A'] + word[1..] : word)];
        Pair pair = await both.RunAsync(words);
        if (pair.Theirs.Code == 0)
        {
            Assert.Equal(pair.Theirs, pair.Ours);
        }
        else
        {
            pair.AssertRefused(1);
        }
    }

    /// <summary>Entries that change their kind, copies, moves, and content that both sides share elsewhere.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Differences_of_trees_by_chance_are_told_alike(int seed)
    {
        BothPrograms.SkipWithoutRestic();
        using TempFolder folder = new();
        Random random = new(seed);
        string source = folder["tree"], repository = folder["repository"];
        (await Engine.CreateAsync(repository)).Dispose();
        ResticProgram restic = new(ResticBinaries.Find("0.19.1")!, repository, folder.Path);
        string[] ids = [.. Enumerable.Range(0, 3).Select(_ =>
        {
            Shuffle(source, random);
            return restic.Backup("tree").Snapshot[..8];
        })];
        for (int i = 0; i < ids.Length; i++)
        {
            string[] words = i switch { 0 => ["--metadata"], 1 => ["--json"], _ => [] };
            Pair pair = await both.RunAsync(["diff", ids[i], ids[(i + 1) % ids.Length], .. words], repository: repository);
            Assert.Equal((0, ""), (pair.Theirs.Code, pair.Theirs.Error));
            Assert.Equal(pair.Theirs, pair.Ours);
        }
    }

    private static void Shuffle(string source, Random random)
    {
        for (int i = 0; i < 40; i++)
        {
            string path = Path.Combine([source, .. Enumerable.Range(0, random.Next(1, 4)).Select(_ => ((char)('a' + random.Next(4))).ToString())]);
            if (Directory.Exists(path) && random.Next(3) == 0)
            {
                Directory.Delete(path, recursive: true);
            }
            else if (File.Exists(path) || new FileInfo(path).LinkTarget is not null)
            {
                File.Delete(path);
            }

            for (string above = Path.GetDirectoryName(path)!; above.Length > source.Length; above = Path.GetDirectoryName(above)!)
            {
                if (new FileInfo(above).LinkTarget is not null || File.Exists(above))
                {
                    File.Delete(above);
                }
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!Directory.Exists(path))
            {
                Place(path, random);
            }
        }
    }

    private static void Place(string path, Random random)
    {
        switch (random.Next(5))
        {
            case 0:
                File.CreateSymbolicLink(path, "somewhere");
                break;
            case 1:
                Directory.CreateDirectory(path);
                File.WriteAllText(Path.Combine(path, "in it"), $"content {random.Next(3)}");
                break;
            default:
                File.WriteAllText(path, $"content {random.Next(6)}");
                break;
        }
    }
}
