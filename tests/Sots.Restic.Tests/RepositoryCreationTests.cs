using System.Text;
using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Restic.Tests;

/// <summary>Making a repository: interrupted, twice, and where something lies already.</summary>
public sealed class RepositoryCreationTests
{
    [Fact]
    public async Task What_was_interrupted_at_any_call_is_completed_by_the_next_attempt_with_the_same_password()
    {
        for (int call = 1; ; call++)
        {
            using MemoryBackend memory = new();
            FaultyBackend backend = new(memory);
            backend.FailNth(call, sticky: true);
            bool wasWhole = await TryAsync(backend);
            using OpenRepository made = await (wasWhole ? SmallRepository.OpenAsync(memory) : SmallRepository.CreateAsync(memory));
            using OpenRepository opened = await SmallRepository.OpenAsync(memory);
            Assert.Equal(made.Config.Id, opened.Config.Id);
            Assert.Single(await memory.ListAsync(FileType.Key, CancellationToken.None).ToListAsync());
            if (wasWhole)
            {
                Assert.True(call > 5, "nothing was ever interrupted");
                return;
            }
        }

        static async Task<bool> TryAsync(FaultyBackend backend)
        {
            try
            {
                using OpenRepository made = await SmallRepository.CreateAsync(backend);
                return true;
            }
            catch (RepositoryException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task A_key_of_another_password_is_left_alone()
    {
        using MemoryBackend memory = new();
        FaultyBackend backend = new(memory) { Fails = static (_, call) => call is { Operation: BackendOperation.Save, File.Type: FileType.Config } };
        await Assert.ThrowsAsync<RepositoryException>(() => SmallRepository.CreateAsync(backend));
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => Repository.CreateAsync(
            memory, Encoding.UTF8.GetBytes("another"), new CreateOptions { Scrypt = SmallRepository.Cheap }, CancellationToken.None));
        Assert.Equal(RepositoryErrorKind.AlreadyExists, e.Kind);
        Assert.Contains("keys", e.Message, StringComparison.Ordinal);
        Assert.Single(await memory.ListAsync(FileType.Key, CancellationToken.None).ToListAsync());
    }

    [Theory]
    [InlineData(FileType.Snapshot)]
    [InlineData(FileType.Index)]
    [InlineData(FileType.Pack)]
    public async Task Where_anything_of_a_repository_lies_but_no_config_none_is_made(FileType type)
    {
        using MemoryBackend memory = new();
        await memory.SaveAsync(new FileHandle(type, ContentId.Of([1])), new byte[] { 1 }, CancellationToken.None);
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => SmallRepository.CreateAsync(memory));
        Assert.Equal(RepositoryErrorKind.AlreadyExists, e.Kind);
        Assert.Empty(await memory.ListAsync(FileType.Key, CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task Of_two_at_the_same_moment_the_one_that_sees_the_others_key_steps_back()
    {
        using MemoryBackend memory = new();
        OpenRepository? other = null;
        FaultyBackend backend = new(memory);
        bool isInside = false;
        backend.Fails = (_, call) =>
        {
            if (call is { Operation: BackendOperation.Save, File.Type: FileType.Key } && !isInside)
            {
                // The other one is a little faster.
                isInside = true;
                other = SmallRepository.CreateAsync(memory).GetAwaiter().GetResult();
            }

            return false;
        };
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => SmallRepository.CreateAsync(backend));
        Assert.Equal(RepositoryErrorKind.AlreadyExists, e.Kind);
        using OpenRepository opened = await SmallRepository.OpenAsync(memory);
        Assert.Equal(other!.Config.Id, opened.Config.Id);
        other.Dispose();
    }
}
