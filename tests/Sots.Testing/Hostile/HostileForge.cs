using System.Text;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Restic.Packs;
using Sots.Restic.Repofiles;
using ZstdSharp;

namespace Sots.Testing.Hostile;

/// <summary>
/// Writes into a repository what no honest program would. With the key it makes blobs, packs, index files, snapshots and key files of any
/// content, all properly sealed; without it, it writes files. Not thread safe.
/// </summary>
/// <param name="repository">An open repository in <paramref name="folder"/>.</param>
/// <param name="folder">Its folder.</param>
/// <param name="project">Folder of the project whose snapshots are forged: its path leads to what a case puts there.</param>
/// <param name="host">Host name of the snapshots.</param>
public sealed class HostileForge(OpenRepository repository, string folder, string project, string host)
{
    private int _snapshots;
    private readonly List<(BlobType Type, ContentId Id, byte[] Box, uint Plain)> _blobs = [];

    /// <summary>Folder of the repository.</summary>
    public string Folder => folder;

    /// <summary>The repository.</summary>
    public OpenRepository Repository => repository;

    /// <summary>A file that lies outside of everything a restore may touch.</summary>
    public required string Canary { get; init; }

    /// <summary>A folder outside, with the canary in it.</summary>
    public string Outside => Path.GetDirectoryName(Canary)!;

    /// <summary>A blob of any content, compressed as usual.</summary>
    public ContentId Blob(BlobType type, ReadOnlySpan<byte> plain)
    {
        using Compressor zstd = new(3);
        return Frame(type, ContentId.Of(plain), zstd.Wrap(plain), (uint)plain.Length);
    }

    /// <summary>A blob out of a frame of any kind, with an id and a length that need not be true.</summary>
    public ContentId Frame(BlobType type, ContentId id, ReadOnlySpan<byte> frame, uint plainLength)
    {
        byte[] box = new byte[frame.Length + SealedBox.Overhead];
        SealedBox.Seal(repository.Key, frame, box);
        _blobs.Add((type, id, box, plainLength));
        return id;
    }

    /// <summary>A data blob.</summary>
    public ContentId Data(string text) => Blob(BlobType.Data, Encoding.UTF8.GetBytes(text));

    /// <summary>A tree with what stands between the brackets.</summary>
    public ContentId Tree(params string[] nodes) => Blob(BlobType.Tree, Encoding.UTF8.GetBytes($"{{\"nodes\":[{string.Join(',', nodes)}]}}\n"));

    /// <summary>A file's node.</summary>
    public string File(string name, string content, string more = "") => File(name, content.Length, more, Data(content));

