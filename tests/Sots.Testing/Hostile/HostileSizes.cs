using System.Text;
using Sots.Restic;
using Sots.Restic.Backends;

namespace Sots.Testing.Hostile;

/// <summary>Sizes that lie, bombs, indexes and packs with impossible places. Needs the key.</summary>
internal static class HostileSizes
{
    private const long MiB = 1 << 20, GiB = 1 << 30;

    private static readonly string[] OtherSizes = ["0", "12", "14", "1099511627776", "4611686018427387904", "18446744073709551615"];
    private static readonly string[] NoSizes = ["-1", "1e99", "\"5\"", "99999999999999999999"];

    public static IEnumerable<HostileCase> All => [.. Files(), .. TreeBombs(), .. DataBombs(), .. Unpacked(), .. Indexes(), .. Packs()];

    private static IEnumerable<HostileCase> Files() =>
    [
        .. OtherSizes.Select(size => new HostileCase(
            $"a file of {size} bytes that has 13", forge => forge.SnapshotAsync(
                HostileForge.Node("a", "file", 420, $"\"size\":{size},\"content\":[\"{forge.Data("thirteen byte")}\"]"), forge.File("good", "good"))) { Named = "\"a\"" }),
        .. NoSizes.Select(size => new HostileCase(
            $"a size of {size}", forge => forge.SnapshotAsync(HostileForge.Node("a", "file", 420, $"\"size\":{size},\"content\":[]")))),
    ];

    private static IEnumerable<HostileCase> TreeBombs() =>
    [
        new("a tree that says 100 bytes and gives 4 GiB", forge => TreeAsync(forge, HostileForge.Bomb("{\"nodes\":[", " ", "]}", 4 * GiB), 100)) { IsLarge = true },
        new("a tree that says 4 GiB", forge => TreeAsync(forge, HostileForge.Bomb("{\"nodes\":[", " ", "]}", MiB), uint.MaxValue)),
        new("a tree that says 256 MiB and gives one", forge => TreeAsync(forge, HostileForge.Bomb("{\"nodes\":[", " ", "]}", MiB), 256 * (uint)MiB)) { ExtraMiB = 100 },
        new("a tree that says 256 MiB and gives 4 GiB", forge => TreeAsync(forge, HostileForge.Bomb("{\"nodes\":[", " ", "]}", 4 * GiB), 256 * (uint)MiB)) { IsLarge = true, ExtraMiB = 100 },
        new("a tree of 256 MiB of blanks", forge => HonestBombAsync(forge, BlobType.Tree, "{\"nodes\":[", " ", "]}\n", 256 * MiB)) { IsLarge = true, Check = CheckVerdict.Clean, Restores = true, ExtraMiB = 500 },
        new("a tree with a window of 2 GiB", forge => TreeAsync(forge, HostileForge.Bomb("{\"nodes\":[", " ", "]}", 3 * MiB, windowLog: 30), 3 * (uint)MiB)),
        new("a tree of a million and one entries", forge => HonestBombAsync(forge, BlobType.Tree, "{\"nodes\":[{\"name\":\"a\",\"type\":\"dir\"}", ",{\"name\":\"a\",\"type\":\"dir\"}", "]}\n", 28_000_040)) { IsLarge = true, ExtraMiB = 400 },
        new("a folder of 800,000 sockets", forge => WideAsync(forge, 800_000)) { IsLarge = true, Check = CheckVerdict.Clean, Restores = true, ExtraMiB = 700 },
    ];

    private static IEnumerable<HostileCase> DataBombs() =>
    [
        new("a blob that says 13 bytes and gives 4 GiB", forge => DataAsync(forge, HostileForge.Bomb("", "x", "", 4 * GiB), 13)) { IsLarge = true, Check = CheckVerdict.FailsReadingData },
        new("a blob that says 4 GiB", forge => DataAsync(forge, HostileForge.Bomb("", "x", "", MiB), uint.MaxValue)),
        new("a blob that says 64 MiB and gives one", forge => DataAsync(forge, HostileForge.Bomb("", "x", "", MiB), 64 * (uint)MiB)) { Check = CheckVerdict.FailsReadingData },
        new("a blob of 64 MiB of one letter", forge => HonestBombAsync(forge, BlobType.Data, "", "x", "", 64 * MiB)) { Check = CheckVerdict.Clean, Restores = true },
        new("a blob of 65 MiB", forge => HonestBombAsync(forge, BlobType.Data, "", "x", "", 65 * MiB)),
        new("a blob that is not what its id says", forge =>
        {
            ContentId id = forge.Frame(BlobType.Data, ContentId.Of("other"u8), HostileForge.Bomb("", "x", "", 5), 5);
            return forge.SnapshotAsync(HostileForge.File("a", 5, "", id), forge.File("good", "good"));
        }) { Check = CheckVerdict.FailsReadingData },
    ];

