using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Backup.Tests.Sources;

/// <summary>Names of 255 bytes and paths beyond what the kernel takes at a time (4,096 bytes): saved, found unchanged, restored.</summary>
public sealed class LongPathTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        // The runtime cannot remove what lies so deep; our own calls can.
        if (OperatingSystem.IsLinux())
        {
            using TargetDirectory root = TargetFileSystem.Current.OpenRoot(DiskPath.FromText(_folder.Path), create: false);
            root.Entries().ForEach(name => root.Remove(name, recursive: true));
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData(240, 1)]
    [InlineData(3900, 100)]
    [InlineData(4090, 100)]
    [InlineData(4096, 255)]
    [InlineData(9000, 255)]
    public async Task A_file_at_the_end_of_a_long_path_is_saved_and_restored(int pathLength, int nameLength)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux; Windows has tests of its own");
        DiskPath source = DiskPath.FromText(_folder["source"]), target = DiskPath.FromText(_folder["target"]);
        List<byte[]> names = Names(pathLength - source.Bytes.Length, nameLength);
        Write(source, names, "deep"u8);

        using MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        RecordedEvents events = new();
        BackupResult first = await SmallRepository.BackupAsync(repository, source.ToString(), events: events);
        BackupResult second = await SmallRepository.BackupAsync(repository, source.ToString(), events: events);
        Assert.Empty(events.Problems);
        Assert.Equal((2UL, 0UL, 2UL), (first.Summary.FilesNew, second.Summary.FilesChanged, second.Summary.FilesUnmodified));

        IndexedRepository indexed = await repository.LoadIndexAsync(CancellationToken.None);
        SavedSnapshot saved = await repository.LoadSnapshotAsync(second.Snapshot!.Value, CancellationToken.None);
        RestoreResult restored = await RestoreOperation.RunAsync(
            indexed, saved.Snapshot, new RestoreOptions { Target = target, Verify = true }, new OperationCounters(), events, CancellationToken.None);
        Assert.Empty(events.Problems);
        Assert.Equal(2, restored.FilesVerified);
        Assert.Equal("deep"u8, Read(target, [.. DiskPaths.SnapshotComponents(source), .. names]));
    }

    [Fact]
    public void A_missing_entry_far_down_is_missing_and_nothing_worse()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        DiskPath path = DiskPath.FromText(_folder.Path);
        foreach (byte[] name in Names(6000, 200))
        {
            path = path.Join(name);
        }

        SourceException missing = Assert.Throws<SourceException>(() => SourceFileSystem.Current.GetStatus(path, followLinks: false));
        Assert.Equal(SourceErrorKind.Vanished, missing.Kind);
    }

    /// <summary>Names that make a path of so many bytes, the last of them that of a file; of one byte less where all names are one letter.</summary>
    private static List<byte[]> Names(int pathLength, int nameLength)
    {
        List<byte[]> names = [];
        for (int left = pathLength; left > 1; left -= names[^1].Length + 1)
        {
            // No name but the last is shorter than it has to be.
            int length = left - 1 <= nameLength ? left - 1 : Math.Min(nameLength, Math.Max(1, left - 3));
            names.Add([.. Enumerable.Repeat((byte)('a' + (names.Count % 26)), length)]);
        }

        return names;
    }

    private static void Write(DiskPath top, List<byte[]> names, ReadOnlySpan<byte> content)
    {
        TargetDirectory directory = TargetFileSystem.Current.OpenRoot(top, create: true);
        foreach (byte[] name in names[..^1])
        {
            using TargetDirectory above = directory;
            directory = above.OpenOrCreateDirectory(name);
        }

        using (directory)
        {
            using TargetFile file = directory.CreateFile(names[^1]);
            file.Write(0, content);
            directory.CreateSymlink([.. "l"u8], "somewhere"u8);
            using TargetFile twin = directory.CreateFile([.. Enumerable.Repeat((byte)'z', 255)]);
            twin.Write(0, content);
        }
    }

    private static byte[] Read(DiskPath top, List<byte[]> names)
    {
        TargetDirectory directory = TargetFileSystem.Current.OpenRoot(top, create: false);
        foreach (byte[] name in names[..^1])
        {
            using TargetDirectory above = directory;
            directory = above.OpenDirectory(name);
        }

        using (directory)
        {
            using TargetFile file = directory.OpenForRead(names[^1]);
            byte[] content = new byte[100];
            int length = file.Read(0, content);
            Assert.True(directory.TryGetStatus("l"u8, out FileStatus link));
            Assert.Equal(NodeType.Symlink, link.Type);
            return content[..length];
        }
    }
}
