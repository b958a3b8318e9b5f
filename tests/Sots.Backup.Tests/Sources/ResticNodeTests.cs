using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic.Trees;
using Sots.Testing;

namespace Sots.Backup.Tests.Sources;

/// <summary>The nodes this program makes, member by member against those that real restic stores for the same entries.</summary>
[SupportedOSPlatform("linux")]
public sealed class ResticNodeTests
{
    [Fact]
    public void Every_node_has_the_members_that_restic_writes()
    {
        string? restic = ResticBinaries.Find("0.19.1");
        Assert.SkipUnless(OperatingSystem.IsLinux() && restic is not null, ResticBinaries.Absent);
        using TempFolder folder = new();
        string source = folder["source"];
        LinuxDiskTests.OddTree()
            .File("attributes", "x", attributes: [("user.z", [1, 0xFF]), ("user.a", []), ("user.m", [.. "text"u8])])
            .Directory("dir", attributes: ("user.d", [7]))
            .WriteTo(source);
        bool isRoot = Environment.UserName == "root";
        if (isRoot)
        {
            using TargetDirectory directory = TargetFileSystem.Current.OpenRoot(DiskPath.FromText(source), create: false);
            directory.CreateSpecial(new Node { Name = [.. "chr"u8], Type = NodeType.CharDevice, Device = 0x103 });
            directory.CreateSpecial(new Node { Name = [.. "blk"u8], Type = NodeType.BlockDevice, Device = 1050412 });
        }

        List<SourceEntry> entries = SourceFileSystem.Current.ReadDirectory(DiskPath.FromText(source));

        Run(restic!, folder.Path, "init");
        string summary = Run(restic!, folder.Path, "backup", "--json", source).TrimEnd().Split('\n')[^1];
        string snapshot = JsonDocument.Parse(summary).RootElement.GetProperty("snapshot_id").GetString()!;
        using JsonDocument tree = JsonDocument.Parse(Run(restic!, folder.Path, "cat", "tree", $"{snapshot}:{source}"));

        List<string> expected = [.. tree.RootElement.GetProperty("nodes").EnumerateArray().Select(Show)];
        Assert.Equal(isRoot ? 14 : 12, expected.Count);
        Assert.Equal(expected, entries.ConvertAll(entry => Show(source, entry)));

        // Names the runtime cannot spell are left to us.
        using TargetDirectory root = TargetFileSystem.Current.OpenRoot(DiskPath.FromText(folder.Path), create: false);
        root.Remove("source"u8, recursive: true);
    }

    /// <summary>All members of restic's node but name, content and subtree, in one order.</summary>
    private static string Show(JsonElement node) => string.Join('\n', node.EnumerateObject()
        .Where(member => member.Name is not ("name" or "content" or "subtree"))
        .Select(member => $"{member.Name}={member.Value.GetRawText()}"));

    /// <summary>The same of ours.</summary>
    private static string Show(string source, SourceEntry entry)
    {
        Node node = SourceFileSystem.Current.CreateNode(
            entry.Name, DiskPath.FromText(source).Join(entry.Name), entry.Status, _ => 0, withAccessTime: false, Assert.Fail);
        List<(string Name, object Value, bool Present)> members =
        [
            ("type", $"\"{TypeName(node.Type)}\"", true),
            ("mode", node.Mode, node.Mode != 0),
            ("mtime", Show(node.ModifiedTime), true),
            ("atime", Show(node.AccessTime), true),
            ("ctime", Show(node.ChangeTime), true),
            ("uid", node.UserId, true),
            ("gid", node.GroupId, true),
            ("user", $"\"{node.User}\"", node.User.Length > 0),
            ("group", $"\"{node.Group}\"", node.Group.Length > 0),
            ("inode", node.Inode, true),
            ("device_id", node.DeviceId, true),
            ("size", node.Size, node.Size != 0),
            ("links", node.Links, node.Links != 0),
            ("linktarget", $"\"{PathText.ToText(node.LinkTarget)}\"", node.LinkTarget is not null),
            ("extended_attributes", Show(node.ExtendedAttributes), node.ExtendedAttributes.Count > 0),
            ("device", node.Device, node.Device != 0),
        ];
        return string.Join('\n', members.Where(m => m.Present).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Name}={m.Value}")));
    }

    private static string Show(IReadOnlyList<ExtendedAttribute> attributes) => "[" + string.Join(',', attributes.Select(
        a => $"{{\"name\":\"{Encoding.UTF8.GetString(a.Name)}\",\"value\":\"{Convert.ToBase64String(a.Value)}\"}}")) + "]";

    private static string Show(NodeTime time)
    {
        string seconds = DateTimeOffset.FromUnixTimeSeconds(time.UnixSeconds).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        string fraction = time.Nanoseconds == 0 ? "" : "." + time.Nanoseconds.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return $"\"{seconds}{fraction}Z\"";
    }

    private static string TypeName(NodeType type) => type switch
    {
        NodeType.Directory => "dir",
        NodeType.BlockDevice => "dev",
        NodeType.CharDevice => "chardev",
        _ => type.ToString().ToLowerInvariant(),
    };

    private static string Run(string restic, string folder, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(restic, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["RESTIC_REPOSITORY"] = Path.Combine(folder, "repo"),
                ["RESTIC_PASSWORD"] = "test",
                ["RESTIC_CACHE_DIR"] = Path.Combine(folder, "cache"),
                ["TZ"] = "UTC",
            },
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }
}
