using System.Runtime.InteropServices;
using Sots.Backup.Native;

namespace Sots.Backup.Sources;

/// <summary>
/// Reads security descriptors. Asked for are the parts that restic reads without privileges: owner, group, access list, label,
/// attribute and scope; where even these are denied, owner, group and access list.
/// </summary>
internal static unsafe class WindowsSecurity
{
    private const uint BasicParts = Advapi32.Owner | Advapi32.Group | Advapi32.Dacl;
    private const uint AllParts = BasicParts | Advapi32.Label | Advapi32.Attribute | Advapi32.Scope
        | Advapi32.ProtectedDacl | Advapi32.UnprotectedDacl;

    private const int NotSupported = 50;
    private const int InvalidFunction = 1;

    /// <summary>The self-relative descriptor of a file or directory, or null where there is none or it cannot be read (which is told).</summary>
    public static byte[]? Read(DiskPath path, Action<string> problem)
    {
        string extended = WindowsPathRules.Extend(path);
        int error = Query(extended, AllParts, out byte[]? descriptor);
        if (error is Win32Error.AccessDenied or Win32Error.PrivilegeNotHeld or InvalidParameter)
        {
            error = Query(extended, BasicParts, out descriptor);
        }

        if (error is not (0 or NotSupported or InvalidFunction))
        {
            problem($"get security descriptor {path}: {Win32Error.Describe(error)}");
        }

        return descriptor;
    }

    private const int InvalidParameter = 87;

    private static int Query(string extended, uint parts, out byte[]? descriptor)
    {
        nint memory;
        int error = Advapi32.GetNamedSecurity(extended, Advapi32.FileObject, parts, 0, 0, 0, 0, &memory);
        descriptor = null;
        if (error == 0)
        {
            descriptor = new byte[checked((int)Advapi32.GetLength(memory))];
            Marshal.Copy(memory, descriptor, 0, descriptor.Length);
            _ = Kernel32.LocalFree(memory);
        }

        return error;
    }
}
