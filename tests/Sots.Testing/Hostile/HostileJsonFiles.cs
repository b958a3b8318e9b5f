using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Testing.Hostile;

/// <summary>Snapshots, trees, locks and configs that are JSON of a wrong or harmful kind. Needs the key.</summary>
internal static class HostileJsonFiles
{
    private const string Id = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>Escape sequences, line breaks that forge a message, and marks that turn the direction, as they stand in JSON.</summary>
    public const string Evil = @"\u001b[2J\u001b]0;pwned\u0007\r\nFatal: forged\u202egnp\u2066\u061c\u009b31m\u0000x";

    public static IEnumerable<HostileCase> All => [.. Snapshots(), .. Trees(), .. Locks(), .. Configs()];

    private static IEnumerable<HostileCase> Snapshots()
    {
        foreach ((string name, string json) in new[]
        {
            ("nothing in it", "{}"), ("a list", "[]"), ("a number", "1"), ("null", "null"), ("no tree", Snapshot("")), ("the null tree", Snapshot("\"tree\":null,")),
            ("a tree of zeros", Snapshot($"\"tree\":\"{new string('0', 64)}\",")), ("a tree that is not there", Snapshot($"\"tree\":\"{Id}\",")), ("a tree that is a path", Snapshot("\"tree\":\"../../../etc/passwd\",")),
            ("no time", $$"""{"tree":"{{Id}}","paths":["/p"]}"""), ("a time that is none", $$"""{"time":"soon","tree":"{{Id}}","paths":["/p"]}"""),
            ("the year 9999", $$"""{"time":"9999-12-31T23:59:59.999999999-14:00","tree":"{{Id}}","paths":["/p"]}"""), ("the year 0", $$"""{"time":"0000-01-01T00:00:00+14:00","tree":"{{Id}}","paths":["/p"]}"""),
            ("members twice", Snapshot($"\"tree\":\"{Id}\",\"tree\":\"{Id}\",")), ("no paths", $$"""{"time":"2024-01-01T00:00:00Z","tree":"{{Id}}","paths":null}"""),
            ("paths of another kind", $$"""{"time":"2024-01-01T00:00:00Z","tree":"{{Id}}","paths":[1,{}]}"""), ("bytes behind it", Snapshot($"\"tree\":\"{Id}\",") + "x"),
            ("1000 brackets", Snapshot($"\"tree\":\"{Id}\",\"x\":{new string('[', 1000)}{new string(']', 1000)},")), ("half a character", Snapshot($"\"tree\":\"{Id}\",\"x\":\"\\ud800\",")),
        })
        {
            yield return new HostileCase($"a snapshot with {name}", forge => forge.SnapshotJsonAsync(json)) { Restores = name == "the year 0" };
        }

        yield return new("a snapshot that prints to the terminal", async forge =>
        {
            await forge.SnapshotAsync(forge.File("a", "x"));
            ContentId tree = forge.Tree(forge.File("a", "x"), forge.File(@"es\\x1b[2Jc", "x"), HostileForge.Symlink("l", @"\u001b[2J"),
                HostileForge.Node("n", "file", 420, $"\"user\":\"{Evil}\",\"group\":\"{Evil}\",\"size\":0,\"content\":[]"));
            await forge.StoreAsync();
            await forge.SnapshotJsonAsync($$"""{"time":"2024-05-06T07:08:10Z","tree":"{{tree}}","paths":["/{{Evil}}"],"hostname":"{{Evil}}","username":"{{Evil}}","tags":["{{Evil}}"],"excludes":["{{Evil}}"],"program_version":"{{Evil}}"}""");
        }) { Check = CheckVerdict.Clean, Restores = true };
        yield return new("a snapshot with a future time", async forge =>
        {
            ContentId tree = forge.Tree(forge.File("a", "x"));
            await forge.StoreAsync();
            await forge.SnapshotJsonAsync($$"""{"time":"2190-01-01T00:00:00Z","tree":"{{tree}}","paths":["/p"],"hostname":"h"}""");
        }) { Check = CheckVerdict.Clean, Restores = true };
        yield return new("forty snapshots of 16 MiB", async forge =>
        {
            ContentId tree = forge.Tree(forge.File("a", "x"));
            await forge.StoreAsync();
            string begin = $$"""{"time":"2024-05-06T07:08:09Z","tree":"{{tree}}","paths":["/p"],"hostname":"h","tags":["a" """;
            for (int i = 0; i < 40; i++)
            {
                string more = $"],\"username\":\"{i}\"}}";
                int length = (16 << 20) - ((16 << 20) - begin.Length - more.Length) % 4;
                await forge.UnpackedAsync(FileType.Snapshot, [2, .. HostileForge.Bomb(begin, ",\"a\"", more, length)]);
            }
        }) { IsLarge = true, ExtraMiB = 700 };
        yield return new("forty snapshots of a million tags", async forge =>
        {
            ContentId tree = forge.Tree(forge.File("a", "x"));
            await forge.StoreAsync();
            for (int i = 0; i < 40; i++)
            {
                string tags = string.Join(',', Enumerable.Repeat("\"a\"", Limits.SnapshotTexts - 1));
                await forge.SnapshotJsonAsync($$"""{"time":"2024-05-06T07:08:09Z","tree":"{{tree}}","paths":["/p"],"hostname":"h","tags":[{{tags}}],"username":"{{i}}"}""");
            }
        }) { IsLarge = true, ExtraMiB = 700 };
        yield return new("2000 snapshots of nothing", async forge =>
        {
            for (int i = 0; i < 2000; i++)
            {
                await forge.SnapshotJsonAsync($$"""{"n":{{i}}}""");
            }
        }) { IsLarge = true };
    }

