using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sots.Backup.Native;

/// <summary>The calls of Windows that the runtime has no exact equal for. Each sets the last P/Invoke error.</summary>
internal static unsafe partial class Kernel32
{
    private const string Library = "kernel32.dll";

    public const uint GenericRead = 0x8000_0000;
    public const uint GenericWrite = 0x4000_0000;
    public const uint ReadAttributes = 0x80;
    public const uint WriteAttributes = 0x100;
    public const uint ListDirectory = 0x1;
    public const uint Delete = 0x1_0000;

    public const uint ShareRead = 1;
    public const uint ShareWrite = 2;
    public const uint ShareDelete = 4;
    public const uint ShareAll = ShareRead | ShareWrite | ShareDelete;

    public const uint CreateNew = 1;
    public const uint OpenExisting = 3;

    public const uint BackupSemantics = 0x0200_0000;
    public const uint OpenReparsePoint = 0x0020_0000;
    public const uint SequentialScan = 0x0800_0000;

    public const int BasicInformation = 0;
    public const int AllocationInformation = 5;
    public const int AttributeTagInformation = 9;

    [LibraryImport(Library, EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial SafeFileHandle CreateFile(
        string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport(Library, EntryPoint = "FindFirstFileExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial FindHandle FindFirst(
        string pattern, int level, FindBuffer* buffer, int search, nint filter, uint flags);

    [LibraryImport(Library, EntryPoint = "FindNextFileW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool FindNext(FindHandle handle, FindBuffer* buffer);

    [LibraryImport(Library, EntryPoint = "GetDiskFreeSpaceExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool GetDiskFreeSpace(string folder, out ulong free, out ulong total, out ulong allFree);

    [LibraryImport(Library, EntryPoint = "FindClose", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool FindClose(nint handle);

    [LibraryImport(Library, EntryPoint = "GetFileInformationByHandle", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool GetInformation(SafeFileHandle file, HandleBuffer* buffer);

    [LibraryImport(Library, EntryPoint = "GetFileInformationByHandleEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool GetInformation(SafeFileHandle file, int kind, void* buffer, uint length);

    [LibraryImport(Library, EntryPoint = "SetFileInformationByHandle", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SetInformation(SafeFileHandle file, int kind, void* buffer, uint length);

    [LibraryImport(Library, EntryPoint = "SetFileAttributesW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SetAttributes(string path, uint attributes);

    [LibraryImport(Library, EntryPoint = "CreateDirectoryW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool CreateDirectory(string path, nint security);

    [LibraryImport(Library, EntryPoint = "RemoveDirectoryW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool RemoveDirectory(string path);

    [LibraryImport(Library, EntryPoint = "DeleteFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool DeleteFile(string path);

    [LibraryImport(Library, EntryPoint = "MoveFileExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool MoveFile(string from, string to, uint flags);

    [LibraryImport(Library, EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool CreateHardLink(string path, string existing, nint security);

    [LibraryImport(Library, EntryPoint = "CreateSymbolicLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial byte CreateSymbolicLink(string path, string target, uint flags);

    [LibraryImport(Library, EntryPoint = "LocalFree")]
    public static partial nint LocalFree(nint memory);
}

/// <summary>A running search of a directory.</summary>
internal sealed class FindHandle : SafeHandleMinusOneIsInvalid
{
    /// <summary>For the marshaller.</summary>
    public FindHandle()
        : base(ownsHandle: true)
    {
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Kernel32.FindClose(handle);
}

/// <summary>WIN32_FIND_DATAW.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal unsafe struct FindBuffer
{
    public uint Attributes;
    public ulong CreationTime;
    public ulong LastAccessTime;
    public ulong LastWriteTime;
    public uint SizeHigh;
    public uint SizeLow;
    public uint ReparseTag;
    public uint Reserved;
    public fixed char Name[260];
    public fixed char AlternateName[14];
}

/// <summary>BY_HANDLE_FILE_INFORMATION.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct HandleBuffer
{
    public uint Attributes;
    public ulong CreationTime;
    public ulong LastAccessTime;
    public ulong LastWriteTime;
    public uint VolumeSerialNumber;
    public uint SizeHigh;
    public uint SizeLow;
    public uint Links;
    public uint IndexHigh;
    public uint IndexLow;
}

/// <summary>FILE_ATTRIBUTE_TAG_INFO.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AttributeTagBuffer
{
    public uint Attributes;
    public uint ReparseTag;
}

/// <summary>FILE_BASIC_INFO. A time of 0 leaves the time as it is; attributes of 0 leave the attributes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BasicBuffer
{
    public long CreationTime;
    public long LastAccessTime;
    public long LastWriteTime;
    public long ChangeTime;
    public uint Attributes;
}
