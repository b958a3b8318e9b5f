using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Restic.Tests;

/// <summary>Making a repository, where an earlier attempt did not come to its end.</summary>
public sealed class InterruptedInitTests
{
    [Fact]
    public async Task What_was_cut_off_between_key_and_config_is_completed_with_the_key_that_is_there()
    {
        using MemoryBackend backend = new();
        (await SmallRepository.CreateAsync(backend)).Dispose();
        await backend.RemoveAsync(FileHandle.Config, default);
        KeyId key = new((await backend.ListAsync(FileType.Key, default).SingleAsync()).Name);
        using OpenRepository made = await SmallRepository.CreateAsync(backend);
        Assert.Equal(key, made.KeyId);
        using OpenRepository opened = await SmallRepository.OpenAsync(backend);
        Assert.Equal(made.Config.Id, opened.Config.Id);
        Assert.Single(await backend.ListAsync(FileType.Key, default).ToListAsync());
    }

    [Fact]
    public async Task A_key_of_another_password_is_not_passed_over()
    {
        using MemoryBackend backend = new();
        (await SmallRepository.CreateAsync(backend)).Dispose();
        await backend.RemoveAsync(FileHandle.Config, default);
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(
            () => Repository.CreateAsync(backend, "another"u8.ToArray(), new CreateOptions { Scrypt = SmallRepository.Cheap }, default));
        Assert.Equal(RepositoryErrorKind.AlreadyExists, e.Kind);
        Assert.Contains("another password", e.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FileType.Snapshot)]
    [InlineData(FileType.Index)]
    [InlineData(FileType.Pack)]
    public async Task A_repository_that_lost_its_config_is_never_made_anew(FileType type)
    {
        using MemoryBackend backend = new();
        (await SmallRepository.CreateAsync(backend)).Dispose();
        await backend.RemoveAsync(FileHandle.Config, default);
        await backend.SaveAsync(new FileHandle(type, ContentId.Of("x"u8)), "x"u8.ToArray(), default);
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => SmallRepository.CreateAsync(backend));
        Assert.Equal(RepositoryErrorKind.AlreadyExists, e.Kind);
        Assert.Null(await backend.FindLengthAsync(FileHandle.Config, default));
    }
}
