using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Restic.Tests.Backends;

/// <summary>What every backend and every decorator keeps to. One line an implementation, at the end.</summary>
public abstract class BackendConformance : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private IBackend? _backend;

    private static readonly FileType[] Named = [FileType.Key, FileType.Lock, FileType.Snapshot, FileType.Index, FileType.Pack];

    public static TheoryData<FileHandle> Handles { get; } =
        [.. Named.Select(type => new FileHandle(type, ContentId.Of([(byte)type]))).Append(FileHandle.Config)];

    protected abstract IBackend Create();

    protected T Own<T>(T thing)
        where T : IDisposable
    {
        _owned.Add(thing);
        return thing;
    }

    private IBackend Backend => _backend ??= Own(Create());

    public void Dispose()
    {
        foreach (IDisposable thing in Enumerable.Reverse(_owned))
        {
            thing.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Handles))]
    public async Task What_is_saved_is_loaded(FileHandle file)
    {
        foreach (int length in (int[])[0, 1, 4095, 70_000])
        {
            byte[] content = SplitMix.Bytes((ulong)length, length);
            await Backend.SaveAsync(file, content, default);
            Assert.Equal(content, await Backend.LoadAsync(file, length, default));
            Assert.Equal(length, await Backend.FindLengthAsync(file, default));
        }
    }

    [Fact]
    public async Task Any_range_inside_a_file_is_exact_and_any_beyond_is_damage()
    {
        byte[] content = SplitMix.Bytes(7, 300);
        FileHandle file = await SaveAsync(FileType.Pack, content);
        for (int offset = 0; offset <= 310; offset += 31)
        {
            foreach (int length in (int[])[0, 1, 30, 269, 300, 301])
            {
                byte[] destination = new byte[length];
                if (offset + length <= content.Length)
                {
                    await Backend.LoadRangeAsync(file, offset, destination, default);
                    Assert.Equal(content[offset..(offset + length)], destination);
                }
                else
                {
                    await FailsAsync(RepositoryErrorKind.Damaged, async () => await Backend.LoadRangeAsync(file, offset, destination, default));
                }
            }
        }

        await FailsAsync(RepositoryErrorKind.Damaged, async () => await Backend.LoadRangeAsync(file, long.MaxValue, new byte[1], default));
    }

    [Fact]
    public async Task A_file_longer_than_allowed_is_refused()
    {
        FileHandle file = await SaveAsync(FileType.Index, new byte[100]);
        await FailsAsync(RepositoryErrorKind.LimitExceeded, async () => await Backend.LoadAsync(file, 99, default));
        Assert.Equal(100, (await Backend.LoadAsync(file, 100, default)).Length);
    }

    [Theory]
    [MemberData(nameof(Handles))]
    public async Task What_is_not_there_is_missing(FileHandle file)
    {
        await FailsAsync(RepositoryErrorKind.Missing, async () => await Backend.LoadAsync(file, 100, default));
        await FailsAsync(RepositoryErrorKind.Missing, async () => await Backend.LoadRangeAsync(file, 0, new byte[1], default));
        await FailsAsync(RepositoryErrorKind.Missing, async () => await Backend.RemoveAsync(file, default));
        Assert.Null(await Backend.FindLengthAsync(file, default));
    }

    [Fact]
    public async Task What_is_removed_is_missing_and_may_come_back()
    {
        FileHandle file = await SaveAsync(FileType.Lock, [1]);
        await Backend.RemoveAsync(file, default);
        Assert.Null(await Backend.FindLengthAsync(file, default));
        Assert.Empty(await ListAsync(FileType.Lock));
        await FailsAsync(RepositoryErrorKind.Missing, async () => await Backend.RemoveAsync(file, default));
        await Backend.SaveAsync(file, new byte[] { 2 }, default);
        Assert.Equal([2], await Backend.LoadAsync(file, 1, default));
    }

    [Fact]
    public async Task A_list_has_every_file_of_its_kind_once_with_its_length()
    {
        foreach (FileType type in Named)
        {
            Assert.Empty(await ListAsync(type));
        }

        Dictionary<FileType, List<StoredFile>> expected = [];
        foreach (FileType type in Named)
        {
            expected[type] = [];
            for (int i = 0; i < 20; i++)
            {
                byte[] content = SplitMix.Bytes((ulong)i, (int)type + (i * 3));
                FileHandle file = await SaveAsync(type, content, (byte)i);
                expected[type].Add(new StoredFile(file.Name, content.Length));
            }
        }

        await Backend.SaveAsync(FileHandle.Config, new byte[] { 1 }, default);
        foreach (FileType type in Named)
        {
            Assert.Equal(expected[type].OrderBy(file => file.Name), (await ListAsync(type)).OrderBy(file => file.Name));
        }

        Assert.Empty(await ListAsync(FileType.Config));
    }

    [Fact]
    public async Task The_callers_buffers_stay_the_callers()
    {
        byte[] content = [1, 2, 3];
        FileHandle file = await SaveAsync(FileType.Key, content);
        content[0] = 99;
        byte[] loaded = await Backend.LoadAsync(file, 3, default);
        Assert.Equal([1, 2, 3], loaded);
        loaded[1] = 99;
        Assert.Equal([1, 2, 3], await Backend.LoadAsync(file, 3, default));
    }

    [Fact]
    public async Task The_layout_may_be_made_twice_and_loses_nothing()
    {
        await Backend.CreateLayoutAsync(default);
        FileHandle file = await SaveAsync(FileType.Pack, [5]);
        await Backend.CreateLayoutAsync(default);
        Assert.Equal([5], await Backend.LoadAsync(file, 1, default));
    }

    [Fact]
    public async Task Many_at_once_do_not_disturb_one_another()
    {
        FileHandle shared = await SaveAsync(FileType.Snapshot, [42]);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            byte[] content = SplitMix.Bytes((ulong)i, 1000 + i);
            FileHandle file = await SaveAsync(FileType.Pack, content, (byte)i);
            Assert.Equal(content, await Backend.LoadAsync(file, 2000, default));
            Assert.Equal([42], await Backend.LoadAsync(shared, 1, default));
            Assert.Contains(new StoredFile(file.Name, content.Length), await ListAsync(FileType.Pack));
            if (i % 2 == 0)
            {
                await Backend.RemoveAsync(file, default);
            }
        })));
        Assert.Equal(20, (await ListAsync(FileType.Pack)).Count);
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        CancellationToken cancelled = new(canceled: true);
        FileHandle file = await SaveAsync(FileType.Key, [1]);
        FileHandle other = new(FileType.Key, ContentId.Of("other"u8));
        await CancelsAsync(async () => await Backend.SaveAsync(other, new byte[1], cancelled));
        await CancelsAsync(async () => await Backend.LoadAsync(file, 1, cancelled));
        await CancelsAsync(async () => await Backend.LoadRangeAsync(file, 0, new byte[1], cancelled));
        await CancelsAsync(async () => await Backend.FindLengthAsync(file, cancelled));
        await CancelsAsync(async () => await Backend.RemoveAsync(file, cancelled));
        await CancelsAsync(async () => await Backend.CreateLayoutAsync(cancelled));
        await CancelsAsync(async () => await Backend.ListAsync(FileType.Key, cancelled).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal([new StoredFile(file.Name, 1)], await ListAsync(FileType.Key));
    }

    [Fact]
    public async Task What_is_written_in_pieces_is_there_under_its_name_when_it_is_published_and_not_before()
    {
        if (!Backend.TakesPacksInPieces)
        {
            return;
        }

        byte[] content = SplitMix.Bytes(3, 70_000);
        using IGrowingFile growing = Backend.BeginPack(default), other = Backend.BeginPack(default);
        growing.Append(content.AsSpan(0, 1));
        growing.Append([]);
        growing.Append(content.AsSpan(1, 65_000));
        other.Append([9]);
        byte[] back = new byte[100];
        growing.ReadBack(64_901, back);
        Assert.Equal(content[64_901..65_001], back);
        growing.Append(content.AsSpan(65_001));
        Assert.Equal(content.Length, growing.Length);
        Assert.Empty(await ListAsync(FileType.Pack));
        FileHandle file = FileHandle.Of(new PackId(ContentId.Of(content)));
        await growing.PublishAsync(file, default);
        Assert.Equal([new StoredFile(file.Name, content.Length)], await ListAsync(FileType.Pack));
        Assert.Equal(content, await Backend.LoadAsync(file, content.Length, default));
    }

    [Fact]
    public async Task What_is_written_in_pieces_and_not_published_is_nowhere()
    {
        if (!Backend.TakesPacksInPieces)
        {
            Assert.Throws<InvalidOperationException>(() => Backend.BeginPack(default));
            return;
        }

        using (IGrowingFile dropped = Backend.BeginPack(default))
        {
            dropped.Append([1]);
        }

        using IGrowingFile cancelled = Backend.BeginPack(default);
        cancelled.Append([1]);
        await CancelsAsync(async () => await cancelled.PublishAsync(FileHandle.Of(new PackId(ContentId.Of([1]))), new CancellationToken(canceled: true)));
        Assert.Empty(await ListAsync(FileType.Pack));
    }

    [Fact]
    public void It_says_where_it_is_and_how_many_calls_make_sense()
    {
        Assert.NotEmpty(Backend.Location);
        Assert.True(Backend.Connections >= 1);
    }

    private async Task<FileHandle> SaveAsync(FileType type, byte[] content, byte seed = 0)
    {
        FileHandle file = new(type, ContentId.Of([(byte)type, seed]));
        await Backend.SaveAsync(file, content, default);
        return file;
    }

    private async Task<List<StoredFile>> ListAsync(FileType type) => await Backend.ListAsync(type, default).ToListAsync();

    private static async Task FailsAsync(RepositoryErrorKind kind, Func<Task> call) =>
        Assert.Equal(kind, (await Assert.ThrowsAsync<RepositoryException>(call)).Kind);

    private static Task CancelsAsync(Func<Task> call) => Assert.ThrowsAnyAsync<OperationCanceledException>(call);
}

