using System.Security.Cryptography;
using System.Text;
using Sots.Backup;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Testing;

/// <summary>What a comparison of two trees looks at. Names, types, content and link targets always count.</summary>
[Flags]
public enum TreeAspects
{
    /// <summary>Only what always counts.</summary>
    None = 0,

    /// <summary>Permissions with set-id and sticky bits; not of symbolic links.</summary>
    Mode = 1,

    /// <summary>Modification time, to the nanosecond.</summary>
    ModifiedTime = 2,

    /// <summary>Numeric owner and group.</summary>
    Owner = 4,

    /// <summary>Extended attributes and generic attributes, in any order.</summary>
    Attributes = 8,

    /// <summary>Which files are one file under several names.</summary>
    HardLinks = 16,

    /// <summary>All of them.</summary>
    All = Mode | ModifiedTime | Owner | Attributes | HardLinks,
}

/// <summary>Describes how two trees on disk differ. Access and change times, inodes, devices they lie on and holes do not count.</summary>
public static class TreeComparison
{
    /// <summary>One line a difference, empty where the trees are equal: <c>sub/a.txt: content differs</c>.</summary>
    /// <param name="left">A folder.</param>
    /// <param name="right">Another.</param>
    /// <param name="aspects">What counts.</param>
    /// <param name="withRoots">Whether the metadata of the two folders themselves count.</param>
    public static IReadOnlyList<string> Differences(
        string left, string right, TreeAspects aspects = TreeAspects.All, bool withRoots = false)
    {
        SortedDictionary<string, SortedDictionary<string, string>> one = Describe(left, aspects, withRoots);
        SortedDictionary<string, SortedDictionary<string, string>> other = Describe(right, aspects, withRoots);
        List<string> differences = [];
        foreach (string path in one.Keys.Union(other.Keys).Order(StringComparer.Ordinal))
        {
            if (!other.TryGetValue(path, out SortedDictionary<string, string>? facts))
            {
                differences.Add($"{path}: only in the first");
            }
            else if (!one.TryGetValue(path, out SortedDictionary<string, string>? expected))
            {
                differences.Add($"{path}: only in the second");
            }
            else
            {
                differences.AddRange(expected.Keys.Union(facts.Keys)
                    .Where(fact => expected.GetValueOrDefault(fact) != facts.GetValueOrDefault(fact))
                    .Select(fact => $"{path}: {fact} {expected.GetValueOrDefault(fact, "none")} became {facts.GetValueOrDefault(fact, "none")}"));
            }
        }

        return differences;
    }

    private static SortedDictionary<string, SortedDictionary<string, string>> Describe(string folder, TreeAspects aspects, bool withRoot)
    {
        SourceFileSystem disk = SourceFileSystem.Current;
        SortedDictionary<string, SortedDictionary<string, string>> entries = new(StringComparer.Ordinal);
        Dictionary<(ulong, ulong), string> firstNames = [];
        Stack<(DiskPath Path, string Shown)> waiting = new();
        DiskPath root = DiskPath.FromText(folder);
        waiting.Push((root, ""));
        if (withRoot)
        {
            entries["."] = Facts(disk, root, disk.GetStatus(root, followLinks: true), aspects, firstNames, ".");
        }

        while (waiting.TryPop(out (DiskPath Path, string Shown) directory))
        {
            foreach (SourceEntry entry in disk.ReadDirectory(directory.Path))
            {
                DiskPath path = directory.Path.Join(entry.Name);
                string shown = directory.Shown + (directory.Shown.Length > 0 ? "/" : "") + Show(entry.Name);
                entries[shown] = Facts(disk, path, entry.Status, aspects, firstNames, shown);
                if (entry.Status.IsDirectory)
                {
                    waiting.Push((path, shown));
                }
            }
        }

        return entries;
    }

    private static SortedDictionary<string, string> Facts(
        SourceFileSystem disk, DiskPath path, FileStatus status, TreeAspects aspects, Dictionary<(ulong, ulong), string> firstNames, string shown)
    {
        List<string> problems = [];
        Node node = disk.CreateNode([.. "x"u8], path, status, _ => 0, withAccessTime: false, problems.Add);
        SortedDictionary<string, string> facts = new(StringComparer.Ordinal) { ["type"] = node.Type.ToString() };
        if (problems.Count > 0)
        {
            facts["problems"] = string.Join(", ", problems);
        }

        if (node.LinkTarget is not null)
        {
            facts["target"] = Show(node.LinkTarget);
        }

        if (status.IsFile)
        {
            facts["content"] = ContentOf(disk, path);
        }

        if (node.Device != 0)
        {
            facts["device"] = $"{node.Device}";
        }

        if (aspects.HasFlag(TreeAspects.Mode) && node.Type != NodeType.Symlink)
        {
            facts["mode"] = Convert.ToString((int)NodeMode.ToPosixPermissions(node.Mode), 8);
        }

        if (aspects.HasFlag(TreeAspects.ModifiedTime))
        {
            facts["modified"] = $"{node.ModifiedTime.UnixSeconds}.{node.ModifiedTime.Nanoseconds:D9}";
        }

        if (aspects.HasFlag(TreeAspects.Owner))
        {
            facts["owner"] = $"{node.UserId}:{node.GroupId}";
        }

        if (aspects.HasFlag(TreeAspects.Attributes))
        {
            foreach (ExtendedAttribute attribute in node.ExtendedAttributes)
            {
                facts["attribute " + Show(attribute.Name)] = Convert.ToHexStringLower(attribute.Value);
            }

            foreach (GenericAttribute attribute in node.GenericAttributes)
            {
                facts["attribute " + attribute.Key] = Encoding.UTF8.GetString(attribute.Json);
            }
        }

        if (aspects.HasFlag(TreeAspects.HardLinks) && status.IsFile && status.Links > 1)
        {
            firstNames.TryAdd((status.DeviceId, status.Inode), shown);
            facts["same file as"] = firstNames[(status.DeviceId, status.Inode)];
        }

        return facts;
    }

    private static string ContentOf(SourceFileSystem disk, DiskPath path)
    {
        using SourceFile file = disk.OpenFile(path);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        long length = 0;
        for (int read; (read = file.Read(buffer)) > 0; length += read)
        {
            hash.AppendData(buffer, 0, read);
        }

        return $"{length} bytes {Convert.ToHexStringLower(hash.GetHashAndReset())[..8]}";
    }

    /// <summary>Bytes for people, one to one: what is not printable ASCII as \xhh.</summary>
    private static string Show(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new();
        foreach (byte value in bytes)
        {
            text.Append(value is > 0x20 and < 0x7F && value != (byte)'\\' ? ((char)value).ToString() : $"\\x{value:x2}");
        }

        return text.ToString();
    }
}
