using Sots.Restic.Backends;
using Sots.Restic.Maintenance;
using Sots.Restic.Maintenance.Consequences;
using Sots.Testing;

namespace Sots.Restic.Tests.Maintenance;

/// <summary>What damage means in files, and what helps.</summary>
public sealed class ConsequenceTests
{
    /// <summary>Repository, what is to blame (the start of it), files, folders, remedy.</summary>
    public static TheoryData<string, string, long, long, Remedy> Vectors => new()
    {
        { "data_pack_missing", "data/", 2, 0, Remedy.RepairIndex },
        { "tree_pack_missing", "data/", 0, 1, Remedy.RepairIndex },
        { "data_pack_truncated", "data/", 0, 0, Remedy.RepairPacks },
        { "data_blob_bitflip", "data/", 1, 0, Remedy.RepairPacks },
        { "pack_header_bitflip", "data/", 0, 0, Remedy.RepairPacks },
        { "tree_blob_bitflip", "data/", 0, 1, Remedy.RepairPacks },
        { "pack_renamed", "data/", 0, 0, Remedy.RepairPacks },
        { "index_bitflip", "index/", 0, 0, Remedy.RepairIndex },
        { "index_missing", "tree ", 0, 0, Remedy.RepairIndex },
        { "index_wrong_offset", "data/", 0, 0, Remedy.RepairIndexFromAllPacks },
        { "index_wrong_length", "data/", 0, 0, Remedy.RepairIndex },
        { "snapshot_bitflip", "snapshots/", 0, 0, Remedy.Recover },
        { "snapshot_tree_unknown", "tree 7777", 0, 1, Remedy.RepairSnapshots },
        { "node_content_missing_blob", "data blob 5555", 1, 0, Remedy.RepairSnapshots },
        { "node_wrong_size", "tree ", 1, 0, Remedy.RepairSnapshots },
        { "tree_invalid_json", "tree ", 0, 1, Remedy.RepairSnapshots },
        { "tree_trailing_garbage", "tree ", 0, 0, Remedy.RepairSnapshots },
        { "key_renamed", "keys/1212", 0, 0, Remedy.PutBack },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public async Task Each_defect_is_said_in_files_with_its_remedy(string name, string item, long files, long folders, Remedy remedy)
    {
        using LocalBackend backend = VectorRepository.Damaged(name);
        using OpenRepository repository = await VectorRepository.OpenAsync(backend);
        CheckRun run = await CheckRun.OfAsync(repository);
        Consequence consequence = Assert.Single(run.Report.Damage!.Items);
        Assert.StartsWith(item, consequence.Item, StringComparison.Ordinal);
        Assert.Equal((files, folders, remedy), (consequence.Files, consequence.Folders, consequence.Remedy));
        Assert.Equal((files, folders), (run.Report.Damage.Files, run.Report.Damage.Folders));
        Assert.Equal(files + folders > 0 ? 1 : 0, consequence.Snapshots);
    }

    [Theory]
    [InlineData("config_reducible_polynomial")]
    [InlineData("config_compressed")]
    public async Task A_damaged_config_is_a_finding_where_it_is_opened_for_reading_and_nothing_can_be_written(string name)
    {
        using LocalBackend backend = VectorRepository.Damaged(name);
        using OpenRepository repository = await Repository.OpenAsync(
            backend, VectorRepository.Password, new OpenOptions { ForReadingOnly = true }, CancellationToken.None);
        CheckRun run = await CheckRun.OfAsync(repository);
        Assert.Equal([FindingKind.ConfigUnreadable], run.Findings.Select(finding => finding.Kind));
        Assert.Equal(Remedy.PutBack, Assert.Single(run.Report.Damage!.Items).Remedy);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        Assert.Equal(RepositoryErrorKind.Damaged, Assert.Throws<RepositoryException>(() => indexed.BeginWrite(new Sots.Restic.Writing.WriteOptions())).Kind);
    }

    [Fact]
    public async Task A_healthy_repository_is_not_searched()
    {
        using LocalBackend backend = VectorRepository.Damaged("ok");
        using OpenRepository repository = await VectorRepository.OpenAsync(backend);
        CheckRun run = await CheckRun.OfAsync(repository);
        Assert.Null(run.Report.Damage);
        Assert.DoesNotContain("find out what the damage means", run.Steps);
    }

    [Fact]
    public async Task One_path_of_many_snapshots_counts_once_and_the_newest_whole_version_is_named()
    {
        using TempFolder folder = new();
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        string file = folder["Content", "A.uasset"];
        Directory.CreateDirectory(folder["Content"]);
        await SaveAsync(1);
        HashSet<PackId> first = await PacksAsync();
        for (int i = 2; i < 6; i++)
        {
            // The folder changes each time, and the file does not.
            File.WriteAllText(folder["Content", $"{i}.txt"], "new");
            await SmallRepository.BackupAsync(repository, folder.Path);
        }

        await SaveAsync(2);
        SnapshotListing listing = await repository.LoadSnapshotsAsync(CancellationToken.None);
        Assert.Equal(6, listing.Snapshots.Count);
        PackId data = (await repository.LoadIndexAsync(CancellationToken.None)).Index.ByPack()
            .Single(pack => first.Contains(pack.Key) && pack.Value.Exists(blob => blob.Type == BlobType.Data)).Key;
        await backend.RemoveAsync(FileHandle.Of(data), CancellationToken.None);

        CheckRun run = await CheckRun.OfAsync(repository, PackSubset.None);
        Consequence consequence = Assert.Single(run.Report.Damage!.Items);
        Assert.Equal((1, 0, 5), (consequence.Files, consequence.Folders, consequence.Snapshots));
        LostPath path = Assert.Single(consequence.Examples);
        Assert.EndsWith("/Content/A.uasset", path.Path, StringComparison.Ordinal);
        Assert.Equal(listing.Snapshots[4].Id, path.Newest.Id);
        Assert.Equal(listing.Snapshots[5].Id, path.WholeIn?.Id);
        Assert.Equal(6, run.Report.Damage.SnapshotsSearched);

        async Task SaveAsync(ulong seed)
        {
            await File.WriteAllBytesAsync(file, SplitMix.Bytes(seed, 5000), TestContext.Current.CancellationToken);
            await SmallRepository.BackupAsync(repository, folder.Path);
        }

        async Task<HashSet<PackId>> PacksAsync() =>
            [.. await backend.ListAsync(FileType.Pack, CancellationToken.None).Select(pack => new PackId(pack.Name)).ToListAsync(TestContext.Current.CancellationToken)];
    }

    [Fact]
    public async Task A_lock_that_cannot_be_read_is_named_with_its_remedy_and_an_empty_one_is_nobodys()
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        FileHandle bad = new(FileType.Lock, ContentId.Of("bad"u8));
        await backend.SaveAsync(new FileHandle(FileType.Lock, ContentId.Of("empty"u8)), Array.Empty<byte>(), CancellationToken.None);
        (await CheckRun.OfAsync(repository)).AssertClean();
        await backend.SaveAsync(bad, new byte[100], CancellationToken.None);
        Consequence consequence = Assert.Single((await CheckRun.OfAsync(repository)).Report.Damage!.Items);
        Assert.Equal((bad.ToString(), Remedy.RemoveLocks), (consequence.Item, consequence.Remedy));
    }

    [Fact]
    public async Task An_altered_key_that_still_opens_is_used_when_no_other_opens()
    {
        using MemoryBackend backend = new();
        KeyId key;
        using (OpenRepository made = await SmallRepository.CreateAsync(backend))
        {
            key = made.KeyId;
        }

        byte[] content = await backend.LoadAsync(FileHandle.Of(key), 1 << 20, CancellationToken.None);
        int at = content.AsSpan().IndexOf("host\""u8);
        content[at] = (byte)'H';
        await backend.SaveAsync(FileHandle.Of(key), content, CancellationToken.None);
        List<string> notices = [];
        using OpenRepository repository = await Repository.OpenAsync(
            backend, System.Text.Encoding.UTF8.GetBytes(SmallRepository.Password), new OpenOptions { Notice = notices.Add }, CancellationToken.None);
        Assert.Contains(notices, notice => notice.Contains("still opens the repository, although it was altered", StringComparison.Ordinal));
        Assert.Equal([FindingKind.KeyUnreadable], (await CheckRun.OfAsync(repository)).Findings.Select(finding => finding.Kind));
    }
}
