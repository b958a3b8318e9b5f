using System.Runtime.InteropServices;

namespace Sots.Backup.Native;

/// <summary>Security descriptors.</summary>
internal static unsafe partial class Advapi32
{
    private const string Library = "advapi32.dll";

    public const int FileObject = 1;
    public const uint Owner = 0x1;
    public const uint Group = 0x2;
    public const uint Dacl = 0x4;
    public const uint Label = 0x10;
    public const uint Attribute = 0x20;
    public const uint Scope = 0x40;
    public const uint ProtectedDacl = 0x8000_0000;
    public const uint UnprotectedDacl = 0x2000_0000;

    /// <summary>SE_DACL_PROTECTED: nothing is inherited from above.</summary>
    public const ushort ControlDaclProtected = 0x1000;

    [LibraryImport(Library, EntryPoint = "GetNamedSecurityInfoW", StringMarshalling = StringMarshalling.Utf16)]
    public static partial int GetNamedSecurity(
        string name, int type, uint parts, nint owner, nint group, nint dacl, nint sacl, nint* descriptor);

    [LibraryImport(Library, EntryPoint = "SetNamedSecurityInfoW", StringMarshalling = StringMarshalling.Utf16)]
    public static partial int SetNamedSecurity(string name, int type, uint parts, void* owner, void* group, void* dacl, void* sacl);

    [LibraryImport(Library, EntryPoint = "GetSecurityDescriptorLength")]
    public static partial uint GetLength(nint descriptor);
}
