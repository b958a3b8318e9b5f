using Microsoft.Win32.SafeHandles;
using Sots.Restic.Backends;
using Sots.Testing;

namespace Sots.Restic.Tests.Backends;

/// <summary>Every step of saving fails once, whatever the system: nothing half-made is ever left.</summary>
public sealed class LocalBackendStepsTests : IDisposable
{
    private static readonly FileHandle File1 = FileHandle.Of(new IndexId(ContentId.Of("1"u8))), Pack1 = FileHandle.Of(new PackId(ContentId.Of("1"u8)));

    private readonly TempFolder _folder = new();
    private readonly FailingFiles _files = new(DurableFiles.OfThisSystem);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Saving_takes_these_steps_in_this_order()
    {
        using LocalBackend backend = new(_folder.Path, _files);
        await backend.SaveAsync(File1, new byte[5], default);
        Assert.Equal(
            [
                "flush folder .", "flush folder keys", "flush folder snapshots", "flush folder index", "flush folder data",
                "create index/*-tmp-*", "make index", "flush folder .", "create index/*-tmp-*", "write 5 at 0", "flush", "close",
                "rename index/*-tmp-*", "flush folder index", "protect index/*",
            ],
            _files.Steps(_folder.Path));
    }

    [Fact]
    public async Task Where_files_cannot_be_flushed_folders_are_not_tried()
    {
        using LocalBackend backend = new(_folder.Path, _files);
        await backend.SaveAsync(File1, new byte[5], default);
        _files.Forget();
        _files.CanFlush = false;
        await backend.SaveAsync(File1, new byte[5], default);
        Assert.Equal(
            ["create index/*-tmp-*", "write 5 at 0", "flush", "close", "rename index/*-tmp-*", "protect index/*"], _files.Steps(_folder.Path));
    }