    private static IEnumerable<HostileCase> Unpacked() =>
        new[] { FileType.Snapshot, FileType.Index, FileType.Lock }.SelectMany(type => new HostileCase[]
        {
            new($"{type}: 4 GiB of blanks", forge => forge.UnpackedAsync(type, [2, .. HostileForge.Bomb("{", " ", "}", 4 * GiB)])) { IsLarge = true },
            new($"{type}: a window of 2 GiB", forge => forge.UnpackedAsync(type, [2, .. HostileForge.Bomb("{", " ", "}", 3 * MiB, windowLog: 30)])),
            new($"{type}: says 4 GiB", forge => forge.UnpackedAsync(type, [2, 0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0])),
            new($"{type}: 16 MiB of brackets", forge => forge.UnpackedAsync(type, [2, .. HostileForge.Bomb("[", "[", "[", 16 * MiB - 1, saysLength: true)])),
            new($"{type}: nothing", forge => forge.UnpackedAsync(type, [])),
            new($"{type}: half a frame", forge => forge.UnpackedAsync(type, [2, .. HostileForge.Bomb("{", " ", "}", MiB).AsSpan(0, 20)])),
            new($"{type}: an encoding that nobody knows", forge => forge.UnpackedAsync(type, [7, 1, 2, 3])),
            new($"{type}: a skippable frame", forge => forge.UnpackedAsync(type, [2, 0x50, 0x2A, 0x4D, 0x18, 0xFF, 0xFF, 0xFF, 0x7F])),
        }).Select(hostile => hostile.Name[0] switch
        {
            'I' => hostile with { Restores = null },
            'L' => hostile with { Check = CheckVerdict.Any, Restores = null, IsWaitedFor = true },
            _ => hostile,
        });

    private static IEnumerable<HostileCase> Indexes()
    {
        yield return new("Index: 256 MiB of blanks", forge => forge.UnpackedAsync(FileType.Index, [2, .. HostileForge.Bomb("{\"packs\":[", " ", "]}", 256 * MiB)])) { IsLarge = true, Check = CheckVerdict.Clean, Restores = true, ExtraMiB = 250 };
        foreach ((string name, string offset, string length, string plain) in new[]
        {
            ("length of 4 GiB", "0", "4294967280", "4294967000"), ("offset beyond the pack", "4294967000", "100", "90"), ("offset and length beyond 4 GiB", "4294967295", "4294967295", "0"),
            ("length of nothing", "0", "0", "0"), ("length of less than a box", "0", "31", "0"), ("negative offset", "-1", "100", "90"), ("negative length", "0", "-100", "90"),
            ("fraction", "0.5", "100", "90"), ("number of 400 digits", new string('9', 400), "100", "90"), ("a text for a number", "\"0\"", "100", "90"),
        })
        {
            yield return new HostileCase($"Index: {name}", async forge =>
            {
                ContentId id = forge.Data("content of 21 letters");
                PackId pack = await forge.StoreAsync(withIndex: false);
                await forge.IndexJsonAsync($$"""{"packs":[{"id":"{{pack}}","blobs":[{"id":"{{id}}","type":"data","offset":{{offset}},"length":{{length}},"uncompressed_length":{{plain}}}]}]}""");
                await forge.SnapshotAsync(HostileForge.File("a", 21, "", id), forge.File("good", "good"));
            }) { Restores = name != "length of 4 GiB" }; // the packs themselves are asked, but where a limit forbids it
        }

        yield return new("Index: blobs over each other", async forge =>
        {
            ContentId id = forge.Data("content of 21 letters");
            PackId pack = await forge.StoreAsync(withIndex: false);
            string entry = HostileForge.Entry(id, BlobType.Data, 0, 70, 21), other = HostileForge.Entry(ContentId.Of("x"u8), BlobType.Data, 10, 40, 5);
            await forge.IndexJsonAsync($$"""{"packs":[{"id":"{{pack}}","blobs":[{{entry}},{{other}}]}]}""");
        }) { Restores = true };
        foreach (string id in new[] { "../../../../etc/passwd", "", "00", new string('A', 64), new string('g', 64), new string('0', 63) + "/", new string('0', 65) })
        {
            yield return new HostileCase($"Index: a pack called {id}", forge => forge.IndexJsonAsync($$"""{"packs":[{"id":"{{id}}","blobs":[]}]}""")) { Restores = null };
        }

        yield return new("Index: a pack that is not there", forge => forge.IndexJsonAsync(
            $$"""{"packs":[{"id":"{{ContentId.Of("none"u8)}}","blobs":[{{HostileForge.Entry(ContentId.Of("x"u8), BlobType.Data, 0, 100, 50)}}]}]}""")) { Restores = true };
        yield return new("Index: a kind of blob that nobody knows", forge => forge.IndexJsonAsync(
            $$"""{"packs":[{"id":"{{ContentId.Of("none"u8)}}","blobs":[{"id":"{{ContentId.Of("x"u8)}}","type":"es\u001bc","offset":0,"length":50}]}]}""")) { Restores = null };
        yield return new("Index: members twice", forge => forge.IndexJsonAsync("""{"packs":[],"packs":[]}""")) { Restores = null };
        yield return new("Index: a place that is not the right one, before the right one", async forge =>
        {
            ContentId id = forge.Data("content of 21 letters");
            string node = HostileForge.File("a", 21, "", id);
            PackId other = await forge.StoreAsync();
            await forge.IndexJsonAsync($$"""{"packs":[{"id":"{{other}}","blobs":[{{HostileForge.Entry(id, BlobType.Data, 3, 60, 21)}}]}]}""");
            await forge.SnapshotAsync(node, forge.File("good", "good"));
        }) { Restores = true };
    }

