using Sots.Restic.Backends;
using Sots.Restic.Maintenance;
using Sots.Testing;

namespace Sots.Restic.Tests.Maintenance;

/// <summary>One run of the checker with everything it said.</summary>
internal sealed class CheckRun : ICheckEvents
{
    private readonly List<Finding> _findings = [];

    public List<string> Steps { get; } = [];

    public IReadOnlyList<Finding> Findings => _findings;

    public IEnumerable<Finding> Errors => _findings.Where(finding => !finding.IsHint);

    public CheckReport Report { get; private set; } = null!;

    public int PacksRead;

    public static async Task<CheckRun> OfAsync(OpenRepository repository, PackSubset? subset = null, int pieceLength = PackVerifier.DefaultPieceLength)
    {
        CheckRun run = new();
        run.Report = await new RepositoryChecker(repository, subset ?? PackSubset.All, run) { PieceLength = pieceLength }.RunAsync(CancellationToken.None);
        Assert.Equal(run.Errors.Count(), run.Report.Errors);
        Assert.Equal(run.Findings.Count - run.Errors.Count(), run.Report.Hints);
        return run;
    }

    /// <summary>Fails with what was found, if anything was.</summary>
    public void AssertClean()
    {
        Assert.Empty(Errors.Select(finding => finding.Message));
        Assert.Equal(0, Report.Errors);
        Assert.Empty(Report.BrokenPacks);
    }

    public void Step(string text) => Steps.Add(text);

    public void Found(Finding finding) => _findings.Add(finding);

    public void PacksChosen(int count, long bytes)
    {
    }

    public void PackDone(PackId pack, long bytes) => Interlocked.Increment(ref PacksRead);
}

/// <summary>Repositories of the shared vectors.</summary>
internal static class VectorRepository
{
    public static ReadOnlyMemory<byte> Password { get; } = "golden-password"u8.ToArray();

    public static Task<OpenRepository> OpenAsync(IBackend backend) =>
        Repository.OpenAsync(backend, Password, new OpenOptions(), CancellationToken.None);

    public static LocalBackend Damaged(string name)
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        return new LocalBackend(SharedMaterial.PathOf("vectors", "damaged", name));
    }

    /// <summary>All files of a repository.</summary>
    public static async Task<List<KeyValuePair<FileHandle, byte[]>>> FilesAsync(IBackend backend)
    {
        List<KeyValuePair<FileHandle, byte[]>> files = [new(FileHandle.Config, await backend.LoadAsync(FileHandle.Config, 1 << 20, CancellationToken.None))];
        foreach (FileType type in new[] { FileType.Key, FileType.Snapshot, FileType.Index, FileType.Pack })
        {
            await foreach (StoredFile file in backend.ListAsync(type, CancellationToken.None))
            {
                FileHandle handle = new(type, file.Name);
                files.Add(new(handle, await backend.LoadAsync(handle, 1 << 28, CancellationToken.None)));
            }
        }

        return files;
    }

    /// <summary>A repository in memory, with one file replaced, or left out where the replacement is null.</summary>
    public static async Task<MemoryBackend> InMemoryAsync(
        IEnumerable<KeyValuePair<FileHandle, byte[]>> files, FileHandle? replaced = null, byte[]? replacement = null)
    {
        MemoryBackend backend = new();
        foreach ((FileHandle file, byte[] content) in files)
        {
            byte[]? stored = file == replaced ? replacement : content;
            if (stored is not null)
            {
                await backend.SaveAsync(file, stored, CancellationToken.None);
            }
        }

        return backend;
    }
}
