using System.Text.Json.Serialization;
using Sots.Backup;
using Sots.Restic;
using Sots.Restic.Trees;

namespace Sots.Cli.Output;

/// <summary>First line of a listing. The type is written under two names because older readers know only the second.</summary>
internal sealed record ListedSnapshotMessage : SnapshotJson
{
    /// <summary>Takes the facts of a snapshot.</summary>
    internal ListedSnapshotMessage(SavedSnapshot saved)
        : base(saved)
    {
    }

    [JsonPropertyOrder(1)]
    public string MessageType { get; } = "snapshot";

    [JsonPropertyOrder(2)]
    public string StructType { get; } = "snapshot";
}

/// <summary>One entry of a listing.</summary>
internal sealed record ListedNodeMessage
{
    /// <summary>Takes the facts of an entry.</summary>
    internal ListedNodeMessage(string path, Node node)
    {
        Name = PathText.ToText(node.Name);
        Type = ModeText.TypeName(node);
        Path = path;
        Uid = node.UserId;
        Gid = node.GroupId;
        Size = node.Type == NodeType.File ? node.Size : null;
        Mode = node.Mode;
        Permissions = ModeText.Format(node.Mode);
        Mtime = Times.Format(node.ModifiedTime);
        Atime = Times.Format(node.AccessTime);
        Ctime = Times.Format(node.ChangeTime);
        Inode = node.Inode;
    }

    public string Name { get; }

    public string Type { get; }

    public string Path { get; }

    public uint Uid { get; }

    public uint Gid { get; }

    /// <summary>Only of files, but there even when it is zero.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ulong? Size { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public uint Mode { get; }

    public string Permissions { get; }

    public string Mtime { get; }

    public string Atime { get; }

    public string Ctime { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Inode { get; }

    public string MessageType { get; } = "node";

    public string StructType { get; } = "node";
}
