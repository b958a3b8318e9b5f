using Sots.Restic.Backends;
using Sots.Restic.Maintenance;
using Sots.Testing;

namespace Sots.Restic.Tests.Maintenance;

public class BitFlipTests
{
    [Fact]
    public async Task Every_flipped_bit_of_a_repository_is_found()
    {
        List<KeyValuePair<FileHandle, byte[]>> files = await FilesAsync();
        await Parallel.ForAsync(0, 2000, async (round, _) =>
        {
            Random random = new(4711 + round);
            (FileHandle file, byte[] content) = files[random.Next(files.Count)];
            byte[] flipped = [.. content];
            int bit = random.Next(content.Length * 8);
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(await FindsErrorAsync(files, file, flipped), $"bit {bit} of {file} flipped, and nothing found");
        });
    }

    [Fact]
    public async Task Every_file_cut_or_extended_or_emptied_or_removed_is_found()
    {
        List<KeyValuePair<FileHandle, byte[]>> files = await FilesAsync();
        foreach ((FileHandle file, byte[] content) in files)
        {
            byte[][] others = [content[..^1], content[1..], content[..(content.Length / 2)], [], [.. content, 0], new byte[content.Length]];
            foreach (byte[] other in others)
            {
                Assert.True(await FindsErrorAsync(files, file, other), $"{file} with {other.Length} bytes, and nothing found");
            }

            // A snapshot that is gone leaves no trace in the format; everything else does.
            Assert.Equal(file.Type != FileType.Snapshot, await FindsErrorAsync(files, file, null));
        }
    }

    [Fact]
    public async Task Two_files_of_a_kind_that_changed_places_are_found()
    {
        List<KeyValuePair<FileHandle, byte[]>> files = await FilesAsync();
        KeyValuePair<FileHandle, byte[]>[] packs = [.. files.Where(file => file.Key.Type == FileType.Pack)];
        Assert.Equal(2, packs.Length);
        using MemoryBackend swapped = await VectorRepository.InMemoryAsync(files, packs[0].Key, packs[1].Value);
        await swapped.SaveAsync(packs[1].Key, packs[0].Value, CancellationToken.None);
        using OpenRepository repository = await VectorRepository.OpenAsync(swapped);
        CheckRun run = await CheckRun.OfAsync(repository);
        Assert.Equal(packs.Select(pack => pack.Key.Name).Order(), run.Report.BrokenPacks.Select(pack => pack.Value));
    }

    private static async Task<List<KeyValuePair<FileHandle, byte[]>>> FilesAsync()
    {
        using LocalBackend original = VectorRepository.Damaged("ok");
        List<KeyValuePair<FileHandle, byte[]>> files = await VectorRepository.FilesAsync(original);
        Assert.Equal(6, files.Count);
        return files;
    }

    private static async Task<bool> FindsErrorAsync(List<KeyValuePair<FileHandle, byte[]>> files, FileHandle file, byte[]? content)
    {
        using MemoryBackend backend = await VectorRepository.InMemoryAsync(files, file, content);
        try
        {
            using OpenRepository repository = await VectorRepository.OpenAsync(backend);
            return (await CheckRun.OfAsync(repository)).Report.Errors > 0;
        }
        catch (RepositoryException)
        {
            return file.Type is FileType.Config or FileType.Key;
        }
    }
}
