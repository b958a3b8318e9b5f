using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Restic.Index;
using Sots.Restic.Packs;
using Sots.Restic.Repofiles;
using Sots.Restic.Tests.Maintenance;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Restic.Tests.Vectors;

/// <summary>Repositories that real restic made, and what real restic shows of them.</summary>
public class GoldenRepositoryTests
{
    // A password costs seconds by design; all tests but one start from the master key that restic shows.
    private static readonly ConcurrentDictionary<string, Lazy<Task<IndexedRepository>>> Opened = [];

    public static TheoryData<string> Names => ["v1-0.14.0", "v2-0.14.0", "v2-0.18.0", "v2-0.19.1"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Lists_and_config_are_those_restic_shows(string name)
    {
        (IndexedRepository indexed, JsonElement expected) = await OpenAsync(name);
        OpenRepository repository = indexed.Repository;
        foreach ((FileType type, string list) in new[] { (FileType.Key, "keys"), (FileType.Index, "index"), (FileType.Snapshot, "snapshots"), (FileType.Pack, "packs") })
        {
            List<StoredFile> files = await repository.Backend.ListAsync(type, CancellationToken.None).ToListAsync();
            Assert.Equal(Texts(expected.GetProperty("list " + list)).Order(), files.Select(file => file.Name.ToString()).Order());
        }

        JsonElement config = expected.GetProperty("cat config");
        Assert.Equal(config.GetProperty("version").GetInt32(), repository.Config.Version);
        Assert.Equal(config.GetProperty("id").GetString(), repository.Config.Id);
        Assert.Equal(config.GetProperty("chunker_polynomial").GetString(), repository.Config.Polynomial.Value.ToString("x", null));

    }

    [Fact]
    public async Task The_password_gives_the_master_key_that_restic_shows()
    {
        (IndexedRepository shown, JsonElement expected) = await OpenAsync("v2-0.19.1");
        using OpenRepository repository = await VectorRepository.OpenAsync(shown.Repository.Backend);
        Assert.Equal(MasterKeyOf(expected).ToJson(), repository.Key.ToJson());
        Assert.Equal(Texts(expected.GetProperty("list keys")).Single(), repository.KeyId.ToString());
        Assert.Equal(shown.Repository.Config.Id, repository.Config.Id);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Snapshots_are_those_restic_shows_byte_for_byte(string name)
    {
        (IndexedRepository indexed, JsonElement expected) = await OpenAsync(name);
        SnapshotListing listing = await indexed.Repository.LoadSnapshotsAsync(CancellationToken.None);
        Assert.Empty(listing.Damaged);
        JsonElement raw = expected.GetProperty("raw snapshot json");
        Assert.Equal(raw.EnumerateObject().Select(member => member.Name).Order(), listing.Snapshots.Select(saved => saved.Id.ToString()).Order());
        foreach (SavedSnapshot saved in listing.Snapshots)
        {
            byte[] json = await indexed.Repository.LoadUnpackedAsync(FileHandle.Of(saved.Id), Limits.SnapshotLength, CancellationToken.None);
            Assert.Equal(raw.GetProperty(saved.Id.ToString()).GetString(), Encoding.UTF8.GetString(json));
            Assert.Equal(expected.GetProperty("cat snapshot").GetProperty(saved.Id.ToString()).GetProperty("tree").GetString(), saved.Snapshot.Tree.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Index_files_say_what_restic_shows(string name)
    {
        (IndexedRepository indexed, JsonElement expected) = await OpenAsync(name);
        Assert.Empty(indexed.IndexDamage);
        foreach (JsonProperty file in expected.GetProperty("cat index").EnumerateObject())
        {
            byte[] json = await indexed.Repository.LoadUnpackedAsync(
                new FileHandle(FileType.Index, ContentId.Parse(file.Name)), Limits.IndexLength, CancellationToken.None);
            Assert.Equal(expected.GetProperty("raw index json sha256").GetProperty(file.Name).GetString(), ContentId.Of(json).ToString());
            List<(PackId, PackedBlob)> read = [];
            IndexFile.Read(json, indexed.Repository.Config.Version, file.Name, (pack, blobs) => read.AddRange(blobs.Select(blob => (pack, blob))));
            Assert.Equal(IndexEntries(file.Value), read);
        }

        IEnumerable<string> blobs = indexed.Index.ByPack().Values.SelectMany(pack => pack).Select(blob => $"{Word(blob.Type)} {blob.Id}");
        Assert.Equal(Texts(expected.GetProperty("list blobs")).Order(), blobs.Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Pack_headers_say_what_restic_shows_and_the_index_agrees(string name)
    {
        (IndexedRepository indexed, JsonElement expected) = await OpenAsync(name);
        IReadOnlyDictionary<PackId, List<PackedBlob>> byPack = indexed.Index.ByPack();
        await foreach (StoredFile file in indexed.Repository.Backend.ListAsync(FileType.Pack, CancellationToken.None))
        {
            PackId pack = new(file.Name);
            List<PackedBlob> header = await PackReader.ReadHeaderAsync(indexed.Repository, pack, file.Length, CancellationToken.None);
            IEnumerable<PackedBlob> shown = expected.GetProperty("pack headers").GetProperty(pack.ToString()).EnumerateArray().Select(entry => new PackedBlob(
                TypeOf(entry[0].GetString()), ContentId.Parse(entry[1].GetString()), entry[2].GetUInt32(), entry[3].GetUInt32(), entry[4].GetUInt32()));
            Assert.Equal(shown, header);
            Assert.Equal(byPack[pack], header);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_blob_loads_and_trees_have_the_bytes_restic_shows(string name)
    {
        (IndexedRepository indexed, JsonElement expected) = await OpenAsync(name);
        Dictionary<string, string?> trees = expected.GetProperty("raw tree json").EnumerateObject().ToDictionary(tree => tree.Name, tree => tree.Value.GetString());
        int treesSeen = 0;
        foreach (BlobHandle blob in indexed.Index.ByPack().Values.SelectMany(blobs => blobs).Select(blob => blob.Handle))
        {
            byte[] content = await indexed.LoadBlobAsync(blob, CancellationToken.None);
            Assert.Equal(blob.Id, ContentId.Of(content));
            if (blob.Type == BlobType.Tree && trees.TryGetValue(blob.Id.ToString(), out string? json))
            {
                treesSeen++;
                Assert.Equal(json, Encoding.UTF8.GetString(content));
                Assert.NotNull(await indexed.LoadTreeAsync(new TreeId(blob.Id), CancellationToken.None));
            }
        }

        Assert.Equal(trees.Count, treesSeen);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Sums_are_those_of_restics_stats(string name)
    {
        (IndexedRepository indexed, JsonElement expected) = await OpenAsync(name);
        JsonElement raw = expected.GetProperty("stats raw-data");
        List<PackedBlob> blobs = [.. indexed.Index.ByPack().Values.SelectMany(pack => pack)];
        Assert.Equal(raw.GetProperty("total_blob_count").GetInt32(), blobs.Count);
        Assert.Equal(raw.GetProperty("total_size").GetInt64(), blobs.Sum(blob => (long)blob.Length));
        if (raw.TryGetProperty("total_uncompressed_size", out JsonElement plain))
        {
            // Restic counts the 32 bytes of sealing here.
            Assert.Equal(plain.GetInt64(), blobs.Sum(blob => blob.PlainLength + 32L));
        }

        ulong size = 0;
        int entries = 0;
        foreach (SavedSnapshot saved in (await indexed.Repository.LoadSnapshotsAsync(CancellationToken.None)).Snapshots)
        {
            Stack<TreeId> left = new([saved.Snapshot.Tree]);
            HashSet<(ulong, ulong)> linked = [];
            while (left.TryPop(out TreeId tree))
            {
                foreach (Node node in await indexed.LoadTreeAsync(tree, CancellationToken.None))
                {
                    entries++;
                    size += node.Type == NodeType.File && (node.Links <= 1 || linked.Add((node.DeviceId, node.Inode))) ? node.Size : 0;
                    if (node.Subtree is { } subtree)
                    {
                        left.Push(subtree);
                    }
                }
            }
        }

        Assert.Equal(expected.GetProperty("stats restore-size").GetProperty("total_size").GetUInt64(), size);
        Assert.Equal(expected.GetProperty("stats restore-size").GetProperty("total_file_count").GetInt32(), entries);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_check_of_everything_finds_nothing(string name)
    {
        (IndexedRepository indexed, JsonElement expected) = await OpenAsync(name);
        CheckRun run = await CheckRun.OfAsync(indexed.Repository);
        run.AssertClean();
        Assert.Equal(expected.GetProperty("list packs").GetArrayLength(), run.PacksRead);
        Assert.Equal(["load indexes", "check all packs", "check snapshots, trees and blobs", "read all data"], run.Steps);
    }

    private static async Task<(IndexedRepository Repository, JsonElement Expected)> OpenAsync(string name)
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(SharedMaterial.PathOf("vectors", "expected", name + ".json")));
        JsonElement root = expected.RootElement.Clone();
        IndexedRepository repository = await Opened.GetOrAdd(name, key => new(async () =>
        {
            LocalBackend backend = new(SharedMaterial.PathOf("vectors", "repos", key));
            MasterKey master = MasterKeyOf(root);
            byte[] stored = await backend.LoadAsync(FileHandle.Config, Limits.SmallFileLength, CancellationToken.None);
            byte[] config = new byte[stored.Length - SealedBox.Overhead];
            Assert.True(SealedBox.TryOpen(master, stored, config));
            return await new OpenRepository(backend, master, default, ConfigFile.Read(config)).LoadIndexAsync(CancellationToken.None);
        })).Value;
        return (repository, root);
    }

    private static MasterKey MasterKeyOf(JsonElement expected)
    {
        JsonElement key = expected.GetProperty("cat masterkey");
        return MasterKey.FromParts(
            key.GetProperty("encrypt").GetBytesFromBase64(), key.GetProperty("mac").GetProperty("k").GetBytesFromBase64(),
            key.GetProperty("mac").GetProperty("r").GetBytesFromBase64());
    }

    private static IEnumerable<string?> Texts(JsonElement list) => list.EnumerateArray().Select(text => text.GetString());

    private static IEnumerable<(PackId, PackedBlob)> IndexEntries(JsonElement file) =>
        file.GetProperty("packs").EnumerateArray().SelectMany(pack => pack.GetProperty("blobs").EnumerateArray().Select(blob => (
            new PackId(ContentId.Parse(pack.GetProperty("id").GetString())),
            new PackedBlob(
                TypeOf(blob.GetProperty("type").GetString()),
                ContentId.Parse(blob.GetProperty("id").GetString()),
                blob.GetProperty("offset").GetUInt32(),
                blob.GetProperty("length").GetUInt32(),
                blob.TryGetProperty("uncompressed_length", out JsonElement plain) ? plain.GetUInt32() : 0))));

    private static BlobType TypeOf(string? word) => word == "tree" ? BlobType.Tree : BlobType.Data;

    private static string Word(BlobType type) => type == BlobType.Tree ? "tree" : "data";
}
