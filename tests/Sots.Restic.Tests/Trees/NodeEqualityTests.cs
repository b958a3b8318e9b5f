using Sots.Restic.Trees;

namespace Sots.Restic.Tests.Trees;

public class NodeEqualityTests
{
    private static readonly NodeTime Time = new(1_706_702_400, 5, 60);
    private static readonly TreeId OtherTree = new(ContentId.Of("x"u8));

    public static TheoryData<string> Changes => [.. Change.Keys];

    private static readonly Dictionary<string, Action<Node>> Change = new()
    {
        ["mode"] = node => node.Mode++,
        ["mtime"] = node => node.ModifiedTime = Time with { Nanoseconds = 6 },
        ["atime"] = node => node.AccessTime = Time with { UnixSeconds = 0 },
        ["ctime"] = node => node.ChangeTime = Time with { Nanoseconds = 6 },
        ["uid"] = node => node.UserId++,
        ["gid"] = node => node.GroupId++,
        ["user"] = node => node.User = "Me",
        ["group"] = node => node.Group = "",
        ["inode"] = node => node.Inode++,
        ["device_id"] = node => node.DeviceId++,
        ["size"] = node => node.Size++,
        ["links"] = node => node.Links++,
        ["linktarget"] = node => node.LinkTarget = "u"u8.ToArray(),
        ["device"] = node => node.Device++,
        ["subtree"] = node => node.Subtree = OtherTree,
        ["no subtree"] = node => node.Subtree = null,
        ["error"] = node => node.Error = "e",
        ["no content"] = node => node.Content = null,
        ["less content"] = node => node.Content = [],
        ["other content"] = node => node.Content = [new BlobId(OtherTree.Value)],
        ["no attributes"] = node => node.ExtendedAttributes = [],
        ["another attribute name"] = node => node.ExtendedAttributes = [Attribute("a", "1"), Attribute("c", "2")],
        ["another attribute value"] = node => node.ExtendedAttributes = [Attribute("b", "1"), Attribute("a", "1")],
        ["an attribute twice"] = node => node.ExtendedAttributes = [Attribute("a", "1"), Attribute("a", "1")],
        ["no generic attributes"] = node => node.GenericAttributes = [],
        ["another generic key"] = node => node.GenericAttributes = [new("l", "1"u8.ToArray())],
        ["another generic value"] = node => node.GenericAttributes = [new("k", "2"u8.ToArray())],
    };

    [Fact]
    public void Equal_nodes_are_equal() => Assert.True(New().EqualsExactly(New()));

    [Theory]
    [MemberData(nameof(Changes))]
    public void Every_single_difference_is_one(string change)
    {
        Node changed = New();
        Change[change](changed);
        Assert.False(New().EqualsExactly(changed));
        Assert.False(changed.EqualsExactly(New()));
        Assert.True(changed.EqualsExactly(changed));
    }

    [Fact]
    public void Another_name_or_type_is_a_difference()
    {
        Node plain = new() { Name = "n"u8.ToArray(), Type = NodeType.Unknown, UnknownType = "x" };
        Assert.False(plain.EqualsExactly(new() { Name = "m"u8.ToArray(), Type = NodeType.Unknown, UnknownType = "x" }));
        Assert.False(plain.EqualsExactly(new() { Name = "n"u8.ToArray(), Type = NodeType.Unknown, UnknownType = "y" }));
        Assert.False(plain.EqualsExactly(new() { Name = "n"u8.ToArray(), Type = NodeType.Fifo }));
    }

    [Fact]
    public void The_offset_of_a_time_and_the_order_of_attributes_are_no_difference()
    {
        Node other = New();
        other.ModifiedTime = other.AccessTime = other.ChangeTime = Time with { OffsetMinutes = -330 };
        other.ExtendedAttributes = [.. other.ExtendedAttributes.Reverse()];
        Assert.True(New().EqualsExactly(other));
        Assert.True(other.EqualsExactly(New()));
    }

    private static ExtendedAttribute Attribute(string name, string value) =>
        new(System.Text.Encoding.UTF8.GetBytes(name), System.Text.Encoding.UTF8.GetBytes(value));

    private static Node New() => new()
    {
        Name = "n"u8.ToArray(),
        Type = NodeType.File,
        Mode = 420,
        ModifiedTime = Time,
        AccessTime = Time,
        ChangeTime = Time,
        UserId = 1,
        GroupId = 2,
        User = "me",
        Group = "us",
        Inode = 3,
        DeviceId = 4,
        Size = 5,
        Links = 6,
        LinkTarget = "t"u8.ToArray(),
        Device = 7,
        ExtendedAttributes = [Attribute("a", "1"), Attribute("b", "2")],
        GenericAttributes = [new("k", "1"u8.ToArray())],
        Content = [new BlobId(TreeCodec.EmptyTree.Value)],
        Subtree = TreeCodec.EmptyTree,
    };
}