    /// <summary>A file's node, with a size and blobs that need not fit.</summary>
    public static string File(string name, long size, string more, params ContentId[] content) =>
        Node(name, "file", 0x1A4, $"\"size\":{size},{more}\"content\":[{string.Join(',', content.Select(id => $"\"{id}\""))}]");

    /// <summary>A folder's node.</summary>
    public static string Directory(string name, ContentId tree) => Node(name, "dir", 0x800001ED, $"\"subtree\":\"{tree}\"");

    /// <summary>A link's node.</summary>
    public static string Symlink(string name, string target) => Node(name, "symlink", 0x80001FF, $"\"linktarget\":\"{target}\"");

    /// <summary>Any node. The name stands in it as JSON of the format: its text quoted twice.</summary>
    public static string Node(string name, string type, long mode, string rest) =>
        $$"""{"name":"{{name}}","type":"{{type}}","mode":{{mode}},"mtime":"2020-01-01T00:00:00Z","atime":"2020-01-01T00:00:00Z","ctime":"2020-01-01T00:00:00Z",{{rest}}}""";

    /// <summary>Stores the blobs so far as a pack with its index, and a snapshot of the project that has these nodes.</summary>
    public async Task SnapshotAsync(params string[] nodes)
    {
        ContentId tree = Tree(nodes);
        await StoreAsync();
        await SnapshotOfAsync(tree);
    }

    /// <summary>The same, of a tree in the place of the project's folder.</summary>
    public async Task SnapshotOfAsync(ContentId tree)
    {
        foreach (string name in project.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            tree = Tree(Directory(name, tree));
        }

        await StoreAsync();
        await SnapshotJsonAsync($$"""{"time":"{{2020 + _snapshots++}}-05-06T07:08:09Z","tree":"{{tree}}","paths":["{{project}}"],"hostname":"{{host}}","username":"x","tags":["push"]}""");
    }

    /// <summary>A snapshot file of any JSON.</summary>
    public async Task SnapshotJsonAsync(string json) => await repository.SaveUnpackedAsync(FileType.Snapshot, Encoding.UTF8.GetBytes(json), CancellationToken.None);

    /// <summary>A snapshot, index or lock file out of any bytes before they are sealed.</summary>
    public async Task UnpackedAsync(FileType type, byte[] plain)
    {
        byte[] stored = repository.SealVerified(plain);
        await repository.Backend.SaveAsync(new FileHandle(type, ContentId.Of(stored)), stored, CancellationToken.None);
    }

    /// <summary>An index file of any JSON.</summary>
    public async Task IndexJsonAsync(string json) => await repository.SaveUnpackedAsync(FileType.Index, Encoding.UTF8.GetBytes(json), CancellationToken.None);

    /// <summary>A key file of any text.</summary>
    public async Task KeyAsync(string json)
    {
        byte[] content = Encoding.UTF8.GetBytes(json);
        await repository.Backend.SaveAsync(new FileHandle(FileType.Key, ContentId.Of(content)), content, CancellationToken.None);
    }

    /// <summary>The config in another form. Needs the key.</summary>
    public async Task ConfigAsync(string json)
    {
        byte[] sealedConfig = repository.SealVerified(Encoding.UTF8.GetBytes(json));
        await repository.Backend.SaveAsync(FileHandle.Config, sealedConfig, CancellationToken.None);
    }

    /// <summary>Stores the blobs so far as a pack. Without an index nobody finds them.</summary>
    /// <param name="withIndex">Store an index file too.</param>
    public async Task<PackId> StoreAsync(bool withIndex = true)
    {
        PackBuilder builder = new([]);
        foreach ((BlobType type, ContentId id, byte[] box, uint plain) in _blobs)
        {
            builder.Append(type, id, box, plain);
        }

        _blobs.Clear();
        FinishedPack pack = builder.Finish(repository.Key);
        await repository.Backend.SaveAsync(FileHandle.Of(pack.Id), pack.Content, CancellationToken.None);
        if (withIndex)
        {
            string blobs = string.Join(',', pack.Blobs.Select(blob => Entry(blob.Id, blob.Type, blob.Offset, blob.Length, blob.UncompressedLength)));
            await IndexJsonAsync($$"""{"packs":[{"id":"{{pack.Id}}","blobs":[{{blobs}}]}]}""");
        }

        return pack.Id;
    }

    /// <summary>A line of an index file.</summary>
    public static string Entry(ContentId id, BlobType type, long offset, long length, long plainLength) =>
        $$"""{"id":"{{id}}","type":"{{(type == BlobType.Tree ? "tree" : "data")}}","offset":{{offset}},"length":{{length}},"uncompressed_length":{{plainLength}}}""";

    /// <summary>The files of a kind, as paths.</summary>
    public string[] Files(string kind) => System.IO.Directory.GetFiles(Path.Combine(folder, kind), "*", SearchOption.AllDirectories);

    /// <summary>A frame that gives very many bytes out of very few: repeated text in a window of a given size.</summary>
    /// <param name="begin">What it begins with.</param>
    /// <param name="fill">What is repeated.</param>
    /// <param name="end">What it ends with.</param>
    /// <param name="length">Bytes in all.</param>
    /// <param name="saysLength">The frame declares the length.</param>
    /// <param name="windowLog">Window, as a power of two.</param>
    public static byte[] Bomb(string begin, string fill, string end, long length, bool saysLength = false, int windowLog = 20)
    {
        using Compressor zstd = new(1);
        if (saysLength)
        {
            return zstd.Wrap(Plain()).ToArray();
        }

        zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_windowLog, windowLog);
        using MemoryStream output = new();
        using (CompressionStream stream = new(output, zstd, bufferSize: 0, leaveOpen: true))
        {
            byte[] piece = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(fill, Math.Max(1, (1 << 20) / fill.Length))));
            stream.Write(Encoding.UTF8.GetBytes(begin));
            long left = length - begin.Length - end.Length;
            for (; left >= piece.Length; left -= piece.Length)
            {
                stream.Write(piece);
            }

            stream.Write(piece.AsSpan(0, (int)(left / fill.Length * fill.Length)));
            stream.Write(Encoding.UTF8.GetBytes(end));
        }

        return output.ToArray();

        byte[] Plain()
        {
            byte[] plain = new byte[length];
            plain.AsSpan().Fill((byte)fill[0]);
            Encoding.UTF8.GetBytes(begin, plain);
            Encoding.UTF8.GetBytes(end).CopyTo(plain, length - end.Length);
            return plain;
        }
    }
}
