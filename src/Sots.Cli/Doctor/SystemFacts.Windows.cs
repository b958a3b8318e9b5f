using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32;
using Microsoft.Win32.SafeHandles;

namespace Sots.Cli.Doctor;

/// <summary>Asks the volume for the number of its disk, and the registry for the rest.</summary>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsSystemFacts : SystemFacts
{
    /// <summary>IOCTL_STORAGE_GET_DEVICE_NUMBER, which needs no right to the device.</summary>
    private const uint GetDeviceNumber = 0x2D1080;

    private const uint ShareAll = 7, OpenExisting = 3;
    private const int LongestPath = 1024;

    /// <inheritdoc/>
    public override bool? LongPathsEnabled =>
        Registry.GetValue(@"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\FileSystem", "LongPathsEnabled", 0) is 1;

    /// <inheritdoc/>
    public override bool HasDefender =>
        Registry.GetValue(@"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\WinDefend", "Start", 4) is 2;

    /// <inheritdoc/>
    /// <remarks>A volume that spans several disks has no number, and so no name here.</remarks>
    public override unsafe string? DiskOf(string folder)
    {
        char* text = stackalloc char[LongestPath];
        if (!GetVolumePath(folder, text, LongestPath))
        {
            return null;
        }

        string mount = new(text);
        if (mount.StartsWith(@"\\", StringComparison.Ordinal) && !mount.StartsWith(@"\\?\", StringComparison.Ordinal))
        {
            return mount.TrimEnd('\\').ToUpperInvariant();
        }

        if (mount is [_, ':', ..] && new DriveInfo(mount[..2]).DriveType == DriveType.Network)
        {
            return $"network drive {mount[..2]}";
        }

        // A volume that is mounted in a folder has a name, but no letter.
        string device = mount is [_, ':', '\\'] ? $@"\\.\{mount[..2]}" : GetVolumeName(mount, text, LongestPath) ? new string(text).TrimEnd('\\') : mount;
        using SafeFileHandle volume = CreateFile(device, 0, ShareAll, 0, OpenExisting, 0, 0);
        DeviceNumber number;
        return !volume.IsInvalid && DeviceIoControl(volume, GetDeviceNumber, null, 0, &number, (uint)sizeof(DeviceNumber), out _, 0)
            ? string.Create(CultureInfo.InvariantCulture, $"disk {number.Type}/{number.Device}")
            : null;
    }

    [LibraryImport("kernel32.dll", EntryPoint = "GetVolumePathNameW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool GetVolumePath(string path, char* mount, uint length);

    [LibraryImport("kernel32.dll", EntryPoint = "GetVolumeNameForVolumeMountPointW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool GetVolumeName(string mount, char* name, uint length);

    [LibraryImport("kernel32.dll", EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateFile(string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool DeviceIoControl(
        SafeFileHandle device, uint code, void* input, uint inputLength, DeviceNumber* output, uint outputLength, out uint returned, nint overlapped);

    /// <summary>STORAGE_DEVICE_NUMBER. Disks and optical drives are counted apart, each from 0.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct DeviceNumber
    {
        public int Type;
        public int Device;
        public int Partition;
    }
}
