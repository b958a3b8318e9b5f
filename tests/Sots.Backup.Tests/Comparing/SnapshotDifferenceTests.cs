using System.Buffers;
using Sots.Backup.Comparing;
using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Backup.Tests.Comparing;

/// <summary>The letters and counts of a difference; that they are restic's, the tests beside restic show.</summary>
public sealed class SnapshotDifferenceTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MemoryBackend _backend = new();

    public void Dispose()
    {
        _folder.Dispose();
        _backend.Dispose();
    }

    [Fact]
    public async Task What_another_folder_still_uses_is_not_counted_as_removed()
    {
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        Write("tree/kept/copy", "the same");
        Write("tree/gone/original", "the same");
        Snapshot before = await SaveAsync(repository);
        Directory.Delete(_folder["tree/gone"], recursive: true);
        Snapshot after = await SaveAsync(repository);
        (List<string> changes, DifferenceStatistics statistics) = await CompareAsync(repository, before, after);
        Assert.Equal(["- gone/", "- gone/original"], changes);
        Assert.Equal((1, 1, 0), (statistics.Removed.Files, statistics.Removed.Folders, statistics.Removed.DataBlobs));
    }

    [Fact]
    public async Task A_file_whose_content_alone_differs_is_suspicious()
    {
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        Write("tree/a", "one");
        Snapshot before = await SaveAsync(repository);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        TreeId parent = await new SnapshotFolder(before, _folder["tree"]).FindTreeAsync(indexed, CancellationToken.None);
        List<Node> nodes = await indexed.LoadTreeAsync(parent, CancellationToken.None);
        TreeId changed;
        await using (WriteSession session = indexed.BeginWrite(new WriteOptions()))
        {
            nodes[0].Content = [new BlobId((await session.SaveBlobAsync(BlobType.Data, "two"u8.ToArray(), CancellationToken.None)).Id)];
            ArrayBufferWriter<byte> json = new();
            TreeCodec.Write(nodes, json);
            changed = new TreeId((await session.SaveBlobAsync(BlobType.Tree, json.WrittenMemory, CancellationToken.None)).Id);
            await session.FlushAsync(CancellationToken.None);
        }

        List<string> letters = [];
        indexed = await repository.LoadIndexAsync(CancellationToken.None);
        await SnapshotDifference.CompareAsync(
            indexed, parent, changed, false, (path, modifier) => letters.Add(modifier + path), (_, error) => throw error, CancellationToken.None);
        Assert.Equal(["M?/a"], letters);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_read_is_named_and_the_others_are_compared()
    {
        using OpenRepository repository = await SmallRepository.CreateAsync(_backend);
        Write("tree/bad/a", "one");
        Write("tree/good/b", "one");
        Snapshot before = await SaveAsync(repository);
        Write("tree/bad/a", "other");
        Write("tree/good/b", "other");
        Snapshot after = await SaveAsync(repository);
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        TreeId bad = await new SnapshotFolder(after, _folder["tree/bad"]).FindTreeAsync(indexed, CancellationToken.None);
        Assert.True(indexed.Index.TryFind(new BlobHandle(bad), out BlobLocation location));
        await SpoilAsync(FileHandle.Of(location.Pack), location.Offset);

        // Whoever read trees of the pack before may still have the intact bytes around them.
        indexed = await repository.LoadIndexAsync(CancellationToken.None);
        List<string> damaged = [], changed = [];
        DifferenceStatistics statistics = await SnapshotDifference.CompareAsync(
            indexed, before.Tree, after.Tree, false, (path, modifier) => changed.Add(modifier + path), (path, _) => damaged.Add(path), CancellationToken.None);
        Assert.EndsWith("/bad", Assert.Single(damaged));
        Assert.EndsWith("/good/b", Assert.Single(changed));
        Assert.Equal((1, 1), (statistics.Problems, statistics.ChangedFiles));
    }

    private async Task SpoilAsync(FileHandle file, long offset)
    {
        byte[] bytes = await _backend.LoadAsync(file, int.MaxValue, CancellationToken.None);
        bytes[offset + 20] ^= 1;
        await _backend.RemoveAsync(file, CancellationToken.None);
        await _backend.SaveAsync(file, bytes, CancellationToken.None);
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[path])!);
        File.WriteAllText(_folder[path], text);
    }

    private async Task<Snapshot> SaveAsync(OpenRepository repository) =>
        (await repository.LoadSnapshotAsync((await SmallRepository.BackupAsync(repository, _folder["tree"])).Snapshot!.Value, CancellationToken.None)).Snapshot;

    private async Task<(List<string> Changes, DifferenceStatistics Statistics)> CompareAsync(OpenRepository repository, Snapshot before, Snapshot after)
    {
        List<string> changes = [];
        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        string root = _folder["tree"] + "/";
        DifferenceStatistics statistics = await DiffOperation.RunAsync(
            indexed, new SnapshotFolder(before, ""), new SnapshotFolder(after, ""), false,
            (path, modifier) => changes.Add($"{modifier} {path.Replace(root, "", StringComparison.Ordinal)}"), (_, error) => throw error, CancellationToken.None);
        return (changes, statistics);
    }
}