public sealed class LocalBackendConformance : BackendConformance
{
    protected override IBackend Create() => new LocalBackend(Own(new TempFolder()).Path);
}

public sealed class RetryBackendOverAFolderConformance : BackendConformance
{
    protected override IBackend Create() =>
        new RetryBackend(new LocalBackend(Own(new TempFolder()).Path), new ManualTime(), new Random(1), line => throw new InvalidOperationException(line));
}

public sealed class RecordingBackendOverAFolderConformance : BackendConformance
{
    protected override IBackend Create() => new RecordingBackend(new LocalBackend(Own(new TempFolder()).Path));
}

public sealed class MemoryBackendConformance : BackendConformance
{
    protected override IBackend Create() => new MemoryBackend();
}

public sealed class RetryBackendConformance : BackendConformance
{
    protected override IBackend Create() =>
        new RetryBackend(new MemoryBackend(), new ManualTime(), new Random(1), line => throw new InvalidOperationException(line));
}

public sealed class DryRunBackendConformance : BackendConformance
{
    protected override IBackend Create() => new DryRunBackend(new MemoryBackend());
}

public sealed class RecordingBackendConformance : BackendConformance
{
    protected override IBackend Create() => new RecordingBackend(new MemoryBackend());
}

public sealed class FaultyBackendConformance : BackendConformance
{
    protected override IBackend Create() => new FaultyBackend(new MemoryBackend());
}