    private static IEnumerable<HostileCase> Packs()
    {
        foreach ((string name, byte[] tail) in new (string, byte[])[] { ("0 bytes", [0, 0, 0, 0]), ("4 GiB", [0xFF, 0xFF, 0xFF, 0xFF]), ("more than the pack", [0, 1, 0, 0]), ("16 MiB", [0, 0, 0, 1]) })
        {
            yield return new HostileCase($"a pack whose header has {name}", async forge =>
            {
                string node = HostileForge.File("a", 21, "", forge.Data("content of 21 letters"));
                PackId pack = await forge.StoreAsync(withIndex: false);
                string path = Path.Combine(forge.Folder, "data", pack.ToString()[..2], pack.ToString());
                byte[] content = [.. System.IO.File.ReadAllBytes(path).AsSpan()[..^4], .. tail];
                PackId evil = new(ContentId.Of(content));
                await forge.Repository.Backend.SaveAsync(FileHandle.Of(evil), content, CancellationToken.None);
                System.IO.File.Delete(path);
                await forge.IndexJsonAsync($$"""{"packs":[{"id":"{{evil}}","blobs":[{{HostileForge.Entry(ContentId.Of("content of 21 letters"u8), BlobType.Data, 0, content.Length - 73, 21)}}]}]}""");
                await forge.SnapshotAsync(node, forge.File("good", "good"));
            });
        }

        yield return new("a pack of 5 GiB", async forge =>
        {
            ContentId id = ContentId.Of("sparse"u8);
            string path = Path.Combine(forge.Folder, "data", id.ToString()[..2], id.ToString());
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (FileStream file = System.IO.File.Create(path))
            {
                file.SetLength(5 * GiB);
            }

            await forge.IndexJsonAsync($$"""{"packs":[{"id":"{{id}}","blobs":[{{HostileForge.Entry(ContentId.Of("x"u8), BlobType.Data, 0, 100, 50)}}]}]}""");
        }) { Restores = true };
    }

    private static Task TreeAsync(HostileForge forge, byte[] frame, uint plainLength)
    {
        ContentId tree = forge.Frame(BlobType.Tree, ContentId.Of(frame), frame, plainLength);
        return forge.SnapshotAsync(HostileForge.Directory("a", tree), forge.File("good", "good"));
    }

    private static Task DataAsync(HostileForge forge, byte[] frame, uint plainLength)
    {
        ContentId id = forge.Frame(BlobType.Data, ContentId.Of(frame), frame, plainLength);
        return forge.SnapshotAsync(HostileForge.File("a", plainLength, "", id), forge.File("good", "good"));
    }

    /// <summary>All of it is true: length, id, content. It is only very large for what it takes.</summary>
    private static Task HonestBombAsync(HostileForge forge, BlobType type, string begin, string fill, string end, long length)
    {
        long filled = (length - begin.Length - end.Length) / fill.Length * fill.Length;
        byte[] plain = new byte[begin.Length + filled + end.Length];
        Encoding.UTF8.GetBytes(begin, plain);
        byte[] piece = Encoding.UTF8.GetBytes(fill);
        for (int at = begin.Length; at < begin.Length + filled; at += piece.Length)
        {
            piece.CopyTo(plain, at);
        }

        Encoding.UTF8.GetBytes(end).CopyTo(plain, plain.Length - end.Length);
        ContentId id = forge.Blob(type, plain);
        return type == BlobType.Tree
            ? forge.SnapshotAsync(HostileForge.Directory("a", id), forge.File("good", "good"))
            : forge.SnapshotAsync(HostileForge.File("a", plain.Length, "", id), forge.File("good", "good"));
    }

    private static Task WideAsync(HostileForge forge, int count)
    {
        StringBuilder json = new("{\"nodes\":[");
        for (int i = 0; i < count; i++)
        {
            json.Append(i == 0 ? "" : ",").Append(HostileForge.Node($"an entry with the number {i:0000000}", "socket", 0x1000000, "\"uid\":1000,\"gid\":1000,\"links\":1"));
        }

        return forge.SnapshotAsync(HostileForge.Directory("a", forge.Blob(BlobType.Tree, Encoding.UTF8.GetBytes(json.Append("]}\n").ToString()))), forge.File("good", "good"));
    }
}
