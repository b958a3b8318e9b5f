using System.Text;

namespace Sots.Restic.Trees;

/// <content>Comparison.</content>
public sealed partial class Node
{
    /// <summary>
    /// True if nothing differs: what the format's counts call "unmodified". Times are compared as instants, so another offset is no
    /// difference; extended attributes are compared as a set, everything else as it is written.
    /// </summary>
    public bool EqualsExactly(Node other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Name.AsSpan().SequenceEqual(other.Name)
            && Type == other.Type
            && (UnknownType ?? "") == (other.UnknownType ?? "")
            && Mode == other.Mode
            && ModifiedTime.IsSameInstant(other.ModifiedTime)
            && AccessTime.IsSameInstant(other.AccessTime)
            && ChangeTime.IsSameInstant(other.ChangeTime)
            && UserId == other.UserId
            && GroupId == other.GroupId
            && User == other.User
            && Group == other.Group
            && Inode == other.Inode
            && DeviceId == other.DeviceId
            && Size == other.Size
            && Links == other.Links
            && LinkTarget.AsSpan().SequenceEqual(other.LinkTarget)
            && Device == other.Device
            && Subtree == other.Subtree
            && (Error ?? "") == (other.Error ?? "")
            && SameContent(Content, other.Content)
            && SameExtendedAttributes(ExtendedAttributes, other.ExtendedAttributes)
            && SameGenericAttributes(GenericAttributes, other.GenericAttributes);
    }

    private static bool SameContent(IReadOnlyList<BlobId>? left, IReadOnlyList<BlobId>? right)
    {
        if (left is null || right is null)
        {
            return left is null && right is null;
        }

        if (left.Count != right.Count)
        {
            return false;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (left[i] != right[i])
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameExtendedAttributes(IReadOnlyList<ExtendedAttribute> left, IReadOnlyList<ExtendedAttribute> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (!SameAttribute(left[i], right[i]))
            {
                return SameInAnotherOrder(left, right);
            }
        }

        return true;
    }

    private static bool SameInAnotherOrder(IReadOnlyList<ExtendedAttribute> left, IReadOnlyList<ExtendedAttribute> right)
    {
        // Latin-1 gives every byte string a text of its own, which is all a key has to do.
        Dictionary<string, byte[]> values = new(StringComparer.Ordinal);
        foreach (ExtendedAttribute attribute in left)
        {
            if (!values.TryAdd(Encoding.Latin1.GetString(attribute.Name), attribute.Value))
            {
                return false;
            }
        }

        foreach (ExtendedAttribute attribute in right)
        {
            if (!values.Remove(Encoding.Latin1.GetString(attribute.Name), out byte[]? value)
                || !value.AsSpan().SequenceEqual(attribute.Value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameAttribute(ExtendedAttribute left, ExtendedAttribute right) =>
        left.Name.AsSpan().SequenceEqual(right.Name) && left.Value.AsSpan().SequenceEqual(right.Value);

    private static bool SameGenericAttributes(IReadOnlyList<GenericAttribute> left, IReadOnlyList<GenericAttribute> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (left[i].Key != right[i].Key || !left[i].Json.AsSpan().SequenceEqual(right[i].Json))
            {
                return false;
            }
        }

        return true;
    }
}
