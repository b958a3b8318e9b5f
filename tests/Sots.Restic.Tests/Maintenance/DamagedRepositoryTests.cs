using System.Text.Json;
using Sots.Restic.Backends;
using Sots.Restic.Maintenance;
using Sots.Testing;

namespace Sots.Restic.Tests.Maintenance;

/// <summary>Fifty repositories with one defect each, made with real restic, and what restic 0.19.1 says of them.</summary>
public class DamagedRepositoryTests
{
    /// <summary>What each must lead to: nothing, kinds of findings, or the kind of error that opening fails with.</summary>
    public static TheoryData<string, string> Expected => new()
    {
        { "ok", "" },
        { "stray_files", "" },
        { "duplicate_blob_one_pack", "" },
        { "duplicate_blob_two_packs", "" },
        { "unused_blobs", "" },
        { "orphan_pack", "OrphanPack" },
        { "orphan_garbage_file", "OrphanPack" },
        { "data_pack_missing", "PackMissing" },
        { "tree_pack_missing", "PackMissing TreeDamaged" },
        { "data_pack_truncated", "PackLength PackDamaged" },
        { "data_pack_extended", "PackLength PackDamaged" },
        { "data_blob_bitflip", "PackDamaged" },
        { "pack_header_bitflip", "PackDamaged" },
        { "tree_blob_bitflip", "TreeDamaged PackDamaged" },
        { "pack_renamed", "PackDamaged" },
        { "index_bitflip", "IndexUnreadable" },
        { "index_missing", "OrphanPack TreeMissing" },
        { "index_zero_bytes", "IndexUnreadable" },
        { "index_wrong_mac_right_name", "IndexUnreadable" },
        { "index_invalid_json", "IndexUnreadable" },
        { "index_bad_encoding_version", "IndexUnreadable" },
        { "index_wrong_offset", "PackLayout PackDamaged" },
        { "index_wrong_length", "PackLayout PackLength PackDamaged" },
        { "index_missing_blob_of_pack", "PackLength BlobMissing PackDamaged" },
        { "index_wrong_uncompressed_length", "NodeSize PackDamaged" },
        { "index_swapped_type", "MixedPack BlobMissing PackDamaged" },
        { "snapshot_bitflip", "SnapshotUnreadable" },
        { "snapshot_zero_bytes", "SnapshotUnreadable" },
        { "snapshot_tree_unknown", "TreeMissing" },
        { "node_content_null", "NodeContent" },
        { "node_content_missing_blob", "BlobMissing" },
        { "node_content_null_id", "NodeContent" },
        { "node_empty_name", "NodeName" },
        { "node_slash_name", "NodeName" },
        { "node_dotdot_name", "NodeName" },
        { "node_bad_type", "NodeType" },
        { "node_irregular", "NodeType" },
        { "node_dir_no_subtree", "NodeSubtree" },
        { "node_dir_null_subtree", "NodeSubtree" },
        { "node_wrong_size", "NodeSize" },
        { "node_duplicate_names", "NodeOrder" },
        { "tree_invalid_json", "TreeDamaged" },
        { "tree_trailing_garbage", "TreeDamaged" },
        { "node_bad_time", "TreeDamaged" },
        { "node_name_bad_quote", "TreeDamaged" },
        { "v1_compressed_index", "IndexUnreadable" },
        { "config_version_3", "opening: Unsupported" },
        { "config_reducible_polynomial", "opening: Damaged" },
        { "config_compressed", "opening: Damaged" },
        { "key_renamed", "KeyUnreadable" },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task Each_defect_is_found_for_what_it_is(string name, string expected)
    {
        (string found, _, _) = await CheckAsync(name);
        Assert.Equal(expected, found);
    }

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task Nothing_that_restic_finds_is_missed(string name, string expected)
    {
        Assert.NotNull(expected);
        (_, bool errors, CheckReport? report) = await CheckAsync(name);
        JsonElement summary = ResticSummary(name);
        if (summary.GetProperty("num_errors").GetInt64() > 0)
        {
            Assert.True(errors);
        }

        if (report is null)
        {
            return;
        }

        if (summary.GetProperty("broken_packs") is { ValueKind: JsonValueKind.Array } packs)
        {
            Assert.Equal(packs.EnumerateArray().Select(pack => pack.GetString()), report.BrokenPacks.Select(pack => pack.ToString()));
        }

        if (summary.GetProperty("suggest_repair_index").GetBoolean())
        {
            Assert.True(report.SuggestRepairIndex);
        }
    }

    [Fact]
    public void The_table_names_every_repository_there_is()
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        IEnumerable<string?> there = Directory.GetDirectories(SharedMaterial.PathOf("vectors", "damaged")).Select(Path.GetFileName);
        Assert.Equal(there.Order(StringComparer.Ordinal), Expected.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Prune_is_not_suggested_where_it_would_remove_what_only_lost_its_index()
    {
        (_, _, CheckReport? report) = await CheckAsync("index_missing");
        Assert.True(report!.SuggestRepairIndex);
        Assert.False(report.SuggestPrune);
    }

    [Fact]
    public async Task Left_overs_suggest_prune_and_are_no_error()
    {
        (_, bool errors, CheckReport? report) = await CheckAsync("orphan_pack");
        Assert.False(errors);
        Assert.True(report!.SuggestPrune);
        Assert.False(report.SuggestRepairIndex);
    }

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task Reading_through_a_damaged_repository_gives_no_other_error_than_ours(string name, string expected)
    {
        Assert.NotNull(expected);
        using LocalBackend backend = VectorRepository.Damaged(name);
        List<RepositoryException> errors = [];
        try
        {
            using OpenRepository repository = await VectorRepository.OpenAsync(backend);
            SnapshotListing snapshots = await repository.LoadSnapshotsAsync(CancellationToken.None);
            errors.AddRange(snapshots.Damaged);
            IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
            errors.AddRange(indexed.IndexDamage);
            foreach (BlobHandle blob in indexed.Index.ByPack().Values.SelectMany(blobs => blobs).Select(blob => blob.Handle).Distinct())
            {
                try
                {
                    byte[] content = await indexed.LoadBlobAsync(blob, CancellationToken.None);
                    Assert.Equal(blob.Id, ContentId.Of(content));
                }
                catch (RepositoryException e)
                {
                    errors.Add(e);
                }
            }
        }
        catch (RepositoryException e)
        {
            errors.Add(e);
        }

        Assert.All(errors, error => Assert.NotEmpty(error.Message));
    }

    private static async Task<(string Found, bool Errors, CheckReport? Report)> CheckAsync(string name)
    {
        using LocalBackend backend = VectorRepository.Damaged(name);
        OpenRepository repository;
        try
        {
            repository = await VectorRepository.OpenAsync(backend);
        }
        catch (RepositoryException e)
        {
            return ($"opening: {e.Kind}", true, null);
        }

        using (repository)
        {
            CheckRun run = await CheckRun.OfAsync(repository);
            string kinds = string.Join(' ', run.Findings.Select(finding => finding.Kind).Distinct().Order());
            return (Sorted(kinds), run.Report.Errors > 0, run.Report);
        }
    }

    /// <summary>Kinds in the order in which the steps of a check come upon them.</summary>
    private static string Sorted(string kinds) => string.Join(' ', kinds.Split(' ').OrderBy(kind => kind is "PackDamaged" ? 1 : 0));

    private static JsonElement ResticSummary(string name)
    {
        using JsonDocument all = JsonDocument.Parse(File.ReadAllBytes(SharedMaterial.PathOf("vectors", "damaged-expected.json")));
        return all.RootElement.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name).GetProperty("summary-0.19.1").Clone();
    }
}
