using Sots.Restic;

namespace Sots.Testing.Hostile;

/// <summary>Trees: names, links, kinds of entries, shapes. Needs the key.</summary>
internal static class HostileTrees
{
    /// <summary>Names that lead elsewhere on every system, as they stand in the JSON of a tree.</summary>
    private static readonly string[] Leading = ["", ".", "..", "../escaped", "../../escaped", "/escaped", "a/b", @"nul\\x00byte"];

    /// <summary>Names that only some systems know, or that look harmful on a terminal.</summary>
    private static readonly string[] Odd =
    [
        "CON", "NUL", "nul.txt", "COM1", "COM1.", "LPT\u00b9", "CLOCK$", "C:", "x:stream", "x::$DATA", "dot.", "space ", @"back\\\\slash", @"\\\\\\\\server\\\\share",
        "..\\\\\\\\up", "\u202egnp.exe", "\u2066a\u2069", "\u061ca", @"esc\\x1b[2J", @"bell\\a", @"line\\nFatal: forged", @"return\\rforged", @"\\xff\\xfe", "-rf", "~", "$(reboot)", "%PATH%",
    ];

    public static IEnumerable<HostileCase> All =>
    [
        .. Leading.Select((name, i) => new HostileCase($"leading name {i} {name}", forge => forge.SnapshotAsync(
            forge.File(name, "evil"), forge.File("good", "good"), HostileForge.Directory(name, forge.Tree(forge.File("f", "evil")))))),
        .. Odd.Select((name, i) => new HostileCase($"odd name {i}", forge => forge.SnapshotAsync(forge.File(name, "evil"))) { Check = CheckVerdict.Clean, Restores = true }),
        .. Twins(), .. Links(), .. Kinds(), .. Shapes(),
    ];

    private static IEnumerable<HostileCase> Twins() =>
    [
        new("case twins", forge => forge.SnapshotAsync(forge.File("A", "one"), forge.File("a", "two"))) { Check = CheckVerdict.Clean, Restores = true },
        new("normalisation twins", forge => forge.SnapshotAsync(forge.File("A\u0308", "one"), forge.File("\u00c4", "two"))) { Check = CheckVerdict.Clean, Restores = true },
        new("two files of one name", forge => forge.SnapshotAsync(forge.File("a", "one"), forge.File("a", "two"))) { Named = "a" },
        new("two folders of one name", forge => forge.SnapshotAsync(HostileForge.Directory("a", forge.Tree(forge.File("f", "1"))), HostileForge.Directory("a", forge.Tree(forge.File("g", "2"))))),
        new("not in order", forge => forge.SnapshotAsync(forge.File("z", "one"), forge.File("a", "two"))) { Restores = true },
        new("a name of 255 bytes", forge => forge.SnapshotAsync(forge.File(new string('n', 255), "x"))) { Check = CheckVerdict.Clean, Restores = true },
        new("a name of 256 bytes", forge => forge.SnapshotAsync(forge.File(new string('n', 256), "x"), forge.File("z", "good"))) { Check = CheckVerdict.Clean },
        new("a name of 5000 bytes", forge => forge.SnapshotAsync(forge.File(new string('n', 5000), "x"))),
    ];

    private static IEnumerable<HostileCase> Links() =>
    [
        new("a link out", forge => forge.SnapshotAsync(HostileForge.Symlink("a", forge.Outside))) { Check = CheckVerdict.Clean, Restores = true },
        new("links of all kinds", forge => forge.SnapshotAsync(
            HostileForge.Symlink("a", ".."), HostileForge.Symlink("b", "../../../../../../../etc/passwd"), HostileForge.Symlink("c", "/"), HostileForge.Symlink("d", "d"),
            HostileForge.Symlink("e", @"C:\\Windows"), HostileForge.Symlink("f", @"\\\\server\\share"))) { Check = CheckVerdict.Clean, Restores = true },
        new("a link to nothing", forge => forge.SnapshotAsync(HostileForge.Symlink("a", ""))) { Check = CheckVerdict.Clean },
        new("a link and a folder through it", forge => forge.SnapshotAsync(
            HostileForge.Symlink("a", forge.Outside), HostileForge.Directory("a", forge.Tree(forge.File("canary", "evil"), forge.File("new", "evil"))))),
        new("a folder and a link in its place", forge => forge.SnapshotAsync(
            HostileForge.Directory("a", forge.Tree(forge.File("canary", "evil"))), HostileForge.Symlink("a", forge.Outside))),
        new("a link and a file through it", forge => forge.SnapshotAsync(HostileForge.Symlink("a", forge.Canary), forge.File("a", "evil"))),
        new("a file of the name that a link leads to", forge => forge.SnapshotAsync(
            HostileForge.Symlink("a", "b"), HostileForge.Directory("b", forge.Tree(HostileForge.Symlink("up", ".."), HostileForge.Directory("up", forge.Tree(forge.File("a", "evil"))))))),
        new("two names of one file with other content", forge => forge.SnapshotAsync(forge.File("a", "one", Linked), forge.File("b", "two", Linked))) { Check = CheckVerdict.Clean, Restores = true },
        new("a file that shares its number with a link", forge => forge.SnapshotAsync(
            HostileForge.Node("a", "symlink", 0x80001FF, Linked + $"\"linktarget\":\"{forge.Canary}\""), forge.File("b", "two", Linked), forge.File("c", "two", Linked)))
        { Check = CheckVerdict.Clean, Restores = true },
    ];

