using System.Text;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Backup.Tests.Sources;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Backup.Tests.Restoring;

/// <summary>What a restore does to a disk, and what it never does.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class LinuxTargetTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TargetDirectory _root;
    private readonly List<string> _problems = [];

    public LinuxTargetTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        _root = TargetFileSystem.Current.OpenRoot(DiskPath.FromText(_folder["target", "deep"]), create: true);
    }

    private static bool IsRoot => Environment.UserName == "root";

    public void Dispose()
    {
        if (_root is not null)
        {
            foreach (byte[] name in _root.Entries())
            {
                _root.Remove(name, recursive: true);
            }

            _root.Dispose();
        }

        _folder.Dispose();
    }

    [Fact]
    public void A_missing_target_is_made_for_the_user_alone()
    {
        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(_folder["target"]));
        Assert.Throws<TargetException>(() => TargetFileSystem.Current.OpenRoot(DiskPath.FromText(_folder["nowhere"]), create: false));
    }

    [Fact]
    public void Metadata_applied_and_read_again_are_the_same()
    {
        string source = _folder["target", "source"];
        string copy = _folder["target", "copy"];
        Directory.CreateDirectory(source);
        LinuxDiskTests.OddTree()
            .File("attributes", "x", mode: 0x100, attributes: [("user.b", [1, 2]), ("user.a", [])])
            .Directory("closed", mode: 0x140, attributes: ("user.dir", [3]))
            .WriteTo(source);
        File.SetUnixFileMode(Path.Combine(source, "setuid"), (UnixFileMode)0x9ED);
        File.SetUnixFileMode(Path.Combine(source, "sticky"), (UnixFileMode)0x3FF);
        Copy(source, copy);
        Assert.Empty(_problems);
        IReadOnlyList<string> differences = TreeComparison.Differences(source, copy);
        Assert.Equal(IsRoot ? [] : ["setuid: mode 4755 became 755", "sticky: mode 1777 became 777"], differences);
        Clean(source);
        Clean(copy);
    }

    [Fact]
    public void Differences_between_trees_are_found()
    {
        string one = _folder["target", "one"];
        string other = _folder["target", "other"];
        new TreeOnDisk().File("a", "x").File("b", "y").File("c", "z", mode: 0x180).Symlink("l", "t").Directory("d").HardLink("h", "a").WriteTo(one);
        new TreeOnDisk().File("a", "X").File("b", "y", attributes: ("user.n", [1])).File("c", "z").Symlink("l", "u").File("d", "").File("h", "X").WriteTo(other);
        string[] found = [.. TreeComparison.Differences(one, other, TreeAspects.All & ~TreeAspects.ModifiedTime).Select(line => line.Split(' ')[0] + " " + line.Split(' ')[1])];
        Assert.Equal(["a: content", "a: same", "b: attribute", "c: mode", "d: content", "d: mode", "d: type", "h: content", "h: same", "l: target"], found.Order());
    }

    [Fact]
    public void A_directory_swapped_for_a_link_is_not_entered()
    {
        Directory.CreateDirectory(_folder["outside"]);
        Directory.CreateSymbolicLink(_folder["target", "deep", "d"], _folder["outside"]);
        Assert.Throws<TargetException>(() => _root.OpenDirectory("d"u8));
        using TargetDirectory made = _root.OpenOrCreateDirectory("d"u8);
        made.CreateFile("f"u8).Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(_folder["outside"]));
        Assert.True(File.Exists(_folder["target", "deep", "d", "f"]));
        Assert.Null(new DirectoryInfo(_folder["target", "deep", "d"]).LinkTarget);
    }

    [Fact]
    public void An_open_directory_stays_the_same_when_its_name_is_given_to_a_link()
    {
        Directory.CreateDirectory(_folder["outside"]);
        using TargetDirectory held = _root.OpenOrCreateDirectory("d"u8);
        Directory.Move(_folder["target", "deep", "d"], _folder["target", "deep", "moved"]);
        Directory.CreateSymbolicLink(_folder["target", "deep", "d"], _folder["outside"]);
        held.CreateFile("f"u8).Dispose();
        Assert.True(File.Exists(_folder["target", "deep", "moved", "f"]));
        Assert.Empty(Directory.GetFileSystemEntries(_folder["outside"]));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("pipe")]
    [InlineData("empty")]
    [InlineData("hard")]
    public void What_stands_in_the_place_of_a_file_is_replaced_and_nothing_behind_it_touched(string name)
    {
        new TreeOnDisk().File("kept", "kept").Symlink("link", "kept").Fifo("pipe").Directory("empty").HardLink("hard", "kept").WriteTo(_root.Path.ToString());
        using (TargetFile file = _root.OpenForWrite(Encoding.UTF8.GetBytes(name), out bool existed))
        {
            Assert.False(existed);
            file.Write(0, "new"u8);
        }

        Assert.Equal("kept", File.ReadAllText(_folder["target", "deep", "kept"]));
        Assert.Equal("new", File.ReadAllText(_folder["target", "deep", name]));
        Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(_folder["target", "deep", name]));
    }

    [Fact]
    public void A_directory_that_is_not_empty_is_not_replaced_by_a_file()
    {
        new TreeOnDisk().File("d/f", "x").WriteTo(_root.Path.ToString());
        Assert.Equal(TargetErrorKind.Exists, Assert.Throws<TargetException>(() => _root.OpenForWrite("d"u8, out _)).Kind);
        Assert.Equal(TargetErrorKind.Exists, Assert.Throws<TargetException>(() => _root.Remove("d"u8, recursive: false)).Kind);
        Assert.True(_root.Remove("d"u8, recursive: true));
        Assert.False(_root.Remove("d"u8, recursive: true));
    }

    [Fact]
    public void A_file_that_is_there_is_opened_with_its_content_even_where_it_is_read_only()
    {
        new TreeOnDisk().File("f", "0123456789", mode: 0x100).WriteTo(_root.Path.ToString());
        using (TargetFile file = _root.OpenForWrite("f"u8, out bool existed))
        {
            Assert.True(existed);
            file.Write(3, "abc"u8);
            file.SetLength(8);
            byte[] buffer = new byte[20];
            Assert.Equal(8, file.Read(0, buffer));
            Assert.Equal(0, file.Read(8, buffer));
            Assert.Equal(8, file.Status().SizeBytes);
            file.Flush();
        }

        Assert.Equal("012abc67", File.ReadAllText(_folder["target", "deep", "f"]));
    }

    [Fact]
    public void Room_is_reserved_without_changing_the_length_and_too_much_is_refused()
    {
        using TargetFile file = _root.CreateFile("f"u8);
        file.Preallocate(1 << 20);
        Assert.Equal(0, file.Status().SizeBytes);
        file.Preallocate(0);
        Assert.Equal(TargetErrorKind.Full, Assert.Throws<TargetException>(() => file.Preallocate(1L << 43)).Kind);
    }

    [Fact]
    public void A_temporary_file_takes_the_place_of_another_in_one_step()
    {
        new TreeOnDisk().File("f", "old").WriteTo(_root.Path.ToString());
        using (TargetFile file = _root.CreateTemporary(out byte[] name))
        {
            file.Write(0, "new"u8);
            _root.RenameOver(name, "f"u8);
        }

        _root.FlushFileSystem();
        Assert.Equal("f"u8, Assert.Single(_root.Entries()));
        Assert.Equal("new", File.ReadAllText(_folder["target", "deep", "f"]));
    }

    [Fact]
    public void Nothing_is_made_under_a_name_that_is_taken()
    {
        new TreeOnDisk().File("f", "x").WriteTo(_root.Path.ToString());
        Assert.Equal(TargetErrorKind.Exists, Assert.Throws<TargetException>(() => _root.CreateFile("f"u8)).Kind);
        Assert.Equal(TargetErrorKind.Exists, Assert.Throws<TargetException>(() => _root.CreateSymlink("f"u8, "t"u8)).Kind);
        Assert.Equal(TargetErrorKind.Exists, Assert.Throws<TargetException>(() => _root.CreateHardLink(_root, "f"u8, "f"u8)).Kind);
        Node pipe = new() { Name = [.. "f"u8], Type = NodeType.Fifo };
        Assert.Equal(TargetErrorKind.Exists, Assert.Throws<TargetException>(() => _root.CreateSpecial(pipe)).Kind);
    }

    [Fact]
    public void A_link_is_no_source_of_a_hard_link()
    {
        new TreeOnDisk().Symlink("l", "/etc/passwd").WriteTo(_root.Path.ToString());
        Assert.Throws<TargetException>(() => _root.CreateHardLink(_root, "l"u8, "h"u8));
        Assert.False(_root.TryGetStatus("h"u8, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../f")]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    public void Names_that_lead_elsewhere_reach_no_operation(string text)
    {
        byte[] name = Encoding.UTF8.GetBytes(text);
        Action[] operations =
        [
            () => _root.OpenDirectory(name), () => _root.OpenOrCreateDirectory(name), () => _root.TryGetStatus(name, out _),
            () => _root.OpenForWrite(name, out _), () => _root.CreateFile(name), () => _root.RenameOver("f"u8, name),
            () => _root.RenameOver(name, "f"u8), () => _root.CreateSymlink(name, "t"u8), () => _root.CreateHardLink(_root, "f"u8, name),
            () => _root.CreateHardLink(_root, name, "f"u8), () => _root.Remove(name, recursive: true),
            () => _root.CreateSpecial(new Node { Name = name, Type = NodeType.Fifo }),
            () => _root.ApplyMetadata(new Node { Name = name, Type = NodeType.Directory }, MetadataOptions.Default, Assert.Fail),
        ];
        Assert.All(operations, operation =>
            Assert.Equal(TargetErrorKind.NameRefused, Assert.Throws<TargetException>(operation).Kind));
    }

    [Fact]
    public void Metadata_meant_for_a_file_do_not_reach_what_took_its_place()
    {
        string outside = _folder["outside"];
        File.WriteAllText(outside, "x");
        File.SetUnixFileMode(outside, UnixFileMode.UserRead);
        File.CreateSymbolicLink(_folder["target", "deep", "f"], outside);
        Node node = new() { Name = [.. "f"u8], Type = NodeType.File, Mode = 0x1FF };
        Assert.Throws<TargetException>(() => _root.ApplyMetadata(node, MetadataOptions.Default, Assert.Fail));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(outside));
    }

    [Fact]
    public void Attributes_that_the_node_does_not_have_are_removed_where_they_are_selected()
    {
        new TreeOnDisk().File("f", "x", attributes: [("user.old", [1]), ("user.kept", [2])]).WriteTo(_root.Path.ToString());
        Node node = NodeOf("f");
        node.ExtendedAttributes = [new ExtendedAttribute([.. "user.new"u8], [3])];
        _root.ApplyMetadata(node, new MetadataOptions { SelectsAttribute = name => name != "user.kept" }, Assert.Fail);
        Assert.Equal(["user.kept", "user.new"], NodeOf("f").ExtendedAttributes.Select(a => PathText.ToText(a.Name)).Order());
    }

    [Fact]
    public void What_cannot_be_applied_is_told_and_the_rest_applied()
    {
        new TreeOnDisk().File("f", "x").WriteTo(_root.Path.ToString());
        Node node = NodeOf("f");
        node.Mode = 0x180;
        node.ExtendedAttributes = [new ExtendedAttribute([.. "bad.namespace"u8], [3])];
        _root.ApplyMetadata(node, MetadataOptions.Default, _problems.Add);
        Assert.Contains("bad.namespace", Assert.Single(_problems), StringComparison.Ordinal);
        Assert.Equal(0x180u, NodeOf("f").Mode);
    }

    [Fact]
    public void Removing_a_tree_removes_links_and_not_what_they_lead_to()
    {
        Directory.CreateDirectory(_folder["outside"]);
        File.WriteAllText(_folder["outside", "precious"], "x");
        new TreeOnDisk().File("d/e/f", "x").Directory("d/closed", mode: 0x140).File("d/closed/g", "y").Symlink("d/out", _folder["outside"]).WriteTo(_root.Path.ToString());
        Assert.True(_root.Remove("d"u8, recursive: true));
        Assert.Empty(_root.Entries());
        Assert.True(File.Exists(_folder["outside", "precious"]));
    }

    [Fact]
    public void A_tree_hundreds_of_levels_deep_is_made_and_removed()
    {
        const int depth = 600;
        TargetDirectory current = _root.OpenOrCreateDirectory("d"u8);
        for (int i = 0; i < depth; i++)
        {
            using TargetDirectory parent = current;
            current = parent.OpenOrCreateDirectory("a name of some length"u8);
        }

        current.Dispose();
        Assert.True(_root.Remove("d"u8, recursive: true));
    }

    [Fact]
    public void Devices_are_made_as_their_nodes_say()
    {
        Assert.SkipUnless(IsRoot, "needs root");
        foreach ((NodeType type, ulong device) in new[] { (NodeType.CharDevice, 0x103ul), (NodeType.BlockDevice, 1050412ul) })
        {
            Node node = new() { Name = Encoding.UTF8.GetBytes($"{type}"), Type = type, Device = device };
            _root.CreateSpecial(node);
            Assert.Equal(device, NodeOf($"{type}").Device);
            Assert.Equal(type, NodeOf($"{type}").Type);
        }
    }

    [Fact]
    public void Owners_are_restored_by_number_or_by_name()
    {
        Assert.SkipUnless(IsRoot, "needs root");
        new TreeOnDisk().File("f", "x", mode: 0x9ED).WriteTo(_root.Path.ToString());
        Node node = NodeOf("f");
        node.UserId = 12345;
        node.GroupId = 54321;
        node.User = "root";
        node.Group = "no such group";
        _root.ApplyMetadata(node, MetadataOptions.Default, Assert.Fail);
        Assert.Equal((12345u, 54321u, node.Mode), (NodeOf("f").UserId, NodeOf("f").GroupId, NodeOf("f").Mode));
        _root.ApplyMetadata(node, new MetadataOptions { OwnershipByName = true }, Assert.Fail);
        Assert.Equal((0u, 54321u), (NodeOf("f").UserId, NodeOf("f").GroupId));
    }

    private Node NodeOf(string name)
    {
        DiskPath path = _root.Path.Join(Encoding.UTF8.GetBytes(name));
        SourceFileSystem disk = SourceFileSystem.Current;
        return disk.CreateNode(Encoding.UTF8.GetBytes(name), path, disk.GetStatus(path, false), _ => 0, false, Assert.Fail);
    }

    /// <summary>The least that a backup and a restore do together.</summary>
    private void Copy(string from, string to)
    {
        using TargetDirectory target = TargetFileSystem.Current.OpenRoot(DiskPath.FromText(to), create: true);
        Copy(DiskPath.FromText(from), target, []);
    }

    private void Copy(DiskPath from, TargetDirectory to, Dictionary<ulong, byte[]> firstNames)
    {
        SourceFileSystem disk = SourceFileSystem.Current;
        foreach (SourceEntry entry in disk.ReadDirectory(from))
        {
            DiskPath path = from.Join(entry.Name);
            Node node = disk.CreateNode(entry.Name, path, entry.Status, _ => 0, withAccessTime: false, _problems.Add);
            switch (node.Type)
            {
                case NodeType.Directory:
                    using (TargetDirectory inner = to.OpenOrCreateDirectory(entry.Name))
                    {
                        Copy(path, inner, firstNames);
                    }

                    break;
                case NodeType.File when node.Links > 1 && !firstNames.TryAdd(node.Inode, entry.Name):
                    to.CreateHardLink(to, firstNames[node.Inode], entry.Name);
                    break;
                case NodeType.File:
                    using (SourceFile file = disk.OpenFile(path))
                    using (TargetFile written = to.OpenForWrite(entry.Name, out _))
                    {
                        byte[] buffer = new byte[4096];
                        written.Write(0, buffer.AsSpan(0, file.Read(buffer)));
                    }

                    break;
                case NodeType.Symlink:
                    to.CreateSymlink(entry.Name, node.LinkTarget);
                    break;
                default:
                    to.CreateSpecial(node);
                    break;
            }

            to.ApplyMetadata(node, MetadataOptions.Default, _problems.Add);
        }
    }

    private static void Clean(string folder)
    {
        using TargetDirectory parent = TargetFileSystem.Current.OpenRoot(DiskPath.FromText(Path.GetDirectoryName(folder)!), create: false);
        parent.Remove(Encoding.UTF8.GetBytes(Path.GetFileName(folder)), recursive: true);
    }
}
