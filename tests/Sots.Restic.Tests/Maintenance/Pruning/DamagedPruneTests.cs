using Sots.Restic.Backends;
using Sots.Testing;
using static Sots.Restic.Tests.Maintenance.Pruning.PruneRepository;

namespace Sots.Restic.Tests.Maintenance.Pruning;

/// <summary>Fifty repositories with one defect each.</summary>
public class DamagedPruneTests
{
    [Fact]
    public async Task A_damaged_repository_is_refused_as_it_is_or_is_no_worse_afterwards()
    {
        Assert.SkipUnless(SharedMaterial.Root is not null, SharedMaterial.Absent);
        int refused = 0, pruned = 0;
        foreach (string folder in Directory.GetDirectories(SharedMaterial.PathOf("vectors", "damaged")).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(folder);
            using LocalBackend original = VectorRepository.Damaged(name);
            using MemoryBackend backend = await VectorRepository.InMemoryAsync(await VectorRepository.FilesAsync(original));
            OpenRepository repository;
            try
            {
                repository = await VectorRepository.OpenAsync(backend);
            }
            catch (RepositoryException)
            {
                continue;
            }

            using (repository)
            {
                long before = (await CheckRun.OfAsync(repository)).Report.Errors;
                List<KeyValuePair<FileHandle, byte[]>> files = await VectorRepository.FilesAsync(backend);
                try
                {
                    await ForgetAndPruneAsync(repository, [], Thorough);
                    pruned++;
                    Assert.True((await CheckRun.OfAsync(repository)).Report.Errors <= before, name);
                }
                catch (RepositoryException e)
                {
                    refused++;
                    Assert.True(e.Advice is not null, name);
                    HashSet<FileHandle> left = [.. (await VectorRepository.FilesAsync(backend)).Select(file => file.Key)];
                    Assert.All(files.Where(file => file.Key.Type != FileType.Pack), file => Assert.Contains(file.Key, left));
                    Assert.True((await CheckRun.OfAsync(repository)).Report.Errors <= before, name);
                }
            }
        }

        Assert.True(refused > 10 && pruned > 10, $"{refused} {pruned}");
    }
}
