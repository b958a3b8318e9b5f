using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Restic.Snapshots;
using Sots.Restic.Trees;
using Sots.Testing;
using Sots.Testing.Unreal;
using Sots.Unreal.Assets;
using Sots.Unreal.Changes;

namespace Sots.Unreal.Tests.Changes;

/// <summary>A project of small packages that is saved, changed, and saved again.</summary>
internal sealed class ChangedProject : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MemoryBackend _memory = new();
    private OpenRepository? _repository;
    private Snapshot? _before, _after;

    public ChangedProject() => Backend = new RecordingBackend(_memory);

    public RecordingBackend Backend { get; }

    public string Root => _folder["Game"];

    public AssetFactsCache Facts { get; } = new();

    public void Dispose()
    {
        _repository?.Dispose();
        Backend.Dispose();
        _folder.Dispose();
    }

    /// <summary>Writes an asset.</summary>
    public void Asset(string path, string type = "/Script/Engine.Blueprint", string text = "", int size = 100, params string[] dependencies) => File(path, new PackageWriter
    {
        PackageName = "/Game/" + Path.ChangeExtension(path[(path.IndexOf("Content/", StringComparison.Ordinal) + "Content/".Length)..], null), Class = type,
        Tags = [("Text", text)], Data = new byte[size], HardDependencies = dependencies,
    }.Write());

    /// <summary>Writes an actor of a level.</summary>
    public void Actor(string level, string file, string label, string text = "", string content = "Content", string? owner = null)
    {
        string name = level[(level.LastIndexOf('/') + 1)..];
        File($"{content}/__ExternalActors__/{level}/1/2X/{file}.uasset", new PackageWriter
        {
            PackageName = $"/Game/__ExternalActors__/{level}/1/2X/{file}", Class = "/Script/Engine.StaticMeshActor",
            ObjectPath = $"{owner ?? "/Game/" + level}.{name}:PersistentLevel.{label}_1", Tags = [("ActorLabel", label), ("Text", text)],
        }.Write());
    }

    public void File(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        System.IO.File.WriteAllBytes(PathOf(path), bytes);
    }

    public void Delete(string path) => System.IO.File.Delete(PathOf(path));

    public void Move(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(to))!);
        Directory.Move(PathOf(from), PathOf(to));
    }

    public string PathOf(string path) => Path.Combine(Root, path);

    /// <summary>Saves; the snapshot before is that of the call before.</summary>
    public async Task SaveAsync()
    {
        _repository ??= await SmallRepository.CreateAsync(Backend);
        SnapshotId id = (await SmallRepository.BackupAsync(_repository, Root)).Snapshot!.Value;
        _before = _after;
        _after = (await _repository.LoadSnapshotAsync(id, CancellationToken.None)).Snapshot;
    }

    /// <summary>What changed between the last two saves.</summary>
    public async Task<ProjectChanges> ChangesAsync(ChangesOptions? options = null, TreeId? before = null, bool first = false)
    {
        IndexedRepository indexed = await _repository!.LoadIndexAsync(CancellationToken.None);
        return await ChangesReader.ReadAsync(
            new SnapshotPackages(indexed, Facts), indexed, first ? null : before ?? _before!.Tree, _after!.Tree, (options ?? new ChangesOptions()) with { Root = Root }, CancellationToken.None);
    }

    /// <summary>Saves once more and tells what changed.</summary>
    public async Task<ProjectChanges> SaveAndCompareAsync()
    {
        await SaveAsync();
        return await ChangesAsync();
    }

    /// <summary>Levels of the last snapshot.</summary>
    public async Task<IReadOnlyList<LevelEntry>> LevelsAsync()
    {
        IndexedRepository indexed = await _repository!.LoadIndexAsync(CancellationToken.None);
        return await LevelListing.OfSnapshotAsync(indexed, new SnapshotFolder(_after!, ""), Root, "", new SnapshotPackages(indexed, Facts), CancellationToken.None);
    }
}
