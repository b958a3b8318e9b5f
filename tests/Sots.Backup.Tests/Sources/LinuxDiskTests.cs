using System.Diagnostics;
using System.Globalization;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Backup.Tests.Sources;

/// <summary>The disk as this program reads it, against what the stat program says of the same entries.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class LinuxDiskTests : IDisposable
{
    private static readonly SourceFileSystem Disk = SourceFileSystem.Current;
    private readonly TempFolder _folder = new();

    public LinuxDiskTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");

    private static bool IsRoot => Environment.UserName == "root";

    public void Dispose()
    {
        // Also what has names the runtime cannot spell.
        using (TargetDirectory root = TargetFileSystem.Current.OpenRoot(DiskPath.FromText(_folder.Path), create: false))
        {
            foreach (byte[] name in root.Entries())
            {
                root.Remove(name, recursive: true);
            }
        }

        _folder.Dispose();
    }

    [Fact]
    public void Every_status_is_what_stat_says()
    {
        OddTree().WriteTo(_folder.Path);
        if (IsRoot)
        {
            Run("mknod", _folder["chr"], "c", "1", "3");
            Run("mknod", _folder["blk"], "b", "7", "300");
            Run("chown", "12345:54321", _folder["plain"]);
            Run("chmod", "7777", _folder["plain"]);
        }

        List<DiskPath> paths = [];
        List<string> found = [];
        foreach (SourceEntry entry in Disk.ReadDirectory(Root))
        {
            DiskPath path = Root.Join(entry.Name);
            FileStatus status = Disk.GetStatus(path, followLinks: false);
            Assert.Equal(entry.Status, status);
            found.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{status.Type} {NodeMode.ToPosixPermissions(status.Mode):x} {status.SizeBytes} {status.UserId} {status.GroupId} {status.Inode} {status.DeviceId} {status.Device} {status.Links} {Show(status.ModifiedTime)} {Show(status.AccessTime)} {Show(status.ChangeTime)}"));
            paths.Add(path);
        }

        Assert.Equal(IsRoot ? 12 : 10, found.Count);
        Assert.Equal(StatOf(paths), found);
    }

    [Fact]
    public void Names_are_sorted_by_their_bytes_and_kept_as_they_are()
    {
        byte[][] names = [[0xFF], [0x61], [0x41], [0xC3, 0xA9], [0x61, 0x2D], [0x61, 0x2E, 0x62], [0x80], [0xE6, 0x97, 0xA5], [0x01], [.. Enumerable.Repeat((byte)'x', 255)], [.. "12345678"u8], [.. "1234567"u8], [.. "12345678a"u8]];
        TreeOnDisk tree = new();
        foreach (byte[] name in names)
        {
            tree.File(name, "");
        }

        tree.WriteTo(_folder.Path);
        Assert.Equal(
            names.Order(Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y))),
            Disk.ReadDirectory(Root).ConvertAll(entry => entry.Name));
    }

    [Fact]
    public void Entries_refused_by_name_are_not_listed()
    {
        new TreeOnDisk().File("keep", "").File("drop", "").WriteTo(_folder.Path);
        SourceEntry entry = Assert.Single(Disk.ReadDirectory(Root, name => !name.SequenceEqual("drop"u8)));
        Assert.Equal("keep"u8, entry.Name);
    }

    [Fact]
    public void Five_thousand_entries_are_listed_with_little_garbage()
    {
        const int count = 5_000;
        using (TargetDirectory root = TargetFileSystem.Current.OpenRoot(Root, create: false))
        {
            root.CreateFile("0"u8).Dispose();
            for (int i = 1; i < count; i++)
            {
                root.CreateSymlink(PathText.ToBytes(i.ToString(CultureInfo.InvariantCulture)), "t"u8);
            }
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        using SourceDirectory directory = Disk.OpenDirectory(Root);
        int links = 0;
        for (int i = 0; i < directory.Count; i++)
        {
            Assert.True(directory.TryGetStatus(i, out FileStatus status));
            links += status.Type == NodeType.Symlink ? 1 : 0;
        }

        Assert.Equal(count - 1, links);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200L * count);
    }

    [Fact]
    public void An_entry_that_vanishes_after_it_was_listed_is_said_to_have_vanished()
    {
        new TreeOnDisk().File("a", "").File("b", "").WriteTo(_folder.Path);
        using SourceDirectory directory = Disk.OpenDirectory(Root);
        File.Delete(_folder["a"]);
        Assert.False(directory.TryGetStatus(0, out _));
        Assert.True(directory.TryGetStatus(1, out _));
        Assert.Equal(SourceErrorKind.Vanished, Assert.Throws<SourceException>(() => Disk.OpenFile(Root.Join("a"u8))).Kind);
        Assert.Equal(SourceErrorKind.Vanished, Assert.Throws<SourceException>(() => Disk.GetStatus(Root.Join("a"u8), false)).Kind);
        Assert.Equal(SourceErrorKind.Vanished, Assert.Throws<SourceException>(() => Disk.OpenDirectory(Root.Join("a"u8))).Kind);
    }

    [Fact]
    public void A_directory_that_became_a_link_is_not_followed()
    {
        new TreeOnDisk().File("real/secret", "x").Symlink("link", "real").WriteTo(_folder.Path);
        Assert.Throws<SourceException>(() => Disk.OpenDirectory(Root.Join("link"u8)));
        using SourceDirectory followed = Disk.OpenDirectory(Root.Join("link"u8), followLink: true);
        Assert.Equal(1, followed.Count);
    }

    [Theory]
    [InlineData("link")]
    [InlineData("pipe")]
    [InlineData("dir")]
    [InlineData("dangling")]
    public void What_is_no_regular_file_is_not_opened_and_not_waited_for(string name)
    {
        new TreeOnDisk().File("file", "x").Symlink("link", "file").Fifo("pipe").Directory("dir").Symlink("dangling", "nowhere").WriteTo(_folder.Path);
        SourceException exception = Assert.Throws<SourceException>(() => Disk.OpenFile(DiskPath.FromText(_folder[name])));
        Assert.Equal(SourceErrorKind.NotRegular, exception.Kind);
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_read_to_its_end_and_keeps_its_access_time()
    {
        byte[] content = SplitMix.Bytes(1, 300_001);
        new TreeOnDisk().File("f", content, modified: new DiskTime(1_000_000_000, 7)).WriteTo(_folder.Path);
        using SourceFile file = Disk.OpenFile(Root.Join("f"u8));
        using MemoryStream read = new();
        byte[] buffer = new byte[65_536];
        for (int length; (length = file.Read(buffer)) > 0;)
        {
            read.Write(buffer, 0, length);
        }

        Assert.Equal(content, read.ToArray());
        Assert.Equal(content.Length, file.Status.SizeBytes);
        Assert.Equal(new DiskTime(1_000_000_000, 7), file.StatusNow().AccessTime);
        Assert.True(file.StatusNow().IsSameContent(file.Status));
    }

    [Fact]
    public void A_file_that_changes_while_it_is_read_is_noticed()
    {
        new TreeOnDisk().File("f", "before").WriteTo(_folder.Path);
        using SourceFile file = Disk.OpenFile(Root.Join("f"u8));
        File.AppendAllText(_folder["f"], " and after");
        Assert.False(file.StatusNow().IsSameContent(file.Status));
    }

    [Fact]
    public void A_node_has_the_metadata_of_its_entry_and_the_open_file_gives_the_same()
    {
        byte[] value = SplitMix.Bytes(2, 1000);
        new TreeOnDisk()
            .File("f", "abc", mode: 0x180, modified: new DiskTime(-1, 999_999_999), attributes: [("user.z", value), ("user.a", []), ("user.\u00FC", [1])])
            .HardLink("g", "f")
            .WriteTo(_folder.Path);
        Node node = NodeOf("f");
        Assert.Equal(new NodeTime(-1, 999_999_999, 90), node.ModifiedTime);
        Assert.Equal(node.ModifiedTime, node.AccessTime);
        Assert.Equal((3ul, 2ul, 0x180u), (node.Size, node.Links, node.Mode));
        Assert.Equal(Run("id", "-un").Trim(), node.User);
        Assert.Equal(Run("id", "-gn").Trim(), node.Group);
        Assert.Equal(ListedAttributes("f"), node.ExtendedAttributes.Select(a => PathText.ToText(a.Name)));
        Assert.Equal(value, node.ExtendedAttributes.Single(a => a.Name.AsSpan().SequenceEqual("user.z"u8)).Value);
        Assert.Empty(node.ExtendedAttributes.Single(a => a.Name.AsSpan().SequenceEqual("user.a"u8)).Value);

        using SourceFile file = Disk.OpenFile(Root.Join("f"u8));
        Assert.Equivalent(node, file.CreateNode([.. "f"u8], OffsetOf, withAccessTime: false, Assert.Fail), strict: true);
    }

    [Fact]
    public void Links_are_kept_with_the_bytes_of_their_targets()
    {
        byte[] odd = [0x74, 0xFF, 0x2F, 0x0A];
        byte[] longTarget = [.. Enumerable.Repeat("p/"u8.ToArray(), 300).SelectMany(part => part)];
        new TreeOnDisk().Symlink("odd", odd).Symlink("long", longTarget).WriteTo(_folder.Path);
        Assert.Equal(odd, NodeOf("odd").LinkTarget);
        Assert.Equal(longTarget, NodeOf("long").LinkTarget);
        Assert.Equal(0x080001FFu, NodeOf("odd").Mode);
        Assert.Equal(1ul, NodeOf("odd").Links);
        Assert.Equal(0ul, NodeOf("odd").Size);
    }

    [Fact]
    public void Directories_and_pipes_have_no_size_and_no_links()
    {
        new TreeOnDisk().Directory("d").Fifo("p").WriteTo(_folder.Path);
        foreach (string name in new[] { "d", "p" })
        {
            Assert.Equal((0ul, 0ul, 0ul), (NodeOf(name).Size, NodeOf(name).Links, NodeOf(name).Device));
        }
    }

    [Fact]
    public void Access_times_are_stored_where_they_are_asked_for()
    {
        new TreeOnDisk().File("f", "").WriteTo(_folder.Path);
        File.SetLastAccessTimeUtc(_folder["f"], DateTime.UnixEpoch.AddSeconds(5));
        FileStatus status = Disk.GetStatus(Root.Join("f"u8), followLinks: false);
        Node node = Disk.CreateNode([.. "f"u8], Root.Join("f"u8), status, OffsetOf, withAccessTime: true, Assert.Fail);
        Assert.Equal(new NodeTime(5, 0, 90), node.AccessTime);
        Assert.NotEqual(5, node.ModifiedTime.UnixSeconds);
    }

    [Fact]
    public void Metadata_that_cannot_be_read_are_told_and_the_node_is_made()
    {
        new TreeOnDisk().File("f", "abc").WriteTo(_folder.Path);
        FileStatus status = Disk.GetStatus(Root.Join("f"u8), followLinks: false);
        List<string> problems = [];
        Node node = Disk.CreateNode([.. "f"u8], Root.Join(new byte[300].Select(_ => (byte)'x').ToArray()), status, OffsetOf, withAccessTime: false, problems.Add);
        Assert.Equal(3ul, node.Size);
        Assert.Contains("name too long", Assert.Single(problems), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void An_entry_that_is_gone_when_its_metadata_are_read_has_vanished()
    {
        new TreeOnDisk().File("f", "abc").WriteTo(_folder.Path);
        FileStatus status = Disk.GetStatus(Root.Join("f"u8), followLinks: false);
        SourceException error = Assert.Throws<SourceException>(
            () => Disk.CreateNode([.. "f"u8], Root.Join("gone"u8), status, OffsetOf, withAccessTime: false, Assert.Fail));
        Assert.Equal(SourceErrorKind.Vanished, error.Kind);
    }

    [Fact]
    public void What_turned_into_something_else_has_not_vanished()
    {
        new TreeOnDisk().File("file", "abc").WriteTo(_folder.Path);
        FileStatus link = Disk.GetStatus(Root.Join("file"u8), followLinks: false) with { Type = NodeType.Symlink };
        Assert.Equal(SourceErrorKind.NotRegular, Assert.Throws<SourceException>(() => Disk.OpenDirectory(Root.Join("file"u8))).Kind);
        Assert.Equal(SourceErrorKind.Vanished, Assert.Throws<SourceException>(() => Disk.OpenDirectory(Root.Join("file"u8).Join("below"u8))).Kind);
        Assert.Equal(
            SourceErrorKind.NotRegular,
            Assert.Throws<SourceException>(() => Disk.CreateNode([.. "file"u8], Root.Join("file"u8), link, OffsetOf, withAccessTime: false, Assert.Fail)).Kind);
    }

    [Fact]
    public void A_path_with_a_NUL_in_it_is_an_error_and_not_a_shorter_path()
    {
        DiskPath path = new([.. Root.Bytes, .. "/f\0x"u8]);
        new TreeOnDisk().File("f", "abc").WriteTo(_folder.Path);
        Assert.Throws<SourceException>(() => Disk.OpenFile(path));
        Assert.Throws<SourceException>(() => Disk.GetStatus(path, followLinks: false));
    }

    internal static TreeOnDisk OddTree() => new TreeOnDisk()
        .File("plain", "content", mode: 0x1A4)
        .File(new byte[] { 0x69, 0xFF, 0xFE }, "no text", modified: new DiskTime(-1_234_567_891, 876_543_211))
        .File("setuid", "s", mode: 0x9ED)
        .File("nobody", "", mode: IsRoot ? 0 : 0x100u)
        .File("future", "f", modified: new DiskTime(2_147_483_648, 5))
        .Directory("sticky", mode: 0x3FF)
        .File("sticky/in", "x")
        .Symlink("dangling", "nowhere/at all", modified: new DiskTime(0, 1))
        .Fifo("pipe", mode: 0x1A0)
        .File("hard", "linked")
        .HardLink("also hard", "hard");

    private DiskPath Root => DiskPath.FromText(_folder.Path);

    private static short OffsetOf(long unixSeconds) => 90;

    private Node NodeOf(string name)
    {
        DiskPath path = DiskPath.FromText(_folder[name]);
        return Disk.CreateNode(
            PathText.ToBytes(name), path, Disk.GetStatus(path, followLinks: false), OffsetOf, withAccessTime: false, Assert.Fail);
    }

    /// <summary>Names of attributes as another program lists them.</summary>
    private string[] ListedAttributes(string name) => Run(
        "python3", "-c", "import os,sys; print('\\n'.join(os.listxattr(sys.argv[1])))", _folder[name])
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Show(DiskTime time) =>
        string.Create(CultureInfo.InvariantCulture, $"{((Int128)time.UnixSeconds * 1_000_000_000) + time.Nanoseconds}");

    /// <summary>A line a path from Python's os.lstat; paths go there in hexadecimal because arguments are text.</summary>
    private static string[] StatOf(List<DiskPath> paths) => Run(
        "python3",
        [
            "-c",
            """
            import os, stat, sys
            kinds = {stat.S_IFREG: 'File', stat.S_IFDIR: 'Directory', stat.S_IFLNK: 'Symlink', stat.S_IFIFO: 'Fifo',
                     stat.S_IFBLK: 'BlockDevice', stat.S_IFCHR: 'CharDevice'}
            for path in sys.argv[1:]:
                s = os.lstat(bytes.fromhex(path))
                print(kinds[stat.S_IFMT(s.st_mode)], '%x' % stat.S_IMODE(s.st_mode), s.st_size, s.st_uid, s.st_gid, s.st_ino,
                      s.st_dev, s.st_rdev, s.st_nlink, s.st_mtime_ns, s.st_atime_ns, s.st_ctime_ns)
            """,
            .. paths.Select(path => Convert.ToHexString(path.Bytes)),
        ]).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
