using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Restic.Tests.Maintenance.Repairing;

/// <summary>Fifty repositories with one defect each.</summary>
public class DamagedRepairTests
{
    /// <summary>What a repair cannot help: there is no key, no config of this program's, or only a snapshot file's owner knows its tree.</summary>
    private static readonly string[] BeyondRepair =
        ["config_version_3", "config_reducible_polynomial", "config_compressed", "key_renamed", "snapshot_bitflip", "snapshot_zero_bytes"];

    [Theory]
    [MemberData(nameof(DamagedRepositoryTests.Expected), MemberType = typeof(DamagedRepositoryTests))]
    public async Task After_the_repairs_nothing_is_wrong_any_more_and_no_file_is_lost_that_could_be_restored(string name, string expected)
    {
        Assert.NotNull(expected);
        using LocalBackend original = VectorRepository.Damaged(name);
        using MemoryBackend backend = await VectorRepository.InMemoryAsync(await VectorRepository.FilesAsync(original));
        if (BeyondRepair.Contains(name))
        {
            return;
        }

        using OpenRepository repository = await VectorRepository.OpenAsync(backend);
        HashSet<string> before = await Repairs.RestorableAsync(repository);
        await Repairs.AllAsync(repository, forget: true);
        (await CheckRun.OfAsync(repository)).AssertClean();
        HashSet<string> after = await Repairs.RestorableAsync(repository);
        if (expected == "NodeName")
        {
            // Another name, the same content.
            before = [.. before.Select(HashOf)];
            after = [.. after.Select(HashOf)];
        }

        Assert.Empty(before.Except(after));
    }

    [Theory]
    [MemberData(nameof(DamagedRepositoryTests.Expected), MemberType = typeof(DamagedRepositoryTests))]
    public async Task Repairs_that_were_done_are_not_done_again(string name, string expected)
    {
        Assert.NotNull(expected);
        if (BeyondRepair.Contains(name))
        {
            return;
        }

        using LocalBackend original = VectorRepository.Damaged(name);
        using MemoryBackend backend = await VectorRepository.InMemoryAsync(await VectorRepository.FilesAsync(original));
        using OpenRepository repository = await VectorRepository.OpenAsync(backend);
        await Repairs.AllAsync(repository, forget: false);
        IEnumerable<FileHandle> before = (await VectorRepository.FilesAsync(backend)).Select(file => file.Key);
        await Repairs.AllAsync(repository, forget: false);
        Assert.Equal(before.Order(ByName), (await VectorRepository.FilesAsync(backend)).Select(file => file.Key).Order(ByName));
    }

    private static string HashOf(string file) => file[(file.LastIndexOf(' ') + 1)..];

    private static Comparer<FileHandle> ByName { get; } = Comparer<FileHandle>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));
}
