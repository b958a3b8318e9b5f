using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Backup.Restoring;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Chunking;
using Sots.Restic.Crypto;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Restic.Writing;
using Sots.Testing;

namespace Sots.Backup.Tests.Restoring;

/// <summary>A repository in memory, a source folder, a target folder, and what is told while restoring.</summary>
public sealed class RestoreFixture : IDisposable
{
    private readonly TempFolder _folder = new();

    public RestoreFixture(IBackend? backend = null)
    {
        Backend = backend ?? new MemoryBackend();
        Directory.CreateDirectory(Source);
        Repository = Sots.Restic.Repository.CreateAsync(
            Backend, "x"u8.ToArray(), new CreateOptions { Scrypt = new ScryptParameters(16, 1, 1), Polynomial = new ChunkerPolynomial(0x276199fa28ac11) }, CancellationToken.None).GetAwaiter().GetResult();
    }

    public IBackend Backend { get; }

    public OpenRepository Repository { get; }

    public Listener Events { get; } = new();

    public OperationCounters Counters { get; private set; } = new();

    public string Source => _folder["source"];

    public string Target => _folder["target"];

    public string this[params string[] parts] => _folder[parts];

    /// <summary>Saves the source folder; its entries are the root of the snapshot.</summary>
    public async Task<Snapshot> BackUpAsync()
    {
        BackupResult result = await BackupOperation.RunAsync(
            Repository,
            new BackupOptions
            {
                Targets = [DiskPath.FromText(".")],
                WorkingDirectory = DiskPath.FromText(Source),
                Host = "here",
                WithAccessTime = false,
                Write = new WriteOptions { Compression = CompressionMode.Off },
            },
            new OperationCounters(),
            SilentEvents.Instance,
            CancellationToken.None);
        Assert.True(result.IsComplete);
        return (await Repository.LoadSnapshotAsync(result.Snapshot!.Value, CancellationToken.None)).Snapshot;
    }

    public async Task<RestoreResult> RestoreAsync(Snapshot snapshot, Func<RestoreOptions, RestoreOptions>? change = null, CancellationToken cancellationToken = default)
    {
        IndexedRepository indexed = await Repository.LoadIndexAsync(CancellationToken.None);
        RestoreOptions options = new() { Target = DiskPath.FromText(Target) };
        Counters = new OperationCounters();
        return await RestoreOperation.RunAsync(indexed, snapshot, change?.Invoke(options) ?? options, Counters, Events, cancellationToken);
    }

    /// <summary>A file of the source with random content.</summary>
    public byte[] WriteSource(string name, ulong seed, int length)
    {
        byte[] content = SplitMix.Bytes(seed, length);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Source, name))!);
        File.WriteAllBytes(Path.Combine(Source, name), content);
        return content;
    }

    /// <summary>Writes trees and blobs as no honest program would.</summary>
    public async Task<Snapshot> ForgeAsync(Func<Forge, Task<TreeId>> make)
    {
        IndexedRepository indexed = await Repository.LoadIndexAsync(CancellationToken.None);
        WriteSession session = indexed.BeginWrite(new WriteOptions());
        await using (session)
        {
            TreeId root = await make(new Forge(session));
            await session.FlushAsync(CancellationToken.None);
            return new Snapshot { Time = default, Tree = root, Paths = ["/x"], Hostname = "there", Username = "" };
        }
    }

    public IEnumerable<string> TemporaryFiles() => !Directory.Exists(Target) ? [] :
        Directory.EnumerateFiles(Target, ".sots-*", SearchOption.AllDirectories);

    public void Dispose()
    {
        Repository.Dispose();
        Backend.Dispose();
        foreach (string folder in new[] { Source, Target }.Where(Directory.Exists))
        {
            using TargetDirectory root = TargetFileSystem.Current.OpenRoot(DiskPath.FromText(folder), create: false);
            foreach (byte[] name in root.Entries())
            {
                root.Remove(name, recursive: true);
            }
        }

        _folder.Dispose();
    }

    /// <summary>Keeps what is told.</summary>
    public sealed class Listener : IOperationEvents
    {
        public ConcurrentQueue<ProblemEvent> Problems { get; } = [];

        public ConcurrentQueue<ItemEvent> Items { get; } = [];

        public Action<ItemEvent>? OnItem { get; set; }

        public bool WantsItems => true;

        public ConcurrentQueue<string> Messages { get; } = [];

        public void Message(string text) => Messages.Enqueue(text);

        public void Detail(string text)
        {
        }

        public void Item(in ItemEvent item)
        {
            Items.Enqueue(item);
            OnItem?.Invoke(item);
        }

        public void Problem(ProblemEvent problem) => Problems.Enqueue(problem);
    }

    /// <summary>Makes blobs and trees.</summary>
    public sealed class Forge(WriteSession session)
    {
        public async Task<BlobId> BlobAsync(string text) =>
            new((await session.SaveBlobAsync(BlobType.Data, Encoding.UTF8.GetBytes(text), CancellationToken.None)).Id);

        /// <summary>A tree with what stands between the brackets of its nodes.</summary>
        public async Task<TreeId> RawTreeAsync(params string[] nodes) => new((await session.SaveBlobAsync(
            BlobType.Tree, Encoding.UTF8.GetBytes($"{{\"nodes\":[{string.Join(',', nodes)}]}}\n"), CancellationToken.None)).Id);

        public async Task<string> FileAsync(string name, string content, string more = "") =>
            File(name, content.Length, more, await BlobAsync(content));

        public static string File(string name, long size, string more, params BlobId[] content) =>
            $$"""{"name":"{{name}}","type":"file","mode":420,"mtime":"2020-01-01T00:00:00Z","atime":"2020-01-01T00:00:00Z","ctime":"2020-01-01T00:00:00Z","uid":{{Owner}},"gid":{{Owner}},"size":{{size}},{{more}}"content":[{{string.Join(',', content.Select(id => $"\"{id}\""))}}]}""";

        public static string Directory(string name, TreeId tree) =>
            $$"""{"name":"{{name}}","type":"dir","mode":2147484141,"mtime":"2020-01-01T00:00:00Z","atime":"2020-01-01T00:00:00Z","ctime":"2020-01-01T00:00:00Z","uid":{{Owner}},"gid":{{Owner}},"subtree":"{{tree}}"}""";

        public static string Symlink(string name, string target) =>
            $$"""{"name":"{{name}}","type":"symlink","mode":134218239,"mtime":"2020-01-01T00:00:00Z","atime":"2020-01-01T00:00:00Z","ctime":"2020-01-01T00:00:00Z","uid":{{Owner}},"gid":{{Owner}},"linktarget":"{{target}}"}""";

        private static uint Owner => OperatingSystem.IsLinux() ? Sots.Backup.Native.Libc.EffectiveUser() : 0;
    }
}