    private static IEnumerable<HostileCase> Kinds() =>
    [
        new("set-user-ID and set-group-ID", forge => forge.SnapshotAsync(
            HostileForge.Node("a", "file", 0x9FFL | 0x800000, $"\"uid\":0,\"gid\":0,\"size\":1,\"content\":[\"{forge.Data("x")}\"]"),
            HostileForge.Node("b", "file", 0x1FFL | 0x400000, $"\"uid\":0,\"gid\":0,\"size\":1,\"content\":[\"{forge.Data("x")}\"]"))) { Check = CheckVerdict.Clean, Restores = true },
        new("all bits of the mode", forge => forge.SnapshotAsync(HostileForge.Node("a", "file", uint.MaxValue, "\"size\":0,\"content\":[]"))) { Check = CheckVerdict.Clean, Restores = true },
        new("a pipe", forge => forge.SnapshotAsync(HostileForge.Node("a", "fifo", 0x20001B6, "\"links\":1"))) { Check = CheckVerdict.Clean, Restores = true },
        new("devices", forge => forge.SnapshotAsync(
            HostileForge.Node("a", "chardev", 0x4200 << 12, "\"device\":261"), HostileForge.Node("b", "dev", 0x4000 << 12, "\"device\":2049"))) { Check = CheckVerdict.Clean, Restores = true, NeedsRoot = true },
        new("a socket", forge => forge.SnapshotAsync(HostileForge.Node("a", "socket", 0x1000000, "\"links\":1"))) { Check = CheckVerdict.Clean, Restores = true },
        new("a kind that nobody knows", forge => forge.SnapshotAsync(HostileForge.Node("a", @"es\u001b[31mc", 0, "\"links\":1"))),
        new("no kind", forge => forge.SnapshotAsync("""{"name":"a"}""")),
        new("attributes of the system", forge => forge.SnapshotAsync(forge.File("a", "x",
            "\"extended_attributes\":[{\"name\":\"trusted.evil\",\"value\":\"eA==\"},{\"name\":\"security.capability\",\"value\":\"AAAAAg==\"},{\"name\":\"user.x\\u001b\",\"value\":\"eA==\"},{\"name\":\"\",\"value\":null}],"))) { Check = CheckVerdict.Clean },
        new("times at the ends of the world", forge => forge.SnapshotAsync(
            $$"""{"name":"a","type":"file","mode":420,"mtime":"9999-12-31T23:59:59.999999999+14:00","atime":"0001-01-01T00:00:00Z","ctime":"0000-01-01T00:00:00-12:00","size":1,"content":["{{forge.Data("x")}}"]}""")) { Check = CheckVerdict.Clean, Restores = true },
        new("a folder without a tree", forge => forge.SnapshotAsync(HostileForge.Node("a", "dir", 0x800001ED, "\"uid\":0"), forge.File("good", "good"))),
        new("a folder of the null tree", forge => forge.SnapshotAsync(HostileForge.Directory("a", default), forge.File("good", "good"))),
        new("a folder that is a file", forge => forge.SnapshotAsync(HostileForge.Directory("a", forge.Data("no tree")), forge.File("good", "good"))),
        new("a folder whose tree is no tree", forge => forge.SnapshotAsync(HostileForge.Directory("a", forge.Blob(BlobType.Tree, "no tree"u8)), forge.File("good", "good"))),
        new("a file of a tree's bytes", forge => forge.SnapshotAsync(HostileForge.File("a", 13, "", forge.Tree()), forge.File("good", "good"))),
        new("a file of the null blob", forge => forge.SnapshotAsync(HostileForge.File("a", 13, "", default(ContentId)), forge.File("good", "good"))),
        new("a file without a list", forge => forge.SnapshotAsync(HostileForge.Node("a", "file", 420, "\"size\":5"), forge.File("good", "good"))),
        new("a file with a tree", forge => forge.SnapshotAsync(forge.File("a", "x", $"\"subtree\":\"{forge.Tree(forge.File("f", "evil"))}\","))) { Check = CheckVerdict.Clean, Restores = true },
    ];

    private static IEnumerable<HostileCase> Shapes() =>
    [
        new("a chain of 5000 folders", forge => forge.SnapshotAsync(Chain(forge, 5000, "d"))),
        new("a chain of 500 long names", forge => forge.SnapshotAsync(Chain(forge, 500, new string('d', 255)))) { Check = CheckVerdict.Clean },
        new("many faults at the end of a chain", forge => forge.SnapshotAsync(Chain(forge, 1000, new string('d', 255), [.. Enumerable.Range(0, 2000).Select(_ => HostileForge.File("..", 5, ""))]))),
        new("forty trees that lead to 2^40 paths", async forge =>
        {
            ContentId tree = forge.Tree(forge.File("leaf", "x"));
            for (int i = 0; i < 40; i++)
            {
                tree = forge.Tree(HostileForge.Directory("a", tree), HostileForge.Directory("b", tree));
            }

            await forge.SnapshotAsync(HostileForge.Directory("a", tree));
        }) { Check = CheckVerdict.Clean },
        new("one tree a thousand times in each of three levels", async forge =>
        {
            ContentId tree = forge.Tree(forge.File("leaf", "x"));
            for (int i = 0; i < 3; i++)
            {
                tree = forge.Tree([.. Enumerable.Range(0, 1000).Select(n => HostileForge.Directory($"d{n:0000}", tree))]);
            }

            await forge.SnapshotAsync(HostileForge.Directory("a", tree));
        }) { Check = CheckVerdict.Clean },
    ];

    private const string Linked = "\"links\":2,\"inode\":7,\"device_id\":9,";

    private static string Chain(HostileForge forge, int length, string name, params string[] end)
    {
        ContentId tree = forge.Tree(end);
        for (int i = 0; i < length; i++)
        {
            tree = forge.Tree(HostileForge.Directory(name, tree));
        }

        return HostileForge.Directory(name, tree);
    }
}