    [Theory]
    [InlineData("create")]
    [InlineData("flush")]
    [InlineData("close")]
    [InlineData("rename")]
    [InlineData("flush folder")]
    public async Task After_any_failing_step_nothing_of_the_name_is_there(string step)
    {
        using LocalBackend backend = new(_folder.Path, _files);
        await backend.CreateLayoutAsync(default);
        await backend.SaveAsync(FileHandle.Config, new byte[1], default);
        _files.Forget();
        _files.FailAt = step;
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(async () => await backend.SaveAsync(File1, new byte[5], default));
        Assert.Equal(RepositoryErrorKind.Storage, e.Kind);
        Assert.Contains(File1.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder["index"]));
        Assert.Equal(step == "create" ? 0 : 1, _files.Steps(_folder.Path).Count(done => done == "flush"));
    }

    [Fact]
    public async Task A_pack_in_pieces_takes_these_steps_in_this_order()
    {
        using LocalBackend backend = new(_folder.Path, _files);
        await backend.CreateLayoutAsync(default);
        _files.Forget();
        using IGrowingFile pack = backend.BeginPack(default);
        pack.Append([1, 2, 3]);
        pack.Append([4]);
        await pack.PublishAsync(Pack1, default);
        Assert.Equal(
            [
                "flush folder .", "flush folder keys", "flush folder snapshots", "flush folder index", "flush folder data",
                "create data/*/pack-tmp-*", "write 3 at 0", "write 1 at 3", "flush", "close",
                "rename data/*/pack-tmp-*", "flush folder data/*", "protect data/*/*",
            ],
            _files.Steps(_folder.Path));
    }

    [Fact]
    public async Task The_folders_of_a_pack_in_pieces_are_made_where_they_are_missing()
    {
        using LocalBackend backend = new(_folder.Path, _files);
        using IGrowingFile pack = backend.BeginPack(default);
        pack.Append([1]);
        await pack.PublishAsync(Pack1, default);
        Assert.Equal([1], await backend.LoadAsync(Pack1, 1, default));
    }

    [Theory]
    [InlineData("create")]
    [InlineData("write")]
    [InlineData("flush")]
    [InlineData("close")]
    [InlineData("rename")]
    [InlineData("flush folder")]
    public async Task After_any_failing_step_of_a_pack_in_pieces_nothing_of_it_is_there(string step)
    {
        using LocalBackend backend = new(_folder.Path, _files);
        await backend.CreateLayoutAsync(default);
        await backend.SaveAsync(FileHandle.Config, new byte[1], default);
        _files.Forget();
        _files.FailAt = step;
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(async () =>
        {
            using IGrowingFile pack = backend.BeginPack(default);
            pack.Append([1]);
            await pack.PublishAsync(Pack1, default);
        });
        Assert.Equal(RepositoryErrorKind.Storage, e.Kind);
        Assert.Empty(Directory.GetFiles(_folder["data"], "*", SearchOption.AllDirectories));
        Assert.True(_files.Steps(_folder.Path).Count(done => done == "flush") <= 1);
    }

    [Fact]
    public void Bytes_that_could_not_be_written_may_be_tried_again()
    {
        using LocalBackend backend = new(_folder.Path, _files);
        using IGrowingFile pack = backend.BeginPack(default);
        pack.Append([1]);
        _files.FailAt = "write";
        Assert.Throws<RepositoryException>(() => pack.Append([2]));
        _files.FailAt = null;
        pack.Append([2]);
        byte[] back = new byte[2];
        pack.ReadBack(0, back);
        Assert.Equal([1, 2], back);
        Assert.Throws<RepositoryException>(() => pack.ReadBack(1, back));
    }

    [Fact]
    public async Task The_name_of_a_removed_file_is_flushed_even_if_it_is_gone_already()
    {
        using LocalBackend backend = new(_folder.Path, _files);
        await backend.SaveAsync(File1, new byte[5], default);
        _files.Forget();
        _files.FailAt = "flush folder";
        Assert.Equal(RepositoryErrorKind.Storage, (await Assert.ThrowsAsync<RepositoryException>(async () => await backend.RemoveAsync(File1, default))).Kind);
        _files.Forget();
        _files.FailAt = null;
        Assert.Equal(RepositoryErrorKind.Missing, (await Assert.ThrowsAsync<RepositoryException>(async () => await backend.RemoveAsync(File1, default))).Kind);
        Assert.Contains("flush folder index", _files.Steps(_folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task Where_the_drive_of_a_repository_is_gone_nothing_is_stored_in_the_folder_that_is_in_its_place(string end)
    {
        using (LocalBackend maker = new(_folder["repository"], _files))
        {
            await maker.CreateLayoutAsync(default);
            await maker.SaveAsync(FileHandle.Config, new byte[1], default);
        }

        using LocalBackend backend = new(_folder["repository"] + end, _files);
        await backend.SaveAsync(File1, new byte[5], default);
        Directory.Move(_folder["repository"], _folder["elsewhere"]);
        Directory.CreateDirectory(_folder["repository"]);
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(async () => await backend.SaveAsync(Pack1, new byte[5], default));
        Assert.Contains("is not there any more", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["repository"]));
        Directory.Delete(_folder["repository"]);
        await Assert.ThrowsAsync<RepositoryException>(async () => await backend.SaveAsync(Pack1, new byte[5], default));
        Assert.False(Directory.Exists(_folder["repository"]));
    }

    [Fact]
    public async Task A_folder_that_another_makes_at_the_same_moment_is_no_failure()
    {
        using LocalBackend backend = new(_folder.Path, _files);
        await backend.CreateLayoutAsync(default);
        _files.FolderComesLate = true;
        await backend.SaveAsync(Pack1, new byte[3], default);
        Assert.Equal(3, await backend.FindLengthAsync(Pack1, default));
    }

    [Fact]
    public async Task On_a_share_packs_are_taken_whole()
    {
        _files.IsLocal = false;
        using LocalBackend backend = new(_folder.Path, _files);
        Assert.False(backend.TakesPacksInPieces);
        Assert.Throws<InvalidOperationException>(() => backend.BeginPack(default));
        await backend.SaveAsync(Pack1, new byte[3], default);
    }

    [Fact]
    public async Task What_a_killed_process_left_in_the_folders_is_flushed_before_anything_is_stored_even_at_the_second_attempt()
    {
        using LocalBackend backend = new(_folder.Path, _files);
        _files.FailAt = "flush folder";
        await Assert.ThrowsAsync<RepositoryException>(async () => await backend.SaveAsync(File1, new byte[5], default));
        Assert.Equal(["flush folder ."], _files.Steps(_folder.Path));
        _files.Forget();
        _files.FailAt = null;
        await backend.SaveAsync(File1, new byte[5], default);
        Assert.Equal(
            ["flush folder .", "flush folder keys", "flush folder snapshots", "flush folder index", "flush folder data"], _files.Steps(_folder.Path)[..5]);
    }

    [Fact]
    public async Task A_folder_whose_entry_could_not_be_flushed_is_not_relied_on_by_the_next_attempt()
    {
        using LocalBackend backend = new(_folder.Path, _files);
        await backend.SaveAsync(FileHandle.Config, new byte[1], default);
        _files.Forget();
        _files.FailAt = "flush folder";
        await Assert.ThrowsAsync<RepositoryException>(async () => await backend.SaveAsync(File1, new byte[5], default));
        Assert.True(Directory.Exists(_folder["index"]));
        _files.Forget();
        _files.FailAt = null;
        await backend.SaveAsync(File1, new byte[5], default);
        Assert.Equal("flush folder .", _files.Steps(_folder.Path)[0]);
    }

    [Theory]
    [InlineData("flush")]
    [InlineData("rename")]
    [InlineData("flush folder")]
    public async Task A_file_that_was_there_before_is_there_after_a_failure(string step)
    {
        using LocalBackend backend = new(_folder.Path, _files);
        await backend.SaveAsync(FileHandle.Config, new byte[] { 1 }, default);
        _files.FailAt = step;
        await Assert.ThrowsAsync<RepositoryException>(async () => await backend.SaveAsync(FileHandle.Config, new byte[] { 2 }, default));
        byte[] now = await backend.LoadAsync(FileHandle.Config, 1, default);
        Assert.Equal(step == "flush folder" ? [2] : [1], now);
        Assert.Equal([_folder["config"]], Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData(28, RepositoryErrorKind.StorageFull)]
    [InlineData(122, RepositoryErrorKind.StorageFull)]
    [InlineData(13, RepositoryErrorKind.PermissionDenied)]
    [InlineData(1, RepositoryErrorKind.PermissionDenied)]
    [InlineData(30, RepositoryErrorKind.PermissionDenied)]
    [InlineData(2, RepositoryErrorKind.Missing)]
    [InlineData(5, RepositoryErrorKind.Storage)]
    [InlineData(24, RepositoryErrorKind.Storage)]
    public async Task Error_numbers_say_whether_trying_again_helps(int error, RepositoryErrorKind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the numbers are those of Linux");
        _files.Error = error;
        _files.FailAt = "flush";
        using LocalBackend backend = new(_folder.Path, _files);
        RepositoryException e = await Assert.ThrowsAsync<RepositoryException>(async () => await backend.SaveAsync(File1, new byte[5], default));
        Assert.Equal(kind, e.Kind);
    }

    private sealed class FailingFiles(IDurableFiles inner) : IDurableFiles
    {
        private readonly List<string> _steps = [];

        public string? FailAt { get; set; }

        /// <summary>A number that means a failing device on every system.</summary>
        public int Error { get; set; } = 29;

        public bool CanFlush { get; set; } = true;

        public bool IsLocal { get; set; } = true;

        /// <summary>The next file finds no folder, and a moment later there is one.</summary>
        public bool FolderComesLate { get; set; }

        public bool IsOnLocalDisk(string folder) => IsLocal;

        public void Forget() => _steps.Clear();

        /// <summary>Steps with the paths made relative and the changing parts of names replaced.</summary>
        public List<string> Steps(string root) => _steps.ConvertAll(step =>
        {
            string text = step.Replace(inner.FullForm(root), ".", StringComparison.Ordinal).Replace('\\', '/').Replace(" ./", " ", StringComparison.Ordinal);
            text = System.Text.RegularExpressions.Regex.Replace(text, "[0-9a-f]{64}", "*");
            text = System.Text.RegularExpressions.Regex.Replace(text, "data/[0-9a-f]{2}\\b", "data/*");
            return System.Text.RegularExpressions.Regex.Replace(text, "-tmp-[0-9]+$", "-tmp-*");
        });

        public string FullForm(string path) => inner.FullForm(path);

        public long? FindLength(string path) => inner.FindLength(path);

        public bool IsGroupReadable(string path) => inner.IsGroupReadable(path);

        public SafeFileHandle OpenForReading(string path, out long length) => inner.OpenForReading(path, out length);

        public bool CreateFolder(string path, bool forGroup)
        {
            Step("make", path);
            return inner.CreateFolder(path, forGroup);
        }

        public SafeFileHandle CreateNew(string path, long length)
        {
            Step("create", path);
            if (FolderComesLate)
            {
                FolderComesLate = false;
                throw new FileNotFoundException("no such file");
            }

            return inner.CreateNew(path, length);
        }

        public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
        {
            Step("write", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes.Length} at {offset}"));
            inner.Write(file, bytes, offset);
        }

        public bool Flush(SafeFileHandle file)
        {
            Step("flush", "");
            return inner.Flush(file) && CanFlush;
        }

        public void Close(SafeFileHandle file)
        {
            Step("close", "");
            inner.Close(file);
        }

        public void Rename(string from, string to)
        {
            Step("rename", from);
            inner.Rename(from, to);
        }

        public void FlushFolder(string path)
        {
            Step("flush folder", path);
            inner.FlushFolder(path);
        }

        public void MakeReadOnly(string path, bool forGroup)
        {
            Step("protect", path);
            inner.MakeReadOnly(path, forGroup);
        }

        public void Remove(string path) => inner.Remove(path);

        public RepositoryErrorKind KindOf(int error) => inner.KindOf(error);

        private void Step(string step, string path)
        {
            _steps.Add($"{step} {path}".TrimEnd());
            if (step == FailAt)
            {
                throw new IOException("injected", Error);
            }
        }
    }
}
