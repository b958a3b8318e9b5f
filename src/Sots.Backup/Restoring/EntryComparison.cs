using Sots.Backup.Sources;
using Sots.Restic;
using Sots.Restic.Index;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>How an entry on the disk relates to one of a snapshot.</summary>
internal enum Likeness : byte
{
    /// <summary>Nothing differs that a restore could set.</summary>
    Same,

    /// <summary>Only times, permissions or attributes differ.</summary>
    OtherMetadata,

    /// <summary>It is something else, or has other content.</summary>
    OtherContent,

    /// <summary>It is of the same kind, and cannot be read.</summary>
    Unreadable,
}

/// <summary>Compares entries on the disk with nodes. Content is compared by its hashes. Thread safe.</summary>
/// <param name="disk">Where the entries are.</param>
/// <param name="index">Knows how long blobs are.</param>
/// <param name="trustTimes">Take a file of the same size and time for equal without reading it.</param>
internal sealed class EntryComparison(SourceFileSystem disk, MasterIndex index, bool trustTimes)
{
    /// <summary>Compares.</summary>
    public Likeness Compare(DiskPath path, in FileStatus status, Node node, CancellationToken cancellationToken)
    {
        if (status.Type != node.Type)
        {
            return Likeness.OtherContent;
        }

        try
        {
            Node there = disk.CreateNode(node.Name, path, status, static _ => 0, withAccessTime: false, static _ => { });
            bool sameContent = node.Type switch
            {
                NodeType.File => there.Size == node.Size
                    && ((trustTimes && there.ModifiedTime.IsSameInstant(node.ModifiedTime)) || HasContent(path, node, cancellationToken)),
                NodeType.Symlink => there.LinkTarget.AsSpan().SequenceEqual(node.LinkTarget),
                _ => there.Device == node.Device,
            };
            return !sameContent ? Likeness.OtherContent : HaveSameMetadata(there, node) ? Likeness.Same : Likeness.OtherMetadata;
        }
        catch (SourceException)
        {
            return Likeness.Unreadable;
        }
    }

    /// <summary>Whether a restore of one node after the other would change nothing.</summary>
    public static bool AreSame(Node one, Node other) =>
        one.Type == other.Type
        && (one.Content ?? []).SequenceEqual(other.Content ?? [])
        && one.LinkTarget.AsSpan().SequenceEqual(other.LinkTarget)
        && one.Device == other.Device
        && HaveSameMetadata(Copy(one), other);

    /// <summary>Whether what a restore sets is equal. Where and when the file system keeps an entry does not count. Changes the first node.</summary>
    private static bool HaveSameMetadata(Node there, Node node)
    {
        there.Mode = node.Type == NodeType.Symlink ? node.Mode : there.Mode;
        there.AccessTime = node.AccessTime;
        there.ChangeTime = node.ChangeTime;
        there.User = node.User;
        there.Group = node.Group;
        there.Inode = node.Inode;
        there.DeviceId = node.DeviceId;
        there.Links = node.Links;
        there.Size = node.Size;
        there.LinkTarget = node.LinkTarget;
        there.Content = node.Content;
        there.Subtree = node.Subtree;
        there.Error = node.Error;
        return node.EqualsExactly(there);
    }

    private static Node Copy(Node node) => new()
    {
        Name = node.Name,
        Type = node.Type,
        Mode = node.Mode,
        ModifiedTime = node.ModifiedTime,
        UserId = node.UserId,
        GroupId = node.GroupId,
        ExtendedAttributes = node.ExtendedAttributes,
        GenericAttributes = node.GenericAttributes,
        Device = node.Device,
    };

    private bool HasContent(DiskPath path, Node node, CancellationToken cancellationToken)
    {
        using SourceFile file = disk.OpenFile(path);
        byte[] buffer = [];
        foreach (BlobId id in node.Content ?? [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!index.TryFind(new BlobHandle(id), out BlobLocation location) || location.PlainLength > Limits.DataBlobLength)
            {
                return false;
            }

            int length = (int)location.PlainLength;
            buffer = buffer.Length < length ? GC.AllocateUninitializedArray<byte>(length) : buffer;
            Span<byte> content = buffer.AsSpan(0, length);
            if (!TryFill(file, content) || ContentId.Of(content) != id.Value)
            {
                return false;
            }
        }

        return file.Read(new byte[1]) == 0;
    }

    private static bool TryFill(SourceFile file, Span<byte> content)
    {
        while (content.Length > 0)
        {
            int read = file.Read(content);
            if (read == 0)
            {
                return false;
            }

            content = content[read..];
        }

        return true;
    }
}
