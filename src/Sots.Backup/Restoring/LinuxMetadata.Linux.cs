using Sots.Backup.Native;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>
/// Applies the metadata of a node through a handle on the entry itself, so that nothing that happens to its name meanwhile matters.
/// Calls that know no handle get the path under which the kernel shows it.
/// </summary>
internal sealed class LinuxMetadata(Descriptor handle, DiskPath path, Action<string> problem)
{
    private byte[]? _procPath;

    /// <summary>Of a regular file that is open for writing: calls take its descriptor and not the detour.</summary>
    public static LinuxMetadata OfOpenFile(Descriptor file, DiskPath path, Action<string> problem) => new(file, path, problem) { IsOpenFile = true };

    private bool IsOpenFile { get; init; }

    private byte[] ProcPath => _procPath ??= Libc.Terminated(PathText.ToBytes(handle.ProcPath));

    /// <summary>Owner, extended attributes, times, mode.</summary>
    public void Apply(Node node, MetadataOptions options)
    {
        if (!IsOpenFile)
        {
            CheckType(node);
        }

        bool isRoot = Libc.EffectiveUser() == 0;
        bool hasOwner = ApplyOwner(node, options, isRoot);
        ApplyAttributes(node, options, isRoot);
        ApplyTimes(node);
        if (node.Type != NodeType.Symlink)
        {
            ApplyMode(node, withSetId: isRoot && hasOwner);
        }
    }

    private void CheckType(Node node)
    {
        if (!Libc.Statx(handle, "\0"u8, Libc.AtEmptyPath, out StatxBuffer buffer))
        {
            throw LinuxTargetFileSystem.Failure("fstat", path, Libc.LastError);
        }

        NodeType found = FileStatus.TypeOf(NodeMode.FromPosix(buffer.Mode));
        if (found != node.Type)
        {
            throw new TargetException(
                TargetErrorKind.Exists, "restore metadata of", path, $"it was to be of type {node.Type} and is of type {found}");
        }
    }

    private bool ApplyOwner(Node node, MetadataOptions options, bool isRoot)
    {
        uint user = node.UserId;
        uint group = node.GroupId;
        if (options.OwnershipByName)
        {
            user = node.User.Length > 0 ? AccountNames.FindUser(node.User) ?? user : user;
            group = node.Group.Length > 0 ? AccountNames.FindGroup(node.Group) ?? group : group;
        }

        if (Libc.ChangeOwnerAt(handle, [0], user, group, Libc.AtEmptyPath) == 0)
        {
            return true;
        }

        Tell("lchown", Libc.LastError, mayNot: !isRoot);
        return false;
    }

    private void ApplyAttributes(Node node, MetadataOptions options, bool isRoot)
    {
        ExtendedAttributeReader present = IsOpenFile
            ? ExtendedAttributeReader.OfFile(handle)
            : ExtendedAttributeReader.OfPath(ProcPath, follow: true);
        HashSet<string> wanted = [];
        foreach (ExtendedAttribute attribute in node.ExtendedAttributes)
        {
            string name = PathText.ToText(attribute.Name);
            wanted.Add(name);
            if (!Selects(options, name) || attribute.Name.AsSpan().Contains((byte)0))
            {
                continue;
            }

            byte[] terminated = Libc.Terminated(attribute.Name);
            if (present.Value(terminated).Value is not { } old || !old.AsSpan().SequenceEqual(attribute.Value))
            {
                int result = Libc.SetAttribute(ProcPath, terminated, attribute.Value, (nuint)attribute.Value.Length, 0);
                Tell(result, "setxattr " + name, mayNot: !isRoot && !IsOwn(name));
            }
        }

        foreach (byte[] terminated in ExtendedAttributeReader.Split(present.Names().List ?? []))
        {
            string name = PathText.ToText(terminated.AsSpan(0, terminated.Length - 1));

            // A label that the security module gave the new file belongs to the machine, not to the backup.
            if (!wanted.Contains(name) && Selects(options, name) && name != "security.selinux")
            {
                Tell(Libc.RemoveAttribute(ProcPath, terminated), "removexattr " + name, mayNot: !isRoot && !IsOwn(name));
            }
        }
    }

    private unsafe void ApplyTimes(Node node)
    {
        TimeSpec* times = stackalloc TimeSpec[2];
        times[0] = TimeOf(node.AccessTime);
        times[1] = TimeOf(node.ModifiedTime);
        int result = IsOpenFile
            ? Libc.SetFileTimes(handle, times)
            : Libc.SetTimes(Descriptor.WorkingDirectory, ProcPath, times, 0);
        Tell(result, "utimensat", mayNot: false);
    }

    private void ApplyMode(Node node, bool withSetId)
    {
        uint permissions = withSetId ? NodeMode.ToPosixPermissions(node.Mode) : node.Mode & NodeMode.Permissions;
        Tell(IsOpenFile ? Libc.ChangeFileMode(handle, permissions) : Libc.ChangeMode(ProcPath, permissions), "chmod", mayNot: false);
    }

    private void Tell(int result, string action, bool mayNot)
    {
        if (result != 0)
        {
            Tell(action, Libc.LastError, mayNot);
        }
    }

    /// <summary>Reports a failure; one that an ordinary user has to expect (<paramref name="mayNot"/>) is none.</summary>
    private void Tell(string action, int error, bool mayNot)
    {
        if (!(mayNot && error is Errno.NotPermitted or Errno.AccessDenied))
        {
            problem($"{action} {path}: {Errno.Describe(error)}");
        }
    }

    private static bool Selects(MetadataOptions options, string name) => options.SelectsAttribute?.Invoke(name) ?? true;

    private static bool IsOwn(string attribute) => attribute.StartsWith("user.", StringComparison.Ordinal);

    // The two special values of the nanoseconds (now, omit) are beyond this range and must not come from a repository.
    private static TimeSpec TimeOf(NodeTime time) =>
        new() { Seconds = time.UnixSeconds, Nanoseconds = Math.Clamp(time.Nanoseconds, 0, 999_999_999) };
}
