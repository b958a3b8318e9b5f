using Microsoft.Win32.SafeHandles;
using Sots.Backup.Native;
using Sots.Backup.Sources;
using Sots.Restic.Trees;

namespace Sots.Backup.Restoring;

/// <summary>
/// Applies the metadata of a node on Windows: security descriptor first, then times and attributes in one call, because a descriptor or
/// the read-only attribute may shut us out. Encryption, compression and NTFS extended attributes are not restored.
/// </summary>
internal sealed unsafe class WindowsMetadata(DiskPath path, Action<string> problem)
{
    private readonly string _extended = WindowsPathRules.Extend(path);

    /// <summary>Applies what Windows can keep.</summary>
    public void Apply(Node node)
    {
        int error = WindowsStatus.Query(_extended, follow: false, out FileStatus status, out _);
        if (error != 0)
        {
            throw WindowsTargetFileSystem.Failure("restore metadata of", path, error);
        }

        if (status.Type != node.Type)
        {
            throw new TargetException(
                TargetErrorKind.Exists, "restore metadata of", path, $"it was to be of type {node.Type} and is of type {status.Type}");
        }

        WindowsAttributeValues values = WindowsAttributeValues.Read(node, problem);

        // The handle is opened before the descriptor is set, which may deny it to us.
        using SafeFileHandle handle = Kernel32.CreateFile(
            _extended,
            Kernel32.WriteAttributes | Kernel32.ReadAttributes,
            Kernel32.ShareAll,
            0,
            Kernel32.OpenExisting,
            Kernel32.BackupSemantics | Kernel32.OpenReparsePoint,
            0);
        error = handle.IsInvalid ? Win32Error.Last : 0;
        if (values.SecurityDescriptor is not null && node.Type is NodeType.File or NodeType.Directory)
        {
            ApplySecurity(values.SecurityDescriptor!);
        }

        if (error == 0)
        {
            ApplyBasic(handle, node, values);
        }
        else
        {
            Tell("set times and attributes of", error);
        }
    }

    private void ApplyBasic(SafeFileHandle handle, Node node, in WindowsAttributeValues values)
    {
        BasicBuffer buffer = new()
        {
            CreationTime = values.CreationTime ?? 0,
            LastAccessTime = WindowsFacts.FileTimeOf(node.AccessTime.UnixSeconds, node.AccessTime.Nanoseconds),
            LastWriteTime = WindowsFacts.FileTimeOf(node.ModifiedTime.UnixSeconds, node.ModifiedTime.Nanoseconds),
            Attributes = values.AttributesToSet(node),
        };
        if (!Kernel32.SetInformation(handle, Kernel32.BasicInformation, &buffer, (uint)sizeof(BasicBuffer)))
        {
            Tell("set times and attributes of", Win32Error.Last);
        }
    }

    /// <summary>Owner, group and access list; an ordinary user gets the access list alone, as restic does it.</summary>
    private void ApplySecurity(byte[] bytes)
    {
        if (!SecurityDescriptor.TryParse(bytes, out SecurityDescriptor descriptor))
        {
            problem($"security descriptor of {path} is damaged and not restored");
            return;
        }

        uint accounts = (descriptor.Owner != 0 ? Advapi32.Owner : 0) | (descriptor.Group != 0 ? Advapi32.Group : 0);
        uint dacl = (descriptor.Control & SecurityDescriptor.DaclPresent) == 0 ? 0
            : Advapi32.Dacl | ((descriptor.Control & Advapi32.ControlDaclProtected) != 0 ? Advapi32.ProtectedDacl : Advapi32.UnprotectedDacl);
        int error = Set(bytes, descriptor, accounts | dacl);
        if (error is Win32Error.PrivilegeNotHeld or Win32Error.AccessDenied or Win32Error.InvalidOwner or Win32Error.InvalidGroup)
        {
            error = dacl == 0 ? 0 : Set(bytes, descriptor, dacl);
        }

        if (error != 0)
        {
            Tell("set security descriptor of", error);
        }
    }

    private int Set(byte[] bytes, in SecurityDescriptor descriptor, uint parts)
    {
        fixed (byte* start = bytes)
        {
            return Advapi32.SetNamedSecurity(
                _extended,
                Advapi32.FileObject,
                parts,
                descriptor.Owner == 0 ? null : start + descriptor.Owner,
                descriptor.Group == 0 ? null : start + descriptor.Group,
                descriptor.Dacl == 0 ? null : start + descriptor.Dacl,
                null);
        }
    }

    private void Tell(string action, int error) => problem($"{action} {path}: {Win32Error.Describe(error)}");
}