    private static IEnumerable<HostileCase> Trees() =>
        new[]
        {
            ("a list", "[]"), ("nothing", ""), ("no nodes", "{}"), ("nodes of another kind", """{"nodes":{"a":1}}"""), ("a node that is a text", """{"nodes":["a"]}"""), ("nodes twice", """{"nodes":[],"nodes":[]}"""),
            ("a name twice", """{"nodes":[{"name":"a","name":"b","type":"file","content":[]}]}"""), ("a name that is a number", """{"nodes":[{"name":1,"type":"file","content":[]}]}"""),
            ("a name badly quoted", """{"nodes":[{"name":"\\x","type":"file","content":[]}]}"""), ("100,000 brackets", $$"""{"nodes":[],"x":{{new string('[', 100_000)}}"""),
            ("a content of another kind", """{"nodes":[{"name":"a","type":"file","content":[1]}]}"""), ("a mode of -1", """{"nodes":[{"name":"a","type":"file","mode":-1,"content":[]}]}"""),
            ("a time of 400 digits", $$"""{"nodes":[{"name":"a","type":"file","mtime":"{{new string('2', 400)}}","content":[]}]}"""),
        }.Select(fault => new HostileCase($"a tree with {fault.Item1}", forge => forge.SnapshotAsync(
            HostileForge.Directory("a", forge.Blob(BlobType.Tree, System.Text.Encoding.UTF8.GetBytes(fault.Item2))), forge.File("good", "good"))));

    private static IEnumerable<HostileCase> Locks() =>
        new[]
        {
            ("nothing in it", "{}"), ("no time", """{"exclusive":true,"hostname":"h","username":"u","pid":1}"""), ("a process of the system", $$"""{"time":"2024-01-01T00:00:00Z","exclusive":true,"hostname":"{{Evil}}","username":"{{Evil}}","pid":1}"""),
            ("a process of -1", """{"time":"9999-01-01T00:00:00Z","exclusive":true,"hostname":"h","username":"u","pid":-1}"""), ("a number beyond all", """{"time":"2024-01-01T00:00:00Z","exclusive":true,"hostname":"h","username":"u","pid":99999999999999999999}"""),
        }.Select(fault => new HostileCase($"a lock with {fault.Item1}", forge => forge.UnpackedAsync(FileType.Lock, System.Text.Encoding.UTF8.GetBytes(fault.Item2))) { Check = CheckVerdict.Any, Restores = null, IsWaitedFor = true });

    private static IEnumerable<HostileCase> Configs() =>
        new[]
        {
            ("version 0", $$"""{"version":0,"id":"{{Id}}","chunker_polynomial":"276199fa28ac11"}"""), ("version 99", $$"""{"version":99,"id":"{{Id}}","chunker_polynomial":"276199fa28ac11"}"""),
            ("the polynomial 0", $$"""{"version":2,"id":"{{Id}}","chunker_polynomial":"0"}"""), ("the polynomial 1", $$"""{"version":2,"id":"{{Id}}","chunker_polynomial":"1"}"""),
            ("a reducible polynomial", $$"""{"version":2,"id":"{{Id}}","chunker_polynomial":"20000000000000"}"""), ("a polynomial of 400 digits", $$"""{"version":2,"id":"{{Id}}","chunker_polynomial":"{{new string('f', 400)}}"}"""),
            ("no id", """{"version":2,"chunker_polynomial":"276199fa28ac11"}"""), ("an id that prints", $$"""{"version":2,"id":"{{Evil}}","chunker_polynomial":"276199fa28ac11"}"""),
            ("nothing in it", "{}"), ("a list", "[]"), ("members twice", $$"""{"version":2,"version":2,"id":"{{Id}}","chunker_polynomial":"276199fa28ac11"}"""),
        }.Select(fault => new HostileCase($"a config with {fault.Item1}", async forge =>
        {
            System.IO.File.Delete(Path.Combine(forge.Folder, "config"));
            await forge.ConfigAsync(fault.Item2);
        }) { Opens = false });

    private static string Snapshot(string tree) => $$"""{"time":"2024-01-01T00:00:00Z",{{tree}}"paths":["/p"],"hostname":"h"}""";
}
