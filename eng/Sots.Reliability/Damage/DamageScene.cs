using System.Text;
using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Chunking;
using Sots.Restic.Locking;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Reliability.Damage;

/// <summary>
/// A small repository with a file of every kind, and what each of its two snapshots must give: the second has a file changed, a file new and
/// a folder as it was. Each snapshot has packs and an index of its own. Everything is held in memory; nothing of it changes.
/// </summary>
internal sealed class DamageScene
{
    private DamageScene(Dictionary<FileHandle, byte[]> files, Dictionary<SnapshotId, Dictionary<string, byte[]>> contents)
    {
        Files = files;
        Contents = contents;
    }

    /// <summary>Every file of the repository.</summary>
    public IReadOnlyDictionary<FileHandle, byte[]> Files { get; }

    /// <summary>Of each snapshot the files by their paths, from the root, with <c>/</c>.</summary>
    public IReadOnlyDictionary<SnapshotId, Dictionary<string, byte[]>> Contents { get; }

    /// <summary>Its files in a fixed order, so that the same seed finds the same ones.</summary>
    public IReadOnlyList<FileHandle> InOrder => [.. Files.Keys.OrderBy(file => file.Type).ThenBy(file => Files[file].Length).ThenBy(file => file.Name)];

    /// <summary>Makes one.</summary>
    /// <param name="folder">A folder for the source, which is removed.</param>
    /// <param name="seed">Start of the contents.</param>
    public static async Task<DamageScene> MakeAsync(string folder, int seed)
    {
        using MemoryBackend backend = new();
        using OpenRepository repository = await Repository.CreateAsync(
            backend,
            Encoding.UTF8.GetBytes(SmallRepository.Password),
            new CreateOptions { Scrypt = SmallRepository.Cheap, Polynomial = new ChunkerPolynomial(0x276199fa28ac11), Username = "user", Hostname = "host" },
            CancellationToken.None);
        Dictionary<SnapshotId, Dictionary<string, byte[]>> contents = [];
        string source = Path.Combine(folder, "source");
        Dictionary<string, byte[]> now = new()
        {
            ["/Content/Maps/Town.umap"] = SplitMix.Bytes((ulong)seed, 3000),
            ["/Content/Rock.uasset"] = SplitMix.Bytes((ulong)seed + 1, 2000),
            ["/Config/Engine.ini"] = Encoding.UTF8.GetBytes("[Core]\nName=Town\n"),
            ["/Town.uproject"] = "{}"u8.ToArray(),
        };
        await SaveAsync();
        now["/Content/Rock.uasset"] = SplitMix.Bytes((ulong)seed + 2, 1500);
        now["/Content/New.uasset"] = SplitMix.Bytes((ulong)seed + 3, 700);
        await SaveAsync();
        await using RepositoryLock held = await repository.LockAsync(exclusive: false, new LockOptions(), CancellationToken.None);
        Dictionary<FileHandle, byte[]> files = new() { [FileHandle.Config] = await backend.LoadAsync(FileHandle.Config, 1 << 20, CancellationToken.None) };
        foreach (FileType type in Enum.GetValues<FileType>())
        {
            await foreach (StoredFile file in backend.ListAsync(type, CancellationToken.None))
            {
                FileHandle handle = new(type, file.Name);
                files[handle] = await backend.LoadAsync(handle, 1 << 28, CancellationToken.None);
            }
        }

        return new DamageScene(files, contents);

        async Task SaveAsync()
        {
            foreach ((string path, byte[] content) in now)
            {
                string full = source + path;
                Directory.CreateDirectory(Path.GetDirectoryName(full)!);
                await File.WriteAllBytesAsync(full, content);
            }

            BackupResult result = await BackupOperation.RunAsync(
                repository,
                new BackupOptions
                {
                    Targets = [DiskPath.FromText(".")],
                    WorkingDirectory = DiskPath.FromText(source),
                    Host = "host",
                    Write = new WriteOptions(),
                },
                new OperationCounters(),
                new RecordedEvents(),
                CancellationToken.None);
            contents[result.Snapshot!.Value] = new Dictionary<string, byte[]>(now);
        }
    }

    /// <summary>Opens the repository out of some backend, for reading.</summary>
    public static Task<OpenRepository> OpenAsync(IBackend backend, Action<string>? notice = null) => Repository.OpenAsync(
        backend, Encoding.UTF8.GetBytes(SmallRepository.Password), new OpenOptions { ForReadingOnly = true, Notice = notice }, CancellationToken.None);
}
