using System.Text;
using Sots.Restic.Backends;
using Sots.Restic.Crypto;
using Sots.Restic.Maintenance;
using Sots.Testing;

namespace Sots.Restic.Tests.Maintenance;

/// <summary>Passwords come and go, and at no moment is there a repository that none of its owners' passwords opens.</summary>
public sealed class RepositoryKeysTests
{
    private static readonly NewKeyOptions Cheap = new() { Scrypt = SmallRepository.Cheap, Username = "me", Hostname = "here" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_added_password_opens_the_repository_and_a_removed_one_does_not()
    {
        MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        RepositoryKeys keys = new(repository, static _ => ValueTask.CompletedTask);
        KeyId added = await keys.AddAsync("second"u8.ToArray(), Cheap, Token);
        Assert.True(await OpensAsync(backend, "second"));
        KeyListing listing = await keys.ListAsync(Token);
        Assert.Equal([true], listing.Keys.Where(key => key.Id == repository.KeyId).Select(key => key.IsCurrent));
        Assert.Equal(("me", "here"), (listing.Keys.Single(key => key.Id == added).File.Username, listing.Keys.Single(key => key.Id == added).File.Hostname));

        await keys.RemoveAsync(added, Token);
        Assert.False(await OpensAsync(backend, "second"));
        Assert.True(await OpensAsync(backend, SmallRepository.Password));
    }

    [Fact]
    public async Task The_key_in_use_and_so_the_last_one_cannot_be_removed()
    {
        MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        RepositoryKeys keys = new(repository, static _ => ValueTask.CompletedTask);
        RepositoryException error = await Assert.ThrowsAsync<RepositoryException>(() => keys.RemoveAsync(repository.KeyId, Token));
        Assert.Equal((RepositoryErrorKind.InvalidRequest, "refusing to remove key currently used to access repository"), (error.Kind, error.Message));
        Assert.Equal(RepositoryErrorKind.InvalidRequest, (await Assert.ThrowsAsync<RepositoryException>(() => keys.RemoveCurrentAsync(default, Token))).Kind);

        // Somebody else took the key in use away: the other one is all there is.
        KeyId added = await keys.AddAsync("second"u8.ToArray(), Cheap, Token);
        await backend.RemoveAsync(FileHandle.Of(repository.KeyId), Token);
        await Assert.ThrowsAsync<RepositoryException>(() => keys.RemoveAsync(added, Token));
        Assert.True(await OpensAsync(backend, "second"));
    }

    [Theory]
    [InlineData(FaultMoment.Before)]
    [InlineData(FaultMoment.After)]
    public async Task Whichever_call_fails_an_owner_still_gets_in(FaultMoment moment)
    {
        int points = 0;
        for (bool failed = true; failed; points++)
        {
            MemoryBackend memory = new();
            (await SmallRepository.CreateAsync(memory)).Dispose();
            FaultyBackend faulty = new(memory, moment);
            using OpenRepository repository = await SmallRepository.OpenAsync(faulty);
            RepositoryKeys keys = new(repository, static _ => ValueTask.CompletedTask);
            faulty.FailNth(points + 1);
            int calls = faulty.CallCount;
            failed = false;
            KeyId? added = null;
            try
            {
                added = await keys.AddAsync("next"u8.ToArray(), Cheap, Token);
                await keys.RemoveCurrentAsync(added.Value, Token);
            }
            catch (RepositoryException)
            {
                failed = true;
            }

            bool old = await OpensAsync(memory, SmallRepository.Password), next = await OpensAsync(memory, "next");
            Assert.True(old || next, $"call {points + 1}: nobody gets in");
            Assert.True(failed ? added is null ? old : next : next && !old, $"call {points + 1}: old {old}, next {next}, added {added}");
            Assert.True(failed || faulty.CallCount - calls <= points, "the fault came too late to be one");
        }

        Assert.InRange(points, 5, 20);
    }

    [Fact]
    public async Task A_key_file_that_the_storage_garbles_is_found_before_anybody_relies_on_it()
    {
        MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(new GarblingKeys(backend));
        RepositoryKeys keys = new(repository, static _ => ValueTask.CompletedTask);
        RepositoryException error = await Assert.ThrowsAsync<RepositoryException>(() => keys.AddAsync("next"u8.ToArray(), Cheap, Token));
        Assert.Equal(RepositoryErrorKind.Damaged, error.Kind);
        Assert.Equal(1, await backend.ListAsync(FileType.Key, Token).CountAsync(Token));
    }

    [Fact]
    public async Task Junk_among_the_keys_keeps_nobody_out_and_can_be_removed()
    {
        MemoryBackend backend = new();
        using OpenRepository repository = await SmallRepository.CreateAsync(backend);
        List<KeyId> junk = [];
        for (int i = 0; i < 200; i++)
        {
            byte[] content = i % 2 == 0
                ? Encoding.UTF8.GetBytes($"no key {i}")
                : KeyFile.Create(MasterKey.Generate(), "other"u8, new ScryptParameters(2, 1, 1), "", "", "", Token);
            junk.Add(new KeyId(ContentId.Of(content)));
            await backend.SaveAsync(FileHandle.Of(junk[^1]), content, Token);
        }

        Assert.True(await OpensAsync(backend, SmallRepository.Password));
        RepositoryKeys keys = new(repository, static _ => ValueTask.CompletedTask);
        Assert.Equal(100, (await keys.ListAsync(Token)).Damaged.Count);
        await keys.RemoveAsync(junk[0], Token);
        Assert.Equal(200, await backend.ListAsync(FileType.Key, Token).CountAsync(Token));
    }

    /// <summary>The costs are the forger's to choose: without an order by cost and an end each of these would take seconds before the owner's.</summary>
    [Fact]
    public async Task Dear_keys_come_last_and_not_all_of_them_are_tried()
    {
        MemoryBackend backend = new();
        (await SmallRepository.CreateAsync(backend)).Dispose();
        for (int i = 0; i < 40; i++)
        {
            string dear = $$"""{"created":"{{i}}","username":"","hostname":"","kdf":"scrypt","N":65536,"r":2,"p":1,"salt":"{{Convert.ToBase64String(new byte[64])}}","data":"{{Convert.ToBase64String(new byte[200])}}"}""";
            byte[] content = Encoding.UTF8.GetBytes(dear);
            await backend.SaveAsync(new FileHandle(FileType.Key, ContentId.Of(content)), content, Token);
        }

        const long enough = 64 << 20;
        (MasterKey own, _) = await KeySearch.FindAsync(backend, Encoding.UTF8.GetBytes(SmallRepository.Password), new OpenOptions(), Token, maxWorkBytes: 0);
        own.Dispose();
        RepositoryException error = await Assert.ThrowsAsync<RepositoryException>(
            () => KeySearch.FindAsync(backend, "wrong"u8.ToArray(), new OpenOptions(), Token, enough));
        Assert.Equal(RepositoryErrorKind.WrongPassword, error.Kind);
        Assert.Equal("5 of 41 keys were tried, the cheapest first; name the right one with --key-hint.", error.Advice);
    }

    private static async Task<bool> OpensAsync(IBackend backend, string password)
    {
        try
        {
            (await Repository.OpenAsync(backend, Encoding.UTF8.GetBytes(password), new OpenOptions(), Token)).Dispose();
            return true;
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.WrongPassword)
        {
            return false;
        }
    }

    /// <summary>Stores key files with a bit flipped, but for the first.</summary>
    private sealed class GarblingKeys(IBackend inner) : InterceptedBackend(inner)
    {
        private readonly IBackend _inner = inner;
        private int _keys;

        protected override object? Before(BackendCall call) => null;

        protected override void After(BackendCall call, object? before)
        {
            if (call is { Operation: BackendOperation.Save, File.Type: FileType.Key } && ++_keys > 1)
            {
                byte[] content = _inner.LoadAsync(call.File, long.MaxValue, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                content[content.Length / 2] ^= 1;
                _inner.SaveAsync(call.File, content, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }
        }
    }
}
