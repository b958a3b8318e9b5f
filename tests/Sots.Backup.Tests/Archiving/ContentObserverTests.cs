using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Backup.Tests.Archiving;

/// <summary>
/// Who looks on sees every file that is read, from its first byte to its last, once. That it is so for files that change meanwhile,
/// <see cref="MovingSourceTests"/> checks at every point.
/// </summary>
public sealed class ContentObserverTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_file_that_is_read_is_seen_in_order_by_any_number_of_readers_and_no_other()
    {
        int[] lengths = [0, 1, 4096, 300_000, 600_000, 9_000_000];
        for (int i = 0; i < 40; i++)
        {
            Directory.CreateDirectory(_folder["P", $"{i % 5}"]);
            File.WriteAllBytes(_folder["P", $"{i % 5}", $"{i}.bin"], SplitMix.Bytes((ulong)i, i < 20 ? 1000 + i : lengths[i % lengths.Length]));
        }

        File.WriteAllText(_folder["P", "not.ini"], "of no interest");
        using OpenRepository repository = await SmallRepository.CreateAsync(new MemoryBackend());
        RecordingObserver observer = new();
        await SmallRepository.BackupAsync(repository, _folder["P"], options => options with { Observer = observer, ReadConcurrency = 4 });
        Assert.Equal(41, observer.Begun.Count);
        Assert.Equal(40, observer.Finished.Count);
        Assert.All(observer.Finished, file => Assert.Equal(File.ReadAllBytes(file.Key), file.Value));

        // The second time nothing is read; after an edit, the one file.
        observer = new RecordingObserver();
        await SmallRepository.BackupAsync(repository, _folder["P"], options => options with { Observer = observer });
        Assert.Empty(observer.Begun);
        File.WriteAllText(_folder["P", "3", "3.bin"], "edited");
        BackupResult result = await SmallRepository.BackupAsync(repository, _folder["P"], options => options with { Observer = observer });
        Assert.Single(observer.Begun);
        Assert.Equal("edited"u8.ToArray(), Assert.Single(observer.Finished).Value);
        Assert.True(result.IsComplete);
    }
}
