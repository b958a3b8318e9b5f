using System.Diagnostics;
using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Restic.Tests.Backends;

public sealed class LocalBackendTests : IDisposable
{
    private static readonly FileHandle Pack = FileHandle.Of(new PackId(ContentId.Of("pack"u8)));
    private static readonly FileHandle Key = FileHandle.Of(new KeyId(ContentId.Of("key"u8)));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private LocalBackend Open() => new(_folder.Path);

    private string PathOf(FileHandle file) => _folder[RepositoryLayout.PathOf(file)];

    [Fact]
    public async Task The_layout_is_five_folders_and_256_for_packs()
    {
        using LocalBackend backend = new(_folder["deep", "er", "repo"]);
        await backend.CreateLayoutAsync(default);
        Assert.Equal(
            ["data", "index", "keys", "locks", "snapshots"],
            Directory.GetFileSystemEntries(backend.Location).Select(Path.GetFileName).Order());
        Assert.Equal(
            Enumerable.Range(0, 256).Select(i => i.ToString("x2", null)),
            Directory.GetDirectories(Path.Combine(backend.Location, "data")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Only_a_folder_that_is_there_and_on_a_disk_of_this_computer_shows_at_once_what_was_written()
    {
        using LocalBackend nowhere = new(_folder["unplugged", "repo"]);
        Assert.False(nowhere.ShowsAtOnce);
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "needs a file system in memory");
        using LocalBackend inMemory = new("/dev/shm");
        Assert.True(inMemory.ShowsAtOnce);
        using LocalBackend through = new(_folder["link"]);
        Directory.CreateSymbolicLink(_folder["link"], "/dev/shm");
        Assert.True(through.ShowsAtOnce);
        using RetryBackend again = new(through, TimeProvider.System, new Random(1), static _ => { });
        using DryRunBackend dry = new(again);
        Assert.True(dry.ShowsAtOnce);
    }

    [Fact]
    public async Task Missing_folders_are_made_but_never_the_repositorys_own()
    {
        using LocalBackend backend = Open();
        await backend.SaveAsync(Pack, new byte[3], default);
        Assert.True(File.Exists(PathOf(Pack)));

        using LocalBackend unplugged = new(_folder["drive", "repo"]);
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(async () => await unplugged.SaveAsync(Pack, new byte[3], default));
        Assert.Equal(RepositoryErrorKind.Missing, e.Kind);
        Assert.False(Directory.Exists(_folder["drive"]));
    }

    [Fact]
    public async Task Nothing_but_the_file_is_left_after_saving()
    {
        using LocalBackend backend = Open();
        await backend.SaveAsync(Key, new byte[10], default);
        await backend.SaveAsync(Key, new byte[20], default);
        Assert.Equal([PathOf(Key)], Directory.GetFiles(_folder["keys"]));
    }

    [Fact]
    public async Task Files_are_read_only_for_their_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are a matter of Unix");
        using LocalBackend backend = Open();
        await backend.SaveAsync(Pack, new byte[3], default);
        Assert.Equal("0400", ModeOf(PathOf(Pack)));
        Assert.Equal("0700", ModeOf(_folder["data"]));
    }

    [Fact]
    public async Task Files_are_readable_for_the_group_where_the_config_is()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are a matter of Unix");
        File.WriteAllText(_folder["config"], "x");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder["config"], UnixFileMode.UserRead | UnixFileMode.GroupRead);
        }

        using LocalBackend backend = Open();
        await backend.SaveAsync(Pack, new byte[3], default);
        Assert.Equal("0440", ModeOf(PathOf(Pack)));
        Assert.Contains(ModeOf(_folder["data"]), (string[])["0770", "0750"]); // less the umask, as everywhere
    }

    [Theory]
    [InlineData("short")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeF")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-tmp-12")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg")]
    [InlineData(".DS_Store")]
    public async Task Names_that_are_no_ids_are_passed_over(string name)
    {
        Directory.CreateDirectory(_folder["index"]);
        Directory.CreateDirectory(_folder["data", "01"]);
        File.WriteAllText(_folder["index", name], "x");
        File.WriteAllText(_folder["data", "01", name], "x");
        using LocalBackend backend = Open();
        Assert.Empty(await ListAsync(backend, FileType.Index));
        Assert.Empty(await ListAsync(backend, FileType.Pack));
    }

    [Fact]
    public async Task Packs_outside_their_folder_are_passed_over()
    {
        string name = new('a', 64);
        foreach (string folder in (string[])["", "ab", "AA", "aa/aa", "tmp"])
        {
            Directory.CreateDirectory(_folder["data", folder]);
            File.WriteAllText(_folder["data", folder, name], "x");
        }

        using LocalBackend backend = Open();
        Assert.Empty(await ListAsync(backend, FileType.Pack));
        File.WriteAllText(_folder["data", "aa", name], "found");
        Assert.Equal([new StoredFile(ContentId.Parse(name), 5)], await ListAsync(backend, FileType.Pack));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_listed_is_an_error_and_no_empty_list()
    {
        File.WriteAllText(_folder["index"], "a file where a folder should be");
        using LocalBackend backend = Open();
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(() => ListAsync(backend, FileType.Index));
        Assert.Contains("index", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_in_a_files_place_is_an_error_and_no_wait()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "named pipes in folders are a matter of Unix");
        Directory.CreateDirectory(_folder["keys"]);
        using (Process process = Process.Start("mkfifo", [PathOf(Key)]))
        {
            process.WaitForExit();
        }

        using LocalBackend backend = Open();
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(async () => await backend.LoadAsync(Key, 100, default));
        Assert.Contains("not a regular file", e.Message, StringComparison.Ordinal);
        Assert.Equal(RepositoryErrorKind.Damaged, e.Kind);
        Assert.Equal([new StoredFile(Key.Name, 0)], await ListAsync(backend, FileType.Key));
    }

    [Fact]
    public async Task A_folder_in_a_files_place_is_an_error()
    {
        Directory.CreateDirectory(PathOf(Key));
        using LocalBackend backend = Open();
        await Assert.ThrowsAsync<RepositoryException>(async () => await backend.LoadAsync(Key, 100, default));
        await Assert.ThrowsAsync<RepositoryException>(async () => await backend.SaveAsync(Key, new byte[1], default));
        Assert.Equal([new StoredFile(Key.Name, 0)], await ListAsync(backend, FileType.Key));
        Assert.Equal([PathOf(Key)], Directory.GetFileSystemEntries(_folder["keys"]));
    }

    [Fact]
    public async Task A_link_to_a_file_is_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        Directory.CreateDirectory(_folder["keys"]);
        File.WriteAllText(_folder["elsewhere"], "linked");
        File.CreateSymbolicLink(PathOf(Key), _folder["elsewhere"]);
        using LocalBackend backend = Open();
        Assert.Equal("linked"u8.ToArray(), await backend.LoadAsync(Key, 100, default));
        Assert.Equal([new StoredFile(Key.Name, 6)], await ListAsync(backend, FileType.Key));
    }

    [Fact]
    public async Task Too_short_and_too_long_are_told_with_sizes()
    {
        using LocalBackend backend = Open();
        await backend.SaveAsync(Pack, new byte[10], default);
        RepositoryException tooShort = await Assert.ThrowsAsync<RepositoryException>(
            async () => await backend.LoadRangeAsync(Pack, 8, new byte[5], default));
        Assert.Equal($"{Pack} is too short: 5 bytes from offset 8 are needed, the file has 10 bytes", tooShort.Message);
        RepositoryException tooLong = await Assert.ThrowsAsync<RepositoryException>(async () => await backend.LoadAsync(Pack, 9, default));
        Assert.Contains("10 bytes", tooLong.Message, StringComparison.Ordinal);
        Assert.Contains("at most 9", tooLong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_huge_file_is_refused_before_anything_is_allocated()
    {
        Directory.CreateDirectory(_folder["keys"]);
        using (FileStream file = File.Create(PathOf(Key)))
        {
            file.SetLength(1L << 40);
        }

        using LocalBackend backend = Open();
        foreach (long limit in (long[])[1 << 16, long.MaxValue])
        {
            RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(async () => await backend.LoadAsync(Key, limit, default));
            Assert.Equal(RepositoryErrorKind.LimitExceeded, e.Kind);
        }

        byte[] end = [1];
        await backend.LoadRangeAsync(Key, (1L << 40) - 1, end, default);
        Assert.Equal([0], end);
    }

    [Fact]
    public async Task Paths_of_any_length_and_spelling_work()
    {
        string deep = _folder[[.. Enumerable.Range(0, 12).Select(i => $"ein Ordner mit Ümläut 🎮 {new string('x', 20)} {i}")]];
        using LocalBackend backend = new(deep);
        await backend.CreateLayoutAsync(default);
        await backend.SaveAsync(Pack, new byte[7], default);
        Assert.Equal(7, await backend.FindLengthAsync(Pack, default));
        Assert.Single(await ListAsync(backend, FileType.Pack));
    }

    private static Task<List<StoredFile>> ListAsync(IBackend backend, FileType type) =>
        backend.ListAsync(type, default).ToListAsync().AsTask();

    private static string ModeOf(string path) =>
        OperatingSystem.IsWindows() ? "" : "0" + Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
