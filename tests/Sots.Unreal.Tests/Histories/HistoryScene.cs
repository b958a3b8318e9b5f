using Sots.Backup.Operations;
using Sots.Backup.Progress;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Trees;
using Sots.Testing;
using Sots.Testing.Unreal;
using Sots.Unreal.Assets;
using Sots.Unreal.Histories;

namespace Sots.Unreal.Tests.Histories;

/// <summary>A project that is saved again and again, and what its history says.</summary>
internal sealed class HistoryScene : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MemoryBackend _backend = new();
    private OpenRepository? _repository;
    private int _hours;

    /// <summary>Facts that are known.</summary>
    public AssetFactsCache Facts { get; set; } = new();

    /// <summary>Versions that are known.</summary>
    public AssetDetailsCache Details { get; set; } = new();

    /// <summary>Problems that were told.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>A package with what matters here.</summary>
    public static byte[] Package(string name, string type = "/Script/Engine.Blueprint", string? label = null, string[]? objects = null, string[]? needs = null, (string, string)[]? tags = null, byte[]? picture = null) => new PackageWriter
    {
        PackageName = name, Class = type, Objects = objects ?? [], HardDependencies = needs ?? [], Thumbnail = picture,
        Tags = [.. label is null ? [] : new[] { ("ActorLabel", label) }, .. tags ?? []],
    }.Write();

    /// <summary>Writes a file of the project.</summary>
    public void Write(string path, byte[] content)
    {
        string file = _folder["Game", path];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }

    /// <summary>Moves a file of the project.</summary>
    public void Move(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder["Game", to])!);
        File.Move(_folder["Game", from], _folder["Game", to]);
    }

    /// <summary>Deletes a file of the project.</summary>
    public void Delete(string path) => File.Delete(_folder["Game", path]);

    /// <summary>Saves the project, an hour after the last time.</summary>
    public async Task SaveAsync(string host = "host")
    {
        _repository ??= await SmallRepository.CreateAsync(_backend);
        BackupResult result = await SmallRepository.BackupAsync(
            _repository, _folder["Game"], options => options with { Host = host, Time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(_hours++) });
        Assert.NotNull(result.Snapshot);
    }

    /// <summary>Asks for a history.</summary>
    public async Task<HistoryAnswer> AskAsync(string word, bool all = false, HistoryMatch? only = null)
    {
        SnapshotListing listing = await _repository!.LoadSnapshotsAsync(CancellationToken.None);
        IndexedRepository indexed = await _repository.LoadIndexAsync(CancellationToken.None);
        HistoryOperation operation = new(indexed, Facts, Details, (path, _) => Problems.Add(path), new OperationCounters());
        return await operation.RunAsync(listing.Snapshots, new HistoryWord(word, [word]) { Only = only }, all, CancellationToken.None);
    }

    /// <summary>Asks for the versions of the one file that is meant, the oldest first.</summary>
    public async Task<IReadOnlyList<HistoryVersion>> VersionsAsync(string word) => Assert.Single((await AskAsync(word)).Histories).Versions;

    /// <summary>Removes the pack that holds the content of a file.</summary>
    public async Task LoseAsync(Node file)
    {
        IndexedRepository indexed = await _repository!.LoadIndexAsync(CancellationToken.None);
        Assert.True(indexed.Index.TryFind(new BlobHandle(file.Content![0]), out BlobLocation place));
        await _backend.RemoveAsync(new FileHandle(FileType.Pack, place.Pack.Value), CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _repository?.Dispose();
        _backend.Dispose();
        _folder.Dispose();
    }
}
