using System.Text;
using CsCheck;
using Sots.Backup.Archiving;
using Sots.Backup.Restoring;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Tests.Sources;

/// <summary>What Windows says and what nodes hold, both ways, without Windows.</summary>
public sealed class WindowsFactsTests
{
    [Theory]
    [InlineData(0x20u, 0u, NodeType.File, 0x1B6u)]
    [InlineData(0x21u, 0u, NodeType.File, 0x124u)]
    [InlineData(0x10u, 0u, NodeType.Directory, 0x800001FFu)]
    [InlineData(0x11u, 0u, NodeType.Directory, 0x8000016Du)]
    [InlineData(0x420u, 0xA000000Cu, NodeType.Symlink, 0x080001B6u)]
    [InlineData(0x410u, 0xA000000Cu, NodeType.Symlink, 0x080001B6u)]
    [InlineData(0x410u, 0xA0000003u, NodeType.Irregular, 0x000801B6u)]
    [InlineData(0x420u, 0x80000013u, NodeType.File, 0x1B6u)]
    [InlineData(0x420u, 0x9000601Au, NodeType.File, 0x1B6u)]
    [InlineData(0x410u, 0x9000601Au, NodeType.Directory, 0x800001FFu)]
    [InlineData(0x420u, 0x80000023u, NodeType.Socket, 0x010001B6u)]
    [InlineData(0x420u, 0x8000001Bu, NodeType.Irregular, 0x000801B6u)]
    public void Attributes_and_reparse_tag_decide_type_and_mode(uint attributes, uint tag, NodeType type, uint mode)
    {
        FileStatus status = new WindowsFacts(attributes, tag, 0).ToStatus(0, 0, 0);
        Assert.Equal(type, status.Type);
        Assert.Equal(mode, status.Mode);
    }

    [Fact]
    public void Status_has_no_inode_device_owner_and_links_and_the_write_time_as_change_time()
    {
        FileStatus status = new WindowsFacts(0x20, 0, 1).ToStatus(5, 132223104000000001, 132223104010000000);
        Assert.Equal(new DiskTime(1577836800, 100), status.ModifiedTime);
        Assert.Equal(status.ModifiedTime, status.ChangeTime);
        Assert.Equal(new DiskTime(1577836801, 0), status.AccessTime);
        Assert.Equal((0ul, 0ul, 0ul, 0u, 0u), (status.Inode, status.DeviceId, status.Links, status.UserId, status.GroupId));
    }

    [Fact]
    public void Generic_attributes_are_written_as_restic_writes_them()
    {
        List<GenericAttribute> attributes = new WindowsFacts(32, 0, 132223104000000001).ToGenericAttributes([1, 2, 255]);
        Assert.Equal(
            [
                "windows.creation_time={\"LowDateTime\":1761935361,\"HighDateTime\":30785590}",
                "windows.file_attributes=32",
                "windows.security_descriptor=\"AQL/\"",
            ],
            attributes.ConvertAll(a => $"{a.Key}={Encoding.UTF8.GetString(a.Json)}"));
    }

    [Fact]
    public void Generic_attributes_come_back_as_they_were() => Gen.Select(Gen.ULong[1, long.MaxValue], Gen.UInt, Gen.Byte.Array).Sample(
        (creation, attributes, descriptor) =>
        {
            Node node = NodeWith([.. new WindowsFacts(attributes, 0, creation).ToGenericAttributes(descriptor)]);
            WindowsAttributeValues values = WindowsAttributeValues.Read(node, Assert.Fail);
            Assert.Equal((long)creation, values.CreationTime);
            Assert.Equal(attributes, values.FileAttributes);
            Assert.Equal(descriptor, values.SecurityDescriptor);
        });

    [Theory]
    [InlineData(0x410u, 0xA000_0003u, @"E:\Shared", @"it is a junction, a folder that leads to E:\Shared; what is there is not saved")]
    [InlineData(0x410u, 0xA000_0003u, null, "it is a junction, a folder that leads elsewhere; what is there is not saved")]
    [InlineData(0x420u, 0xA000_0019u, null, "it is a reparse point of a kind that is not known (0xA0000019), and is left out")]
    [InlineData(0u, 0u, null, "it is neither file, folder, link, device nor pipe, and is left out")]
    public void Of_what_is_left_out_it_is_said_what_it_is(uint attributes, uint tag, string? target, string reason) =>
        Assert.Equal(reason, LeftOutEntry.Reason(new WindowsFacts(attributes, tag, 0).ToStatus(0, 0, 0), target));

    [Theory]
    [InlineData("windows.creation_time", "{\"LowDateTime\":-1}")]
    [InlineData("windows.creation_time", "{\"LowDateTime\":")]
    [InlineData("windows.file_attributes", "99999999999")]
    [InlineData("windows.file_attributes", "\"x\"")]
    [InlineData("windows.file_attributes", "")]
    [InlineData("windows.security_descriptor", "\"not base64!\"")]
    [InlineData("windows.security_descriptor", "7")]
    public void Damaged_generic_attributes_are_told_and_left_out(string key, string json)
    {
        List<string> problems = [];
        WindowsAttributeValues values = WindowsAttributeValues.Read(
            NodeWith([new GenericAttribute(key, Encoding.UTF8.GetBytes(json))]), problems.Add);
        Assert.Equal(default, values);
        Assert.Contains(key, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x1A4u, 0x80u)]
    [InlineData(0x124u, 0x1u)]
    public void A_node_from_elsewhere_is_read_only_where_nobody_may_write(uint mode, uint attributes)
    {
        Node node = NodeWith([]);
        node.Mode = mode;
        Assert.Equal(attributes, WindowsAttributeValues.Read(node, Assert.Fail).AttributesToSet(node));
    }

    [Theory]
    [InlineData(-11644473600L, 100, 1L)]
    [InlineData(-11644473600L, 99, 1L)]
    [InlineData(long.MinValue, 0, 1L)]
    [InlineData(long.MaxValue, 0, long.MaxValue)]
    [InlineData(0L, 0, 116444736000000000L)]
    [InlineData(-1L, 999_999_999, 116444735999999999L)]
    public void Times_beyond_Windows_are_held_within_it(long seconds, int nanoseconds, long fileTime) =>
        Assert.Equal(fileTime, WindowsFacts.FileTimeOf(seconds, nanoseconds));

    [Fact]
    public void File_times_come_back_as_they_were() => Gen.ULong[1, long.MaxValue].Sample(fileTime =>
    {
        DiskTime time = WindowsFacts.TimeOf(fileTime);
        Assert.InRange(time.Nanoseconds, 0, 999_999_999);
        Assert.Equal((long)fileTime, WindowsFacts.FileTimeOf(time.UnixSeconds, time.Nanoseconds));
    });

    private static Node NodeWith(List<GenericAttribute> attributes) =>
        new() { Name = [.. "n"u8], Type = NodeType.File, GenericAttributes = attributes };
}
