using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Restic.Tests.Backends;

public sealed class RetryBackendTests : IDisposable
{
    private static readonly FileHandle File1 = FileHandle.Of(new PackId(ContentId.Of("1"u8)));

    private readonly ManualTime _time = new();
    private readonly MemoryBackend _storage = new();
    private readonly List<string> _lines = [];
    private readonly FaultyBackend _faulty;
    private readonly RetryBackend _backend;

    public RetryBackendTests()
    {
        _faulty = new FaultyBackend(_storage);
        _backend = new RetryBackend(_faulty, _time, new Random(5), _lines.Add);
    }

    public void Dispose()
    {
        _backend.Dispose();
        _faulty.Dispose();
        _storage.Dispose();
    }

    private static readonly Func<IBackend, Task>[] Calls =
    [
        async backend => await backend.CreateLayoutAsync(default),
        async backend => await backend.SaveAsync(File1, new byte[1], default),
        async backend => await backend.LoadAsync(File1, 10, default),
        async backend => await backend.LoadRangeAsync(File1, 0, new byte[1], default),
        async backend => await backend.FindLengthAsync(File1, default),
        async backend => await backend.ListAsync(FileType.Pack, default).ToListAsync(),
        async backend => await backend.RemoveAsync(File1, default),
    ];

    public static TheoryData<int> CallNumbers { get; } = [.. Enumerable.Range(0, Calls.Length)];

    [Theory]
    [MemberData(nameof(CallNumbers))]
    public async Task Three_failures_are_made_good_and_reported(int call)
    {
        await _storage.SaveAsync(File1, new byte[1], default);
        _faulty.Fails = (number, _) => number <= 3;
        await _time.RunAsync(Calls[call](_backend));
        Assert.Equal(4, _faulty.CallCount);
        Assert.Equal(3, _lines.Count);
        Assert.All(_lines, line => Assert.Contains("injected fault", line, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(CallNumbers))]
    public async Task The_fourth_failure_is_final(int call)
    {
        await _storage.SaveAsync(File1, new byte[1], default);
        _faulty.FailNth(1, sticky: true);
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => _time.RunAsync(Calls[call](_backend)));
        Assert.Equal(RepositoryErrorKind.Storage, e.Kind);
        Assert.Equal(4, _faulty.CallCount);
    }

    [Theory]
    [InlineData(RepositoryErrorKind.Missing)]
    [InlineData(RepositoryErrorKind.StorageFull)]
    [InlineData(RepositoryErrorKind.PermissionDenied)]
    [InlineData(RepositoryErrorKind.Damaged)]
    [InlineData(RepositoryErrorKind.LimitExceeded)]
    public async Task What_time_does_not_heal_is_never_tried_again(RepositoryErrorKind kind)
    {
        _faulty.Fault = _ => new RepositoryException(kind, "x");
        foreach (Func<IBackend, Task> call in Calls)
        {
            _faulty.FailNth(1);
            Assert.Equal(kind, (await Assert.ThrowsAsync<RepositoryException>(() => call(_backend))).Kind);
        }

        Assert.Equal(Calls.Length, _faulty.CallCount);
        Assert.Empty(_lines);
    }

    [Fact]
    public async Task Waits_double_and_are_scattered_by_half()
    {
        HashSet<TimeSpan> totals = [];
        for (int seed = 0; seed < 50; seed++)
        {
            ManualTime time = new();
            using FaultyBackend faulty = new(new MemoryBackend());
            faulty.FailNth(1, sticky: true);
            List<TimeSpan> at = [];
            faulty.Fault = _ =>
            {
                at.Add(time.Elapsed);
                return new RepositoryException(RepositoryErrorKind.Storage, "x");
            };
            using RetryBackend backend = new(faulty, time, new Random(seed), _ => { });
            await Assert.ThrowsAsync<RepositoryException>(() => time.RunAsync(backend.LoadAsync(File1, 1, default).AsTask()));
            for (int i = 0; i < 3; i++)
            {
                Assert.InRange((at[i + 1] - at[i]).TotalSeconds, 0.5 * (1 << i), 1.5 * (1 << i));
            }

            totals.Add(at[3]);
        }

        Assert.True(totals.Count > 40);
    }

