using System.Text.Json.Serialization;
using Sots.Backup;
using Sots.Backup.Operations;
using Sots.Restic;
using Sots.Restic.Trees;
using Sots.Unreal.Assets;

namespace Sots.Cli.Output;

/// <summary>The entries that were found in a snapshot.</summary>
internal sealed record FindMatchesMessage
{
    /// <summary>Takes what was found.</summary>
    internal FindMatchesMessage(FindResult result)
    {
        Matches = [.. result.Files.Select(static file => new FoundNodeJson(file))];
        Hits = result.Files.Count;
        Snapshot = result.Snapshot.Id.ToString();
    }

    public IReadOnlyList<FoundNodeJson> Matches { get; }

    public int Hits { get; }

    public string Snapshot { get; }
}

/// <summary>An entry as restic's find prints it: the node without its name and content.</summary>
internal sealed record FoundNodeJson
{
    /// <summary>Takes an entry.</summary>
    internal FoundNodeJson(FoundFile file)
    {
        Node node = file.Node;
        Path = file.Path;
        Permissions = ModeText.Format(node.Mode);
        Type = ModeText.TypeName(node);
        Mode = node.Mode;
        Mtime = Times.Format(node.ModifiedTime);
        Atime = Times.Format(node.AccessTime);
        Ctime = Times.Format(node.ChangeTime);
        Uid = node.UserId;
        Gid = node.GroupId;
        User = NullIfEmpty(node.User);
        Group = NullIfEmpty(node.Group);
        Inode = node.Inode;
        DeviceId = node.DeviceId;
        Size = node.Size;
        Links = node.Links;
        Linktarget = node.LinkTarget is { } target ? NullIfEmpty(PathText.ToText(target)) : null;
        Error = NullIfEmpty(node.Error ?? "");
        Asset = file.Asset is { } asset ? new FoundAssetJson(asset) : null;
    }

    public string Path { get; }

    public string Permissions { get; }

    public string Type { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public uint Mode { get; }

    public string Mtime { get; }

    public string Atime { get; }

    public string Ctime { get; }

    public uint Uid { get; }

    public uint Gid { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? User { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Group { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Inode { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong DeviceId { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Size { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Links { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Linktarget { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; }

    /// <summary>Only where assets were asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FoundAssetJson? Asset { get; }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}

/// <summary>What is in a package; empty texts where it is not known.</summary>
internal sealed record FoundAssetJson(string Class, string Label, string PackageName, string Engine)
{
    /// <summary>Takes facts.</summary>
    internal FoundAssetJson(AssetFacts facts)
        : this(facts.Class, facts.Label, facts.PackageName, facts.Engine)
    {
    }
}

/// <summary>A use of a blob.</summary>
internal sealed record FindObjectMessage
{
    /// <summary>Takes a use.</summary>
    internal FindObjectMessage(FoundObject found, SavedSnapshot snapshot)
    {
        ObjectType = found.Blob.Type == BlobType.Tree ? "tree" : "blob";
        Id = found.Blob.Id.ToString();
        Path = found.Path;
        ParentTree = found.ParentTree?.ToString();
        Snapshot = snapshot.Id.ToString();
        Time = Times.Format(snapshot.Snapshot.Time);
    }

    public string ObjectType { get; }

    public string Id { get; }

    public string Path { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ParentTree { get; }

    public string Snapshot { get; }

    public string Time { get; }
}