    [Fact]
    public async Task After_fifteen_minutes_nothing_is_tried_again()
    {
        _faulty.Fails = (_, _) => true;
        _faulty.Fault = _ =>
        {
            _time.Advance(TimeSpan.FromMinutes(15));
            return new RepositoryException(RepositoryErrorKind.Storage, "x");
        };
        await Assert.ThrowsAsync<RepositoryException>(async () => await _backend.LoadAsync(File1, 1, default));
        Assert.Equal(1, _faulty.CallCount);
    }

    [Fact]
    public async Task A_storage_that_is_gone_is_waited_for_a_minute_and_patience_comes_back_with_it()
    {
        await _storage.SaveAsync(File1, new byte[1], default);
        _faulty.Fails = (_, _) => true;
        DateTimeOffset start = _time.GetUtcNow();
        for (int i = 0; i < 100; i++)
        {
            await Assert.ThrowsAsync<RepositoryException>(() => _time.RunAsync(_backend.LoadAsync(File1, 10, default).AsTask()));
        }

        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(67));
        Assert.InRange(_faulty.CallCount, 100, 160);

        _faulty.Fails = (_, _) => false;
        await _backend.LoadAsync(File1, 10, default);
        int before = _faulty.CallCount;
        _faulty.FailNth(1);
        await _time.RunAsync(_backend.LoadAsync(File1, 10, default).AsTask());
        Assert.Equal(before + 2, _faulty.CallCount);
    }

    [Fact]
    public async Task A_removal_that_was_made_but_reported_as_failed_is_a_success()
    {
        await _storage.SaveAsync(File1, new byte[1], default);
        using FaultyBackend late = new(_storage, FaultMoment.After);
        late.FailNth(1);
        using RetryBackend backend = new(late, _time, new Random(5), _lines.Add);
        await _time.RunAsync(backend.RemoveAsync(File1, default).AsTask());
        Assert.Null(await _storage.FindLengthAsync(File1, default));
    }

    [Fact]
    public async Task A_removal_after_which_the_file_is_still_there_is_none_whatever_the_storage_says()
    {
        await _storage.SaveAsync(File1, new byte[1], default);
        _faulty.Fault = call => new RepositoryException(_faulty.CallCount == 1 ? RepositoryErrorKind.Storage : RepositoryErrorKind.Missing, "it falters");
        _faulty.Fails = static (_, call) => call.Operation == BackendOperation.Remove;
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => _time.RunAsync(_backend.RemoveAsync(File1, default).AsTask()));
        Assert.Equal(RepositoryErrorKind.Storage, e.Kind);
        Assert.Contains("is there, but the storage said that it is not", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_broke_off_late_still_has_every_file_once()
    {
        for (byte i = 0; i < 10; i++)
        {
            await _storage.SaveAsync(new FileHandle(FileType.Pack, ContentId.Of([i])), new byte[i], default);
        }

        using FaultyBackend late = new(_storage, FaultMoment.After);
        late.Fails = (number, _) => number <= 2;
        using RetryBackend backend = new(late, _time, new Random(5), _lines.Add);
        List<StoredFile> files = await _time.RunAsync(backend.ListAsync(FileType.Pack, default).ToListAsync().AsTask());
        Assert.Equal(10, files.Count);
        Assert.Equal(10, files.Distinct().Count());
        Assert.Equal(2, _lines.Count);
    }

    [Fact]
    public async Task A_cancel_ends_the_waiting()
    {
        _faulty.FailNth(1, sticky: true);
        using CancellationTokenSource cancel = new();
        Task<byte[]> load = _backend.LoadAsync(File1, 1, cancel.Token).AsTask();
        Assert.False(load.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => load);
        Assert.Equal(1, _faulty.CallCount);
    }
}
